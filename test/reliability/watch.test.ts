/** Whoever watches a run, from whenever and however often it reconnects, gets every number once and in order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent, RunRequest } from '../../src/core/contract/run.ts'
import { runEventSchema } from '../../src/core/contract/run.ts'
import { ownFolder } from './support/folder.ts'
import { testRandom } from './support/seeds.ts'
import { quickMask, Workstation } from './support/workstation.ts'

const folder = ownFolder()
let station: Workstation
let request: RunRequest

beforeAll(async () => {
  station = await Workstation.create(folder.path)
  const { subject, backbone } = await station.prepared()
  const mask = quickMask('memory', 120)
  request = {
    kind: 'mask',
    subject,
    backbone,
    settings: { ...mask, algorithm1: { ...mask.algorithm1, maximumEpochs: 20 } },
  }
})
afterAll(async () => {
  await station.close()
  folder.remove()
})

type Point = RunEvent['points'][number]

const recorded = (run: string): Point[] =>
  station.store
    .runFolder(run)
    .readMetrics(0)
    .flatMap(({ points }) => points)

async function everything(run: string, since = 0): Promise<{ points: Point[]; last: RunEvent | null; seqs: number[] }> {
  const points: Point[] = []
  const seqs: number[] = []
  let last: RunEvent | null = null
  for await (const event of station.queue.watch(run, since)) {
    points.push(...event.points)
    seqs.push(event.seq)
    last = event
  }
  return { points, last, seqs }
}

describe('watching', () => {
  it('from the start gives every number once, in order, and ends with the run', async () => {
    const { id } = await station.start(request)
    const { points, last, seqs } = await everything(id)
    expect(points.length).toBeGreaterThan(50)
    expect(points).toEqual(recorded(id))
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    expect(last?.run.status).toBe('done')
    expect(last?.run.phases.at(-1)?.state).toBe('done')
  })

  it('by many who come and go at random moments gives each of them all of it', async () => {
    const random = testRandom('watch')
    const { id } = await station.start(request)
    const reader = async (patience: number): Promise<Point[]> => {
      const points: Point[] = []
      let since = 0
      for (;;) {
        let left = 1 + random.integer(patience)
        for await (const event of station.queue.watch(id, since)) {
          points.push(...event.points)
          since = event.seq
          if (event.run.status === 'done') return points
          if (left-- === 0) break
          // Now and then a slow one.
          if (random.uniform() < 0.1) for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
        }
      }
    }
    const readers = await Promise.all([1, 1, 3, 3, 10, 10, 1000].map(reader))
    const all = recorded(id)
    expect(all.length).toBeGreaterThan(50)
    for (const points of readers) expect(points).toEqual(all)
  })

  it('afterwards gives the same, or the rest after any batch', async () => {
    const { id } = await station.complete(request)
    const batches = station.store.runFolder(id).readMetrics(0)
    expect(batches.length).toBeGreaterThan(3)
    for (const since of [0, 1, batches.length - 1, batches.length, batches.length + 5]) {
      const { points, last } = await everything(id, since)
      expect(points).toEqual(batches.filter(({ seq }) => seq > since).flatMap((batch) => batch.points))
      expect(last?.run.status).toBe('done')
    }
  })

  it('across a kill gives the numbers of both processes, numbered on', async () => {
    const { id } = await station.start(request)
    const first: Point[] = []
    let since = 0
    for await (const event of station.queue.watch(id, 0)) {
      first.push(...event.points)
      since = event.seq
      if (first.length > 20 && event.run.status === 'running') {
        try {
          process.kill(await station.processOf(id), 'SIGKILL')
        } catch {
          // It is already dying.
        }
      }
    }
    expect((await station.queue.describe(id)).status).toBe('interrupted')
    await station.queue.resume(id)
    const { points, last } = await everything(id, since)
    expect(last?.run.status).toBe('done')
    expect([...first, ...points]).toEqual(recorded(id))
    const seqs = station.store
      .runFolder(id)
      .readMetrics(0)
      .map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, i) => i + 1))
  })

  it('ends when the reader’s signal does, while the run goes on', async () => {
    const { id } = await station.start(request)
    const stop = new AbortController()
    let events = 0
    for await (const _ of station.queue.watch(id, 0, stop.signal)) if (++events === 3) stop.abort()
    expect(events).toBeGreaterThanOrEqual(3)
    expect((await station.queue.describe(id)).status).toMatch(/queued|running/)
    await station.finished(id)
  })

  it('says nothing a client could not read, in small messages', async () => {
    const { id } = await station.start(request)
    for await (const event of station.queue.watch(id, 0)) {
      expect(runEventSchema.parse(event)).toEqual(event)
      expect(JSON.stringify(event).length).toBeLessThan(256 * 1024)
    }
  })

  it('shows the mask as it forms', async () => {
    const { id } = await station.start(request)
    const event = await station.until(id, ({ snapshotEpoch }) => snapshotEpoch !== null)
    expect(event.snapshotEpoch).toBeGreaterThan(0)
    await station.finished(id)
  })
})
