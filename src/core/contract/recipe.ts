/**
 * An import recipe: everything that turns a lab's files into one subject of a project. The wizard writes it, the command
 * line reads it, and running it again on the same files gives the same subject bit for bit. Paths are relative to the
 * recipe file, with forward slashes.
 */
import { z } from 'zod'
import { confoundsSchema, timingSchema, trialsSchema } from './trials.ts'

const path = z.string().min(1).max(4096)
const column = z.union([z.string(), z.number().int().nonnegative()])

const boldFileSchema = z.object({
  path,
  /** Run and session of every volume of this file, when the table does not say. */
  run: z.number().int().optional(),
  session: z.number().int().optional(),
  /** A table of this image alone, in place of `table.path`, read the same way. */
  table: path.optional(),
  /** Confounds of this image, one row per volume, as fMRIPrep writes them. */
  confounds: path.optional(),
  /** Brain mask of this image; a voxel must lie in the masks of all images and in `brainMask`. */
  brainMask: path.optional(),
})

const tableFileSchema = z.object({
  /** Left out only where every image names a table of its own. */
  path: path.optional(),
  /** space: columns parted by blanks, as in PyMVPA attribute files. */
  separator: z.enum(['tab', 'comma', 'space']).default('tab'),
  header: z.boolean().default(true),
  /** Column names, or 0-based numbers where there is no header. */
  columns: z.object({
    label: column,
    run: column.optional(),
    session: column.optional(),
    /** Of events: seconds from the start of the run, and seconds; `onset` and `duration` where not given. */
    onset: column.optional(),
    duration: column.optional(),
  }),
  /** What one row of the table describes: one volume of the series, one trial (one volume of a beta series), or an event in time. */
  rows: z.enum(['volumes', 'trials', 'events']),
  /** Rows with these labels are no trials (rest, fixation); they still count for a run's baseline. */
  ignoreLabels: z.array(z.string()).default([]),
  /** Events with these labels are no trials, but the response model accounts for them (cues, button presses). */
  nuisanceLabels: z.array(z.string()).default([]),
  /** How the numbers of events are written: 12.5 or 12,5. */
  decimal: z.enum(['point', 'comma']).default('point'),
  /** Events without an onset (n/a), or that begin after the run's end: stop with a question, or leave them out. */
  unplaced: z.enum(['ask', 'leave-out']).default('ask'),
  /** Seconds for events whose duration is n/a; without it they stop the import with a question. */
  missingDuration: z.number().nonnegative().max(3600).nullable().default(null),
  /** Events of one label that follow each other with at most this gap in seconds become one event. */
  joinSeconds: z.number().nonnegative().max(600).nullable().default(null),
})

export const splitSchema = z.discriminatedUnion('rule', [
  /** Each run is held out once. */
  z.object({ rule: z.literal('leave-one-run-out') }),
  /** These runs are held out. */
  z.object({ rule: z.literal('runs'), test: z.array(z.number().int()).min(1) }),
])
export type Split = z.infer<typeof splitSchema>

export const recipeSchema = z.object({
  version: z.literal(1),
  /** Letters and digits only, as BIDS asks of a participant label. */
  subject: z.string().regex(/^[A-Za-z0-9]+$/, 'letters and digits only'),
  description: z.string().max(2000).default(''),
  /** One 4D series, or one per run in the order of the table. */
  images: z.array(boldFileSchema).min(1),
  table: tableFileSchema,
  /** Brain mask on the grid of the images. Without one, voxels with any variance are used. */
  brainMask: path.nullable().default(null),
  /** Annotated ROI on the same grid: non-zero voxels, or those with one of `labels`. */
  annotatedRoi: z
    .object({ path, labels: z.array(z.number().int()).optional() })
    .nullable()
    .default(null),
  /** Which affine to believe where sform and qform disagree. `ask` stops with a question. */
  orientation: z.enum(['ask', 'sform', 'qform']).default('ask'),
  trials: trialsSchema,
  /** Times of the volumes, for events and for the high-pass filter. */
  timing: timingSchema.prefault({}),
  /** Columns of the images' confounds that are removed together with drift; null removes none. */
  confounds: confoundsSchema.nullable().default(null),
  /** Statistics of the z-score come from training trials of the same run or session; see the sidecar for held-out runs. */
  standardise: z.enum(['run', 'session']).default('run'),
  split: splitSchema,
})
export type Recipe = z.infer<typeof recipeSchema>
