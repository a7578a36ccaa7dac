import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import type { StageState } from '../../core/pipeline/run-context.ts'
import { ProblemError } from '../../core/problem.ts'
import { RunFolder } from '../project/run-folder.ts'
import { JobProgress, jobContext } from './job-context.ts'
import type { FromJob } from './protocol.ts'

const folder = freshFolder()

function started(resuming = false, builtBy = 'this build') {
  const run = new RunFolder(join(folder(), 'run'))
  run.create()
  const sent: FromJob[] = []
  const progress = new JobProgress(run, (message) => sent.push(message), builtBy, resuming)
  const of = <T extends FromJob['type']>(type: T) =>
    sent.filter((message): message is Extract<FromJob, { type: T }> => message.type === type)
  return { run, sent, of, progress, context: jobContext(progress) }
}

const state = (epoch: number, stage = 'stage 2'): StageState => ({
  stage,
  epoch,
  values: { step: 10 * epoch },
  arrays: { weights: Float32Array.from([epoch, 2, 3]) },
})

const point = (step: number, loss = 0.5) => ({ step, epoch: 0, values: { loss } })

describe('numbers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('come in at most 20 messages a second, each a numbered batch, and none is lost', () => {
    const { run, of, progress, context } = started()
    const seconds = 3
    for (let millisecond = 0; millisecond < 1000 * seconds; millisecond++) {
      context.metric(point(millisecond))
      vi.advanceTimersByTime(1)
    }
    progress.flush()
    const messages = of('points')
    expect(messages.length).toBeLessThanOrEqual(20 * seconds + 2)
    expect(messages.length).toBeGreaterThan(10 * seconds)
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1))
    const steps = (batches: readonly { points: readonly { step: number }[] }[]) =>
      batches.flatMap(({ points }) => points.map(({ step }) => step))
    const all = Array.from({ length: 1000 * seconds }, (_, step) => step)
    expect(steps(messages)).toEqual(all)
    expect(steps(run.readMetrics(0))).toEqual(all)
  })

  it('are numbered on from an earlier start of the run', () => {
    const first = started()
    for (const step of [1, 2]) {
      first.context.metric(point(step))
      first.progress.flush()
    }
    const second = started(true)
    second.context.metric(point(3))
    second.progress.flush()
    expect(second.of('points').map(({ seq }) => seq)).toEqual([3])
    expect(second.run.readMetrics(0).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('of a part carry its name', () => {
    const { of, progress, context } = started()
    context.child('seed 0').child('troi').metric(point(1))
    progress.flush()
    expect(of('points')[0]!.points[0]!.part).toBe('seed 0 / troi')
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('that are %s stop the run, naming step and number', (loss) => {
    const { context } = started()
    context.metric(point(6))
    try {
      context.child('seed 1').metric(point(7, loss))
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      expect(error.problem).toMatchObject({ code: 'NOT_FINITE', fix: expect.any(String) })
      expect(error.problem.message).toMatch(/"loss".*step 7.*seed 1/)
    }
  })

  it('reported before an epoch’s end are on the disk before its checkpoint is', async () => {
    const { run, context } = started()
    context.metric(point(0))
    context.metric(point(1))
    let onDisk = -1
    await context.epochEnd(1, async () => {
      onDisk = run.readMetrics(0).flatMap(({ points }) => points).length
      return state(1)
    })
    // A process killed right after the checkpoint would never report these two again.
    expect(onDisk).toBe(2)
  })
})

describe('time left', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  async function epochs(total: number, times: readonly number[]): Promise<(number | null)[]> {
    const { of, context } = started()
    context.phase('Train', total)
    const left: (number | null)[] = []
    for (const [i, milliseconds] of times.entries()) {
      vi.advanceTimersByTime(milliseconds)
      await context.epochEnd(i + 1, async () => state(i + 1))
      left.push(of('phases').at(-1)!.remaining)
    }
    return left
  }

  it('is the median time of an epoch times the epochs to come', async () => {
    expect((await epochs(10, [1000, 1000, 9000, 1000, 1000])).at(-1)).toBeCloseTo(5, 1)
  })

  it('is not said before 5 % or 30 s', async () => {
    const left = await epochs(100, [1000, 1000, 1000, 1000, 1000, 1000])
    expect(left.slice(0, 4)).toEqual([null, null, null, null])
    expect(left[5]).toBeCloseTo(94, 0)
    const slow = await epochs(1000, [16_000, 16_000])
    expect(slow[0]).toBeNull()
    expect(slow[1]).toBeCloseTo(998 * 16, 0)
  })

  it('is unknown where the length is', async () => {
    const { of, context } = started()
    context.phase('Find voxels')
    vi.advanceTimersByTime(40_000)
    await context.epochEnd(1, async () => state(1))
    expect(of('phases').at(-1)!.remaining).toBeNull()
  })

  it('does not count a pause', async () => {
    const { of, progress, context } = started()
    context.phase('Train', 4)
    vi.advanceTimersByTime(1000)
    await context.epochEnd(1, async () => state(1))
    vi.advanceTimersByTime(500)
    progress.command('pause')
    const paused = context.breathe()
    await vi.waitFor(() => expect(of('paused')).toHaveLength(1))
    vi.advanceTimersByTime(3_600_000)
    progress.command('continue')
    await paused
    vi.advanceTimersByTime(500)
    await context.epochEnd(2, async () => state(2))
    expect(of('phases').at(-1)!.remaining).toBeLessThan(3)
  })

  it('and the time of phases goes up as they run', async () => {
    const { of, progress, context } = started()
    context.phase('Load data')
    vi.advanceTimersByTime(2000)
    context.phase('Train', 2)
    vi.advanceTimersByTime(1000)
    await context.epochEnd(1, async () => state(1))
    progress.finish()
    expect(of('phases').at(-1)!.phases).toMatchObject([
      { name: 'Load data', state: 'done', seconds: 2 },
      { name: 'Train', state: 'done', done: 1, total: 2, seconds: 1 },
    ])
  })
})

describe('pause and cancel', () => {
  it('hold at the next breath, and go on', async () => {
    const { of, progress, context } = started()
    progress.command('pause')
    let held = true
    const breath = context.breathe().then(() => (held = false))
    await vi.waitFor(() => expect(of('paused')).toEqual([{ type: 'paused', paused: true }]))
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(held).toBe(true)
    progress.command('continue')
    await breath
    expect(of('paused').at(-1)).toEqual({ type: 'paused', paused: false })
  })

  it('cancelled, even while paused, stops with CANCELLED', async () => {
    const { progress, context } = started()
    progress.command('pause')
    const breath = context.child('a part').breathe()
    progress.command('cancel')
    await expect(breath).rejects.toMatchObject({ problem: { code: 'CANCELLED' } })
    await expect(context.breathe()).rejects.toMatchObject({ problem: { code: 'CANCELLED' } })
  })

  it('an epoch that ends while cancelling is saved first', async () => {
    const { run, progress, context } = started()
    progress.command('cancel')
    await expect(context.epochEnd(4, async () => state(4))).rejects.toMatchObject({ problem: { code: 'CANCELLED' } })
    expect(run.readCheckpoint('').state).toEqual(state(4))
  })
})

describe('resuming', () => {
  it('gives every part its own newest state, and a fresh run none', async () => {
    const first = started()
    await first.context.child('seed 0').epochEnd(3, async () => state(3, 'pretrain'))
    await first.context.epochEnd(1, async () => state(1))
    const second = started(true)
    expect(second.context.resume).toEqual(state(1))
    expect(second.context.child('seed 0').resume).toEqual(state(3, 'pretrain'))
    expect(second.context.child('seed 1').resume).toBeNull()
    expect(started(false).context.resume).toBeNull()
  })

  it('says in the log that another build’s checkpoint continues, not bit-identical', async () => {
    const first = started(false, 'an older build')
    await first.context.epochEnd(1, async () => state(1))
    const second = started(true, 'this build')
    expect(second.context.resume).toEqual(state(1))
    expect(second.run.readLog()).toMatch(/not bit-identical.*an older build.*this build/)
  })

  it('passes a damaged checkpoint over and says so', async () => {
    const first = started()
    for (const epoch of [1, 2]) await first.context.epochEnd(epoch, async () => state(epoch))
    const { readFileSync, writeFileSync } = await import('node:fs')
    const checkpoints = join(first.run.path, 'checkpoints')
    for (const name of readdirSync(checkpoints)) {
      const bytes = readFileSync(join(checkpoints, name))
      if (bytes.includes('"epoch":2')) writeFileSync(join(checkpoints, name), bytes.subarray(0, 50))
    }
    const second = started(true)
    expect(second.context.resume).toEqual(state(1))
    expect(second.run.readLog()).toContain('damaged')
  })
})

describe('mask pictures', () => {
  it('are kept at most twice a second, for maps of the subject’s own voxels', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const { run, of, progress, context } = started()
      const mask = Float32Array.from([1, 0, 1])
      context.maskSnapshot(0, mask)
      expect(existsSync(run.result('snapshot.data'))).toBe(false)
      progress.space = { grid: { shape: [2, 2, 1], affine: new Array(16).fill(0) }, index: Int32Array.from([0, 1, 3]) }
      for (let epoch = 1; epoch <= 100; epoch++) {
        context.maskSnapshot(epoch, mask)
        vi.advanceTimersByTime(20)
      }
      expect(of('snapshot').length).toBeLessThanOrEqual(5)
      expect(of('snapshot')[0]).toEqual({ type: 'snapshot', epoch: 1 })
      context.maskSnapshot(200, new Float32Array(2))
      expect(of('snapshot').some(({ epoch }) => epoch === 200)).toBe(false)
      expect(of('snapshot').at(-1)).not.toEqual({ type: 'snapshot', epoch: 101 })
      context.maskSnapshot(101, mask)
      progress.phase('the next', null)
      expect(of('snapshot').at(-1)).toEqual({ type: 'snapshot', epoch: 101 })
    } finally {
      vi.useRealTimers()
    }
  })
})
