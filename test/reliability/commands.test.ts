/** Pause, cancel, resume and the queue, with real job processes. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { inputsOf } from '../../src/engine/runs/run-inputs.ts'
import { RunQueue } from '../../src/engine/runs/run-queue.ts'
import { ownFolder } from './support/folder.ts'
import { testRandom } from './support/seeds.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const folder = ownFolder()
let station: Workstation
let request: RunRequest
let straight = ''

beforeAll(async () => {
  station = await Workstation.create(folder.path)
  const { subject, backbone } = await station.prepared()
  const mask = quickMask('memory', 120)
  // Long enough that a command meets it half-way.
  request = {
    kind: 'mask',
    subject,
    backbone,
    settings: { ...mask, algorithm1: { ...mask.algorithm1, maximumEpochs: 9 } },
  }
  straight = hashOf((await station.complete(request)).id)
})
afterAll(async () => {
  await station.close()
  folder.remove()
})

function hashOf(run: string): string {
  return createHash('sha256')
    .update(readFileSync(station.store.runFolder(run).result('mask.data')))
    .digest('hex')
}

const epochsOf = (run: string) => station.store.runFolder(run).readCheckpoint('').state?.epoch ?? 0

/** A run of the request that is some epochs into its work. */
async function underWay(epochs = 2): Promise<string> {
  const { id } = await station.start(request)
  await station.until(id, () => epochsOf(id) >= epochs)
  return id
}

