/**
 * The RunContext of a job process: phases with time left, numbers thinned to at most 20 messages a second, a checkpoint at every
 * epoch edge, pause and cancel seen at the next breath. Parts of a larger run get contexts of their own that share the rest.
 */

import type { Run } from '../../core/contract/run.ts'
import type { VoxelSpace } from '../../core/data/subject-data.ts'
import type { MetricPoint, RunContext, StageState } from '../../core/pipeline/run-context.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import type { Artifact } from '../project/artifacts.ts'
import { writeDataFile } from '../project/data-file.ts'
import type { MetricPoints, RunFolder } from '../project/run-folder.ts'
import { addToFilm } from './film.ts'
import type { FromJob } from './protocol.ts'

const sendEveryMilliseconds = 50
const snapshotEveryMilliseconds = 500

const cancelled: Problem = {
  code: 'CANCELLED',
  message: 'The run was cancelled.',
  fix: 'Resume it to go on from the last checkpoint.',
}

/** What all contexts of one job share. */
export class JobProgress {
  readonly folder: RunFolder
  readonly #send: (message: FromJob) => void
  /** What the checkpoints say made them; the engine is added when it is known. */
  builtBy: string
  readonly resuming: boolean
  #phases: {
    name: string
    state: 'waiting' | 'running' | 'done'
    done: number
    total: number | null
    started: number
    seconds: number
  }[] = []
  #epochTimes: number[] = []
  #epochStarted = performance.now()
  readonly #started = performance.now()
  #points: MetricPoints = []
  #lastSent = 0
  #lastSnapshot = Number.NEGATIVE_INFINITY
  #waitingSnapshot: { readonly epoch: number; readonly mask: Float32Array; readonly part: string } | null = null
  #seq: number
  #cancel = false
  #paused = false
  #wake: () => void = () => {}
  /** Voxels of the maps that `maskSnapshot` brings. */
  space: VoxelSpace | null = null

  constructor(folder: RunFolder, send: (message: FromJob) => void, builtBy: string, resuming: boolean) {
    this.folder = folder
    this.#send = send
    this.builtBy = builtBy
    this.resuming = resuming
    this.#seq = folder.lastSeq()
  }

  command(type: 'pause' | 'continue' | 'cancel'): void {
    if (type === 'cancel') this.#cancel = true
    else this.#paused = type === 'pause'
    this.#wake()
  }

  phase(name: string, total: number | null): void {
    this.#closePhase()
    this.#phases.push({ name, state: 'running', done: 0, total, started: performance.now(), seconds: 0 })
    this.#epochTimes = []
    this.#epochStarted = performance.now()
    this.#sendPhases()
  }

  /** Other words for the current phase, where what happens in it changes. */
  rename(name: string): void {
    const last = this.#phases.at(-1)
    if (last === undefined || last.name === name) return
    last.name = name
    this.#sendPhases()
  }

  /** Where the run is computed, for people. */
  device(device: string): void {
    this.#send({ type: 'device', device })
  }

  #closePhase(): void {
    if (this.#waitingSnapshot !== null) {
      const { epoch, mask, part } = this.#waitingSnapshot
      this.#writeSnapshot(epoch, mask, part)
    }
    const last = this.#phases.at(-1)
    if (last?.state !== 'running') return
    last.state = 'done'
    last.seconds = (performance.now() - last.started) / 1000
  }

  /** An epoch or part of the current phase is complete. */
  completed(epoch: number): void {
    const last = this.#phases.at(-1)
    if (last === undefined) return
    last.done = epoch
    const now = performance.now()
    this.#epochTimes = [...this.#epochTimes, now - this.#epochStarted].slice(-9)
    this.#epochStarted = now
    this.#sendPhases()
  }

  /** Median time of an epoch times those to come; not before 5 % or 30 s, when it would only be a guess. */
  #remaining(): number | null {
    const last = this.#phases.at(-1)
    if (last === undefined || last.total === null || this.#epochTimes.length === 0) return null
    const early = last.done / last.total < 0.05 && performance.now() - this.#started < 30_000
    if (early) return null
    const sorted = [...this.#epochTimes].sort((a, b) => a - b)
    return (sorted[Math.floor(sorted.length / 2)]! * Math.max(0, last.total - last.done)) / 1000
  }

  #sendPhases(): void {
    const phases: Run['phases'] = this.#phases.map(({ name, state, done, total, started, seconds }) => ({
      name,
      state,
      done,
      total,
      seconds: state === 'running' ? (performance.now() - started) / 1000 : seconds,
    }))
    this.#send({ type: 'phases', phases, remaining: this.#remaining() })
  }

  finish(): void {
    this.#closePhase()
    this.flush()
    this.#sendPhases()
  }

  point(part: string, { step, epoch, values }: MetricPoint): void {
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) {
        throw new ProblemError({
          code: 'NOT_FINITE',
          message: `"${name}" became ${value} at step ${step}${part === '' ? '' : ` of ${part}`}.`,
          expected: 'finite numbers',
          fix: 'Lower the learning rate, or check the data; the checkpoint before this step is kept.',
        })
      }
    }
    this.#points.push({ part, step, epoch, values: { ...values } })
    if (performance.now() - this.#lastSent >= sendEveryMilliseconds) this.flush()
  }

  flush(): void {
    if (this.#points.length === 0) return
    const points = this.#points
    this.#points = []
    this.#seq++
    this.folder.appendMetrics(this.#seq, points)
    this.#send({ type: 'points', seq: this.#seq, points })
    this.#lastSent = performance.now()
  }

  /** At most two a second; the newest of those left out is written when the phase ends. */
  snapshot(epoch: number, mask: Float32Array, part = ''): void {
    if (this.space === null || mask.length !== this.space.index.length) return
    if (performance.now() - this.#lastSnapshot < snapshotEveryMilliseconds)
      this.#waitingSnapshot = { epoch, mask: mask.slice(), part }
    else this.#writeSnapshot(epoch, mask, part)
  }

  #writeSnapshot(epoch: number, mask: Float32Array, part: string): void {
    this.#waitingSnapshot = null
    if (this.space === null) return
    this.#lastSnapshot = performance.now()
    const { grid, index } = this.space
    writeDataFile(this.folder.result('snapshot.data'), {
      values: { epoch, shape: [...grid.shape], affine: [...grid.affine] },
      arrays: { mask, index },
    })
    addToFilm(this.folder, this.space, part, epoch, mask)
    this.#send({ type: 'snapshot', epoch })
  }

  /** Results that can be looked at although the run goes on. */
  artifacts(artifacts: readonly Artifact[]): void {
    this.#send({ type: 'artifacts', artifacts })
  }

  rows(count: number): void {
    this.#send({ type: 'rows', count })
  }

  /** Lets messages in; throws CANCELLED; holds while paused. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (this.#paused && !this.#cancel) {
      this.flush()
      this.#send({ type: 'paused', paused: true })
      while (this.#paused && !this.#cancel) await new Promise<void>((resolve) => (this.#wake = resolve))
      this.#epochStarted = performance.now()
      if (!this.#cancel) this.#send({ type: 'paused', paused: false })
    }
    if (this.#cancel) throw new ProblemError(cancelled)
  }
}

/** A checkpoint of the part that is being resumed; notes go to the run's log. */
function loadResume(progress: JobProgress, part: string): StageState | null {
  if (!progress.resuming) return null
  const { state, builtBy, notes } = progress.folder.readCheckpoint(part)
  for (const note of notes) progress.folder.log(note)
  if (state !== null && builtBy !== progress.builtBy)
    progress.folder.log(
      `Continues, not bit-identical: the checkpoint was made by ${builtBy}, this is ${progress.builtBy}.`,
    )
  return state
}

export function jobContext(progress: JobProgress, part = ''): RunContext {
  return {
    phase(name, epochs) {
      if (part === '') progress.phase(name, epochs ?? null)
    },
    metric: (point) => progress.point(part, point),
    maskSnapshot: (epoch, mask) => progress.snapshot(epoch, mask, part),
    async epochEnd(epoch, state) {
      // Numbers first: a resumed run goes on after its checkpoint and would never tell them again.
      progress.flush()
      progress.folder.writeCheckpoint(part, await state(), progress.builtBy)
      if (part === '') progress.completed(epoch)
      await progress.breathe()
    },
    breathe: () => progress.breathe(),
    resume: loadResume(progress, part),
    child: (name) => jobContext(progress, part === '' ? name : `${part} / ${name}`),
  }
}
