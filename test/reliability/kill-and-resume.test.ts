/**
 * A job process that is killed with SIGKILL at any moment loses nothing that counts: the run goes on in a new process from its
 * last checkpoint and ends with the same bits as one that was never stopped, and every number it reported is the same.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import type { StageState } from '../../src/core/pipeline/run-context.ts'
import type { Random } from '../../src/core/random/random.ts'
import { ownFolder } from './support/folder.ts'
import { testRandom } from './support/seeds.ts'
import { quickDecoder, quickMask, quickPretrain, Workstation } from './support/workstation.ts'

const folder = ownFolder()
let station: Workstation
let [subject, backbone] = ['', '']

beforeAll(async () => {
  station = await Workstation.create(folder.path)
  const made = await station.prepared()
  subject = made.subject
  backbone = made.backbone
})
afterAll(async () => {
  await station.close()
  folder.remove()
})

interface Outcome {
  readonly hash: string
  /** Every reported point, once. */
  readonly points: Set<string>
}

function outcomeOf(run: string, file: string): Outcome {
  const place = station.store.runFolder(run)
  const points = place.readMetrics(0).flatMap((batch) => batch.points)
  return {
    hash: createHash('sha256')
      .update(readFileSync(place.result(file)))
      .digest('hex'),
    points: new Set(points.map((point) => JSON.stringify(point))),
  }
}

/** Waits for so many live events; false where the run ended before. */
async function liveEvents(run: string, count: number): Promise<boolean> {
  let seen = -1
  for await (const event of station.queue.watch(run, station.store.runFolder(run).lastSeq())) {
    if (event.run.status !== 'running') continue
    if (++seen >= count) return true
  }
  return false
}

/** Runs the request with `kills` kills at random moments; as many runs as that takes, the last one to its end. */
async function withKills(request: RunRequest, kills: number, events: number, random: Random) {
  let starts = 1
  let { id } = await station.start(request)
  const moments: string[] = []
  let resumedFromCheckpoint = 0
  while (moments.length < kills) {
    const pid = await station.processOf(id, starts)
    const wanted = random.integer(events)
    const alive = await liveEvents(id, wanted)
    if (alive) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself in this very moment.
      }
    }
    const run = await station.queue.finished(id)
    if (run.status === 'done') {
      // Finished first: the next one of the same kind is to be killed.
      ;({ id } = await station.start(request))
      starts = 1
      continue
    }
    expect(run.status).toBe('interrupted')
    expect(run.problem?.code).toBe('JOB_LOST')
    moments.push(`start ${starts} after ${wanted} events`)
    if (station.store.runFolder(id).readCheckpoint('').state !== null) resumedFromCheckpoint++
    await station.queue.resume(id)
    starts++
  }
  await station.finished(id)
  console.info(`killed: ${moments.join('; ')}`)
  return { id, resumedFromCheckpoint }
}

/** `fewest`: numbers that the run reports at least. A stage of a second may end before its first checkpoint is needed. */
async function expectSameBits(
  request: RunRequest,
  file: string,
  kills: number,
  { fewest = 10, checkpoints = true } = {},
): Promise<void> {
  const random = testRandom(`kill -9 of ${request.kind}`)
  const { id } = await station.start(request)
  let events = 0
  for await (const event of station.queue.watch(id, 0)) if (event.run.status === 'running') events++
  await station.finished(id)
  const straight = outcomeOf(id, file)
  expect(straight.points.size).toBeGreaterThanOrEqual(fewest)

  const killed = await withKills(request, kills, events, random)
  if (checkpoints) expect(killed.resumedFromCheckpoint).toBeGreaterThan(0)
  const interrupted = outcomeOf(killed.id, file)
  expect(interrupted.hash).toBe(straight.hash)
  expect([...interrupted.points].sort()).toEqual([...straight.points].sort())
}

describe('a job killed at random moments ends with the same bits', () => {
  it('pretraining', () => {
    const others = () => station.store.subjects().then((all) => all.filter(({ role }) => role === 'pretraining'))
    return others().then((found) =>
      expectSameBits(
        { kind: 'pretrain', subjects: found.map(({ id }) => id), settings: { ...quickPretrain, epochs: 5 } },
        'backbone.data',
        2,
      ),
    )
  })

  it('Algorithm 1', () =>
    expectSameBits({ kind: 'mask', subject, backbone, settings: quickMask('memory', 120) }, 'mask.data', 4))

  it('the default mask', () =>
    expectSameBits({ kind: 'mask', subject, backbone, settings: quickMask('troi', 120) }, 'mask.data', 1, {
      fewest: 3,
      checkpoints: false,
    }))

  it('repeats of a mask', () =>
    expectSameBits(
      {
        ...{ kind: 'experiment', experiment: 'stability', subject, backbone, repeats: 'both' },
        ...{ mask: quickMask('troi', 120), decoder: quickDecoder, seeds: [0, 1] },
      },
      'stability.data',
      1,
      { fewest: 3 },
    ))

  it('stage 2', async () => {
    const masks = await station.store.masks()
    const memory = masks.find(({ preset }) => preset === 'memory')!
    await expectSameBits({ kind: 'decode', mask: memory.id, settings: quickDecoder }, 'decoder.data', 3)
  })
})

