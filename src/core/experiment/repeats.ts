/**
 * Stage 1 repeated on one subject: with other seeds on all training trials, or with each run left out. A repeat that an earlier
 * start of the run finished is never made again.
 */
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import { fewestRepeats } from '../evaluate/stability.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { Compute } from '../tensor/compute.ts'
import type { Backbone } from '../troi/backbone.ts'
import { selectVoxels } from '../troi/select-voxels.ts'
import type { MaskSettings } from '../troi/settings.ts'
import type { RepeatKind } from './repeat-kinds.ts'

/** More would take days and tell little more. */
export const mostRepeats = 200

export interface Repeat {
  readonly seed: number
  /** In words; with the seed it names the repeat. */
  readonly condition: string
  /** The run and session left out, or null. */
  readonly without: { readonly run: number; readonly session: number } | null
}

/** All repeats in order. BAD_PARAMETER where they are too few to say anything, or too many. */
export function repeatsOf(kind: RepeatKind, seeds: readonly number[], train: TrialSet): Repeat[] {
  const runs = kind === 'seeds' ? [] : runsOf(train)
  if (kind !== 'seeds' && runs.length < 2) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: 'The training trials come from one run, so none can be left out.',
      where: 'repeats',
      expected: 'at least two runs',
      fix: 'Repeat over seeds instead.',
    })
  }
  const sessions = new Set(train.session).size
  const named = (run: number, session: number) => `without run ${run}${sessions > 1 ? ` of session ${session}` : ''}`
  const repeats = seeds.flatMap((seed): Repeat[] => [
    ...(kind === 'runs' ? [] : [{ seed, condition: 'all trials', without: null }]),
    ...runs.map((without) => ({ seed, condition: named(without.run, without.session), without })),
  ])
  if (repeats.length < fewestRepeats || repeats.length > mostRepeats) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `These would be ${repeats.length} repeats.`,
      where: 'repeats',
      expected: `${fewestRepeats} to ${mostRepeats}`,
      fix: repeats.length < fewestRepeats ? 'Ask for more seeds.' : 'Ask for fewer seeds, or repeat over seeds only.',
    })
  }
  return repeats
}

/** Runs of the training trials, each with its session, in the order they were measured. */
function runsOf({ run, session }: TrialSet): { run: number; session: number }[] {
  const found = new Map<string, { run: number; session: number }>()
  run.forEach((number, trial) => {
    const of = session[trial]!
    found.set(`${of} ${number}`, { run: number, session: of })
  })
  return [...found.values()]
}

/** The subject with the trials of one run taken out of the training trials; its z-scores stay those of all of them. */
export function withoutRun(subject: SubjectData, without: Repeat['without']): SubjectData {
  if (without === null) return subject
  const { train } = subject
  const voxels = subject.space.index.length
  const rows = [...train.run.keys()].filter(
    (trial) => train.run[trial] !== without.run || train.session[trial] !== without.session,
  )
  const betas = new Float32Array(rows.length * voxels)
  for (const [at, row] of rows.entries()) betas.set(train.betas.subarray(row * voxels, (row + 1) * voxels), at * voxels)
  const take = (from: Int32Array) => Int32Array.from(rows, (row) => from[row]!)
  const { target, session, run } = train
  return {
    ...subject,
    train: { trials: rows.length, betas, target: take(target), session: take(session), run: take(run) },
  }
}

export interface RepeatDeps {
  readonly compute: Compute
  /** The mask of a repeat that is finished, or null. */
  finished(at: number): Uint8Array | null
  /** Keeps a finished one before anyone is told of it. */
  done(at: number, repeat: Repeat, mask: Uint8Array, seconds: number): void
  /** Milliseconds of a clock that only runs forward. */
  now(): number
}

/** The masks of all repeats, in their order. Throws what stage 1 throws. */
export async function repeatMask(
  repeats: readonly Repeat[],
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  settings: MaskSettings,
  deps: RepeatDeps,
  context: RunContext,
): Promise<Uint8Array[]> {
  const masks: Uint8Array[] = []
  context.phase('Repeat the mask', repeats.length)
  for (const [at, repeat] of repeats.entries()) {
    let mask = deps.finished(at)
    if (mask === null) {
      const start = deps.now()
      const part = context.child(`seed ${repeat.seed}`).child(repeat.condition)
      const own = { ...settings, seed: repeat.seed }
      const result = await selectVoxels(withoutRun(subject, repeat.without), targets, backbone, own, deps.compute, part)
      mask = result.mask
      deps.done(at, repeat, mask, (deps.now() - start) / 1000)
    }
    masks.push(mask)
    await context.epochEnd(masks.length, async () => ({
      ...{ stage: 'stability', epoch: masks.length, values: {}, arrays: {} },
    }))
  }
  return masks
}
