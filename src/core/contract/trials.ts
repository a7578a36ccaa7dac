/** The part of an import recipe that says how the volumes of a run become trials: times, filter, confounds, and the trial itself. */
import { z } from 'zod'

export const confoundPresets = ['motion-6', 'motion-24', 'compcor-5'] as const
export type ConfoundPreset = (typeof confoundPresets)[number]

const seconds = z.number().min(-600).max(3600)

export const trialsSchema = z.object({
  /**
   * Of a table of volumes: `volumes` makes each labelled volume a trial, `blocks` the mean of each run of equal labels in
   * consecutive volumes. Of events: `event-volume` takes the volume nearest to `delaySeconds` after the onset,
   * `event-window` the mean of the volumes in `windowSeconds` after the onset, `event-glm` the height of a response model
   * fitted for each trial.
   */
  from: z.enum(['volumes', 'blocks', 'event-volume', 'event-window', 'event-glm']),
  /** Labels apply to volumes this much later (haemodynamic delay). */
  delayVolumes: z.number().int().min(0).max(20).default(0),
  delaySeconds: seconds.default(5),
  windowSeconds: z
    .tuple([seconds, seconds])
    .refine(([from, to]) => from <= to, 'the window ends before it begins')
    .default([4, 8]),
  /** Of `event-glm`: all other trials share one regressor, or have one per label, or one each. */
  otherTrials: z.enum(['together', 'by-label', 'one-each']).default('together'),
  /** Remove a straight line per voxel and run before trials are formed. */
  detrend: z.boolean().default(true),
  /**
   * Of a beta series: subtract each voxel's mean over all trials of its run, of held-out runs too; no label enters. For runs with
   * different levels and the same share of labels in each.
   */
  centreRuns: z.boolean().default(false),
  /** Remove cosines slower than this many seconds; null leaves them in. */
  highPassSeconds: z.number().min(1).max(10_000).nullable().default(null),
})
export type TrialSettings = z.infer<typeof trialsSchema>

export const timingSchema = z.object({
  /** Seconds from volume to volume (BIDS RepetitionTime). */
  repetitionSeconds: z.number().positive().max(100).nullable().default(null),
  /** Which to believe where the header and `repetitionSeconds` disagree. `ask` stops with a question. */
  believe: z.enum(['ask', 'header', 'recipe']).default('ask'),
  /** Seconds into the run that the first volume stands for (BIDS StartTime): half a repetition after slice timing to the middle. */
  startSeconds: seconds.default(0),
})
export type Timing = z.infer<typeof timingSchema>

export const confoundsSchema = z.object({
  presets: z.array(z.enum(confoundPresets)).default([]),
  /** More columns, by name. */
  columns: z.array(z.string().min(1)).default([]),
})
export type ConfoundChoice = z.infer<typeof confoundsSchema>
