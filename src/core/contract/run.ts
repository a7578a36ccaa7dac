/**
 * Runs: everything that takes time is one, from the simulated cohort to an experiment. A run has a kind with its own
 * request, lives in its own folder, runs in its own process, and can be watched, paused, cancelled and resumed.
 */
import { z } from 'zod'
import { repeatKinds } from '../experiment/repeat-kinds.ts'
import { problemSchema } from '../problem.ts'
import { decoderSettingsSchema, maskSettingsSchema, pretrainSettingsSchema } from '../troi/settings.ts'
import { idSchema, timeSchema } from './common.ts'
import { recipeSchema } from './recipe.ts'
import { slurmSettingsSchema } from './slurm.ts'

export const cohortSizes = ['tiny', 'small', 'medium', 'full'] as const
export const experimentKinds = [
  'ablation',
  'budget',
  'data-amount',
  'controls',
  'cross-validation',
  'stability',
] as const

const seeds = z.array(z.number().int().nonnegative()).min(1).max(100)

/** A test run: the same on few trials and for few epochs; it keeps no result (src/core/test-run). */
const testRun = z.literal(true).optional()

export const runRequestSchema = z.discriminatedUnion('kind', [
  /** Simulated cohort into the project: one new subject and three to pretrain on. */
  z.object({ kind: z.literal('simulate'), size: z.enum(cohortSizes), seed: z.number().int().nonnegative() }),
  /** Files into the project. `folder` is the absolute folder of the recipe; set by the engine, not by clients. */
  z.object({ kind: z.literal('import'), recipe: recipeSchema, folder: z.string() }),
  z.object({
    kind: z.literal('pretrain'),
    subjects: z.array(idSchema).min(1),
    settings: pretrainSettingsSchema,
    testRun,
  }),
  z.object({
    kind: z.literal('mask'),
    subject: idSchema,
    backbone: idSchema.nullable(),
    settings: maskSettingsSchema,
    testRun,
  }),
  z.object({ kind: z.literal('decode'), mask: idSchema, settings: decoderSettingsSchema, testRun }),
  z.object({ kind: z.literal('evaluate'), decoder: idSchema }),
  z.object({
    kind: z.literal('experiment'),
    experiment: z.enum(experimentKinds),
    subject: idSchema,
    backbone: idSchema.nullable(),
    mask: maskSettingsSchema,
    decoder: decoderSettingsSchema,
    seeds,
    /** Only for `stability`: what is changed from repeat to repeat; seeds without it. */
    repeats: z.enum(repeatKinds).optional(),
    testRun,
    /** As jobs of a Slurm cluster that shares the project's folder; on this computer without it. Not for `stability`. */
    slurm: slurmSettingsSchema.optional(),
  }),
  /** Simulated cohorts, one per seed, with every condition, as one table. */
  z.object({ kind: z.literal('demo'), size: z.enum(cohortSizes), seeds }),
])
export type RunRequest = z.infer<typeof runRequestSchema>
export type RunKind = RunRequest['kind']

/** Whether a request asks for a test run: nothing it computes is a result. */
export function isTestRun(request: RunRequest): boolean {
  return 'testRun' in request && request.testRun === true
}

/** The full run that a test run is one of. */
export function withoutTestRun(request: RunRequest): RunRequest {
  if (!('testRun' in request)) return request
  const { testRun: _, ...full } = request
  return full
}

/** The test run of a request; null for kinds that have none. */
export function asTestRun(request: RunRequest): RunRequest | null {
  const { kind } = request
  return kind === 'pretrain' || kind === 'mask' || kind === 'decode' || kind === 'experiment'
    ? { ...request, testRun: true }
    : null
}

/**
 * queued → running → done | failed | cancelled; running ⇄ paused; running → interrupted when its process or the
 * computer stopped (resume continues from the last checkpoint). cancelled and failed runs keep their checkpoints.
 */
export const runStatuses = [
  'queued',
  'running',
  'paused',
  'interrupted',
  'cancelling',
  'cancelled',
  'failed',
  'done',
] as const
export type RunStatus = (typeof runStatuses)[number]

export const phaseSchema = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done']),
  /** Epochs or parts completed, and how many there will be at most, where known. */
  done: z.number(),
  total: z.number().nullable(),
  seconds: z.number(),
})

export const runSchema = z.object({
  id: idSchema,
  /** Short name within the project: b-02, m-07, d-11, e-01. */
  name: z.string(),
  kind: z.enum(['simulate', 'import', 'pretrain', 'mask', 'decode', 'evaluate', 'experiment', 'demo']),
  request: runRequestSchema,
  subject: idSchema.nullable(),
  /** The runs whose results this one uses. */
  parents: z.array(idSchema),
  status: z.enum(runStatuses),
  created: timeSchema,
  started: timeSchema.nullable(),
  ended: timeSchema.nullable(),
  phases: z.array(phaseSchema),
  /** Seconds of work so far, not counting pauses. */
  elapsed: z.number(),
  /** Estimated seconds left; null before 5 % or 30 s. */
  remaining: z.number().nullable(),
  device: z.string().nullable(),
  problem: problemSchema.nullable(),
})
export type Run = z.infer<typeof runSchema>

/** What a test run that is done has shown. */
export const testReportSchema = z.object({
  /** Trials it was done with, and those of the full run. */
  trainTrials: z.number().int(),
  testTrials: z.number().int(),
  ofTrainTrials: z.number().int(),
  ofTestTrials: z.number().int(),
  epochs: z.number().int(),
  /** Highest memory of its process. */
  peakMemoryBytes: z.number(),
  /** Results and the largest checkpoint, which were written, read back and taken away. */
  writtenBytes: z.number(),
  /** What was gone through, in words, in order. */
  checks: z.array(z.string()),
})
export type TestReport = z.infer<typeof testReportSchema>

/** One live message: at most 20 per second per run; `seq` rises by one per batch, so a late reader asks for the rest. */
export const runEventSchema = z.object({
  seq: z.number().int().nonnegative(),
  run: runSchema,
  points: z.array(
    z.object({
      /** Part of the run the numbers belong to, such as "seed 0 / troi / stage 2"; '' for the run itself. */
      part: z.string(),
      step: z.number(),
      epoch: z.number(),
      values: z.record(z.string(), z.number()),
    }),
  ),
  /** Set when a new mask picture is to be had from `runs.snapshot`. */
  snapshotEpoch: z.number().nullable(),
})
export type RunEvent = z.infer<typeof runEventSchema>