describe('cancel', () => {
  it('is acknowledged before the process has stopped, keeps the checkpoint, and is no failure', async () => {
    const id = await underWay()
    const pid = await station.processOf(id)
    const acknowledged = await station.queue.cancel(id)
    expect(acknowledged.status).toBe('cancelling')
    const run = await station.queue.finished(id)
    expect(run).toMatchObject({ status: 'cancelled', problem: null, ended: expect.any(String) })
    expect(() => process.kill(pid, 0)).toThrow()
    expect(epochsOf(id)).toBeGreaterThanOrEqual(2)
  })

  it('can be taken back: the run goes on from its checkpoint to the same bits', async () => {
    const id = await underWay()
    await station.queue.cancel(id)
    await station.queue.finished(id)
    expect((await station.queue.resume(id)).status).toMatch(/queued|running/)
    await station.finished(id)
    expect(hashOf(id)).toBe(straight)
  })

  it('can be taken back the moment the run says that it is cancelled', async () => {
    const id = await underWay()
    await station.queue.cancel(id)
    while ((await station.store.run(id)).status !== 'cancelled');
    await station.queue.resume(id)
    await station.finished(id)
    expect(hashOf(id)).toBe(straight)
  })

  it('twice is the same as once', async () => {
    const id = await underWay()
    const both = await Promise.allSettled([station.queue.cancel(id), station.queue.cancel(id)])
    expect(both.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect((await station.queue.finished(id)).status).toBe('cancelled')
  })

  it('of a run that waits takes it out of the queue, and the others go on', async () => {
    const first = await underWay(1)
    const second = await station.start(request)
    const third = await station.start({ kind: 'simulate', size: 'tiny', seed: 3 })
    expect((await station.queue.cancel(second.id)).status).toBe('cancelled')
    await station.finished(first)
    expect((await station.finished(third.id)).name).toBe(third.name)
    expect((await station.queue.describe(second.id)).started).toBeNull()
  })

  it('of a run that has ended is refused, saying so', async () => {
    const done = (await station.store.runs()).find(({ status }) => status === 'done')!
    await expect(station.queue.cancel(done.id)).rejects.toMatchObject({
      problem: { code: 'NOT_ALLOWED', message: expect.stringContaining(done.name) },
    })
    await expect(station.queue.pause(done.id)).rejects.toMatchObject({ problem: { code: 'NOT_ALLOWED' } })
    await expect(station.queue.resume(done.id)).rejects.toMatchObject({ problem: { code: 'NOT_ALLOWED' } })
  })

  it('ends at random moments always end as cancelled or done, and leave a checkpoint that can be used', async () => {
    const random = testRandom('cancel')
    for (let round = 0; round < 4; round++) {
      const { id } = await station.start(request)
      let left = random.integer(15)
      for await (const event of station.queue.watch(id, 0)) {
        if (event.run.status !== 'running') continue
        if (left-- > 0) continue
        await station.queue.cancel(id).catch((error: { problem?: { code: string } }) => {
          // It was done in this very moment.
          expect(error.problem?.code).toBe('NOT_ALLOWED')
        })
        break
      }
      const run = await station.queue.finished(id)
      expect(['cancelled', 'done'], JSON.stringify(run.problem)).toContain(run.status)
      if (run.status === 'done') continue
      const { notes } = station.store.runFolder(id).readCheckpoint('')
      expect(notes).toEqual([])
      await station.queue.resume(id)
      await station.finished(id)
      expect(hashOf(id)).toBe(straight)
    }
  })
})

describe('pause', () => {
  it('holds the run where it is, and resume goes on in the same process to the same bits', async () => {
    const id = await underWay()
    const pid = await station.processOf(id)
    await station.queue.pause(id)
    const paused = await station.until(id, ({ run }) => run.status === 'paused')
    const at = epochsOf(id)
    const numbers = station.store.runFolder(id).lastSeq()
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(epochsOf(id)).toBe(at)
    expect(station.store.runFolder(id).lastSeq()).toBe(numbers)
    const still = await station.queue.describe(id)
    expect(still.status).toBe('paused')
    // Time in a pause is no work.
    expect(still.elapsed).toBe(paused.run.elapsed)
    await station.queue.resume(id)
    await station.finished(id)
    expect(await station.processOf(id, 1)).toBe(pid)
    expect(station.log(id)).not.toContain('Resumed by')
    expect(hashOf(id)).toBe(straight)
  })

  it('can be followed by cancel', async () => {
    const id = await underWay()
    await station.queue.pause(id)
    await station.until(id, ({ run }) => run.status === 'paused')
    await station.queue.cancel(id)
    expect((await station.queue.finished(id)).status).toBe('cancelled')
  })

  it('and cancel at the same moment end as cancelled, whoever comes first', async () => {
    for (let round = 0; round < 4; round++) {
      const id = await underWay(1 + (round % 3))
      const pause = station.queue.pause(id)
      const cancel = station.queue.cancel(id)
      await Promise.allSettled([pause, cancel])
      const run = await station.queue.finished(id)
      expect([run.status, run.problem]).toEqual(['cancelled', null])
    }
  })

  it('and resume at the same moment do not leave it hanging', async () => {
    const id = await underWay(1)
    await Promise.all([station.queue.pause(id), station.queue.resume(id)])
    await station.finished(id)
    expect(hashOf(id)).toBe(straight)
  })

  it('while the engine closes leaves a run that can be resumed later', async () => {
    const id = await underWay()
    await station.queue.pause(id)
    await station.until(id, ({ run }) => run.status === 'paused')
    await station.close()
    station = await Workstation.open(folder.path)
    expect((await station.queue.describe(id)).status).toMatch(/interrupted|paused/)
    await station.queue.resume(id)
    await station.finished(id)
    expect(hashOf(id)).toBe(straight)
  })
})

describe('a process that does not answer', () => {
  it('is stopped some time after a cancel, and the run is cancelled, not lost', async () => {
    // A queue of its own with little patience; the project's own is idle.
    const patience = { terminate: 50, kill: 200 }
    const queue = new RunQueue(station.store, { builtBy: 'test', threads: 1, patience }, (run) =>
      inputsOf(station.store, run),
    )
    const run = await station.store.addRun(request, null, [])
    await queue.add(run)
    const pid = await station.processOf(run.id)
    process.kill(pid, 'SIGSTOP')
    await queue.cancel(run.id)
    expect(await queue.finished(run.id)).toMatchObject({ status: 'cancelled', problem: null })
    expect(() => process.kill(pid, 0)).toThrow()
    await queue.close()
  })

  it.each(['SIGABRT', 'SIGTERM'] as const)(
    'or ends by %s leaves its run interrupted and the queue going',
    async (signal) => {
      const id = await underWay()
      process.kill(await station.processOf(id), signal)
      expect(await station.queue.finished(id)).toMatchObject({ status: 'interrupted', problem: { code: 'JOB_LOST' } })
      await station.complete({ kind: 'simulate', size: 'tiny', seed: 1 })
      await station.queue.resume(id)
      await station.finished(id)
      expect(hashOf(id)).toBe(straight)
    },
  )

  it('or runs out of memory says so, and goes on when there is some', async () => {
    const id = await underWay()
    const pid = await station.processOf(id)
    const [, used] = /VmSize:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!
    const limit = 1024 * (Number(used) + 2048)
    expect(spawnSync('prlimit', ['--pid', String(pid), `--as=${limit}`]).status).toBe(0)
    expect(await station.queue.finished(id)).toMatchObject({
      status: expect.stringMatching(/interrupted|failed/),
      problem: { code: 'OUT_OF_MEMORY' },
    })
    await station.queue.resume(id)
    await station.finished(id)
    expect(hashOf(id)).toBe(straight)
  })
})