/** A run that was killed after its second epoch, and what its checkpoint was made into before it went on. */
async function resumedFrom(change: (saved: StageState) => StageState): Promise<{ straight: string; resumed: string }> {
  const request: RunRequest = { kind: 'mask', subject, backbone, settings: quickMask('memory', 120) }
  const straight = await station.complete(request)
  const { id } = await station.start(request)
  const place = station.store.runFolder(id)
  await station.until(id, () => (place.readCheckpoint('').state?.epoch ?? 0) >= 2)
  process.kill(await station.processOf(id), 'SIGKILL')
  expect((await station.queue.finished(id)).status).toBe('interrupted')
  const saved = place.readCheckpoint('')
  if (saved.state === null || saved.builtBy === null) throw new Error('there is no checkpoint')
  place.dropCheckpointsOf('')
  place.writeCheckpoint('', change(saved.state), saved.builtBy)
  await station.queue.resume(id)
  await station.finished(id)
  return { straight: outcomeOf(straight.id, 'mask.data').hash, resumed: outcomeOf(id, 'mask.data').hash }
}

describe('negative control', () => {
  it('a checkpoint as it was written gives the same bits', async () => {
    const { straight, resumed } = await resumedFrom((saved) => saved)
    expect(resumed).toBe(straight)
  })

  it('a checkpoint without the optimiser’s moments does not', async () => {
    let dropped = 0
    const { straight, resumed } = await resumedFrom((saved) => {
      const arrays = Object.entries(saved.arrays).map(([name, array]) => {
        const isMoment = /Moment$|\/[mv]$/.test(name)
        if (isMoment) dropped++
        return [name, isMoment ? array.slice().fill(0) : array] as const
      })
      return { ...saved, arrays: Object.fromEntries(arrays) }
    })
    expect(dropped).toBeGreaterThan(5)
    expect(resumed).not.toBe(straight)
  })
})

it('a checkpoint of another build is used, and the log says that the bits may differ', async () => {
  const request: RunRequest = { kind: 'mask', subject, backbone, settings: quickMask('memory', 120) }
  const { id } = await station.start(request)
  const place = station.store.runFolder(id)
  await station.until(id, () => (place.readCheckpoint('').state?.epoch ?? 0) >= 2)
  process.kill(await station.processOf(id), 'SIGKILL')
  await station.queue.finished(id)
  const { state } = place.readCheckpoint('')
  place.dropCheckpointsOf('')
  place.writeCheckpoint('', state!, 'troi 0.0.9, node 20.0.0, linux-x64, wasm')
  await station.queue.resume(id)
  await station.finished(id)
  expect(station.log(id)).toMatch(/not bit-identical.*troi 0\.0\.9, node 20\.0\.0/)
})

it('a checkpoint that was damaged meanwhile is passed over for the one before, and the log says so', async () => {
  const request: RunRequest = { kind: 'mask', subject, backbone, settings: quickMask('memory', 120) }
  const straight = await station.complete(request)
  const { id } = await station.start(request)
  const place = station.store.runFolder(id)
  await station.until(id, () => (place.readCheckpoint('').state?.epoch ?? 0) >= 3)
  process.kill(await station.processOf(id), 'SIGKILL')
  await station.queue.finished(id)
  const newest = place.readCheckpoint('').state!.epoch
  for (const name of readdirSync(join(place.path, 'checkpoints'))) {
    const path = join(place.path, 'checkpoints', name)
    const bytes = readFileSync(path)
    if (!bytes.includes(`"epoch":${newest}`)) continue
    bytes[bytes.length >> 1]! ^= 4
    writeFileSync(path, bytes)
  }
  expect(place.readCheckpoint('').state!.epoch).toBe(newest - 1)
  await station.queue.resume(id)
  await station.finished(id)
  expect(station.log(id)).toMatch(/damaged/)
  expect(outcomeOf(id, 'mask.data').hash).toBe(outcomeOf(straight.id, 'mask.data').hash)
})
