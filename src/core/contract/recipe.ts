/**
 * An import recipe: everything that turns a lab's files into one subject of a project. The wizard writes it, the command
 * line reads it, and running it again on the same files gives the same subject bit for bit. Paths are relative to the
 * recipe file, with forward slashes.
 */
import { z } from 'zod'

const path = z.string().min(1).max(4096)

const boldFileSchema = z.object({
  path,
  /** Run and session of every volume of this file, when the table does not say. */
  run: z.number().int().optional(),
  session: z.number().int().optional(),
})

const tableFileSchema = z.object({
  path,
  /** space: columns parted by blanks, as in PyMVPA attribute files. */
  separator: z.enum(['tab', 'comma', 'space']).default('tab'),
  header: z.boolean().default(true),
  /** Column names, or 0-based numbers where there is no header. */
  columns: z.object({
    label: z.union([z.string(), z.number().int().nonnegative()]),
    run: z.union([z.string(), z.number().int().nonnegative()]).optional(),
    session: z.union([z.string(), z.number().int().nonnegative()]).optional(),
  }),
  /** What one row of the table describes: one volume of the series, or one trial (one volume of a beta series). */
  rows: z.enum(['volumes', 'trials']),
  /** Rows with these labels are no trials (rest, fixation); they still count for a run's baseline. */
  ignoreLabels: z.array(z.string()).default([]),
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
  trials: z.object({
    /** volumes: each labelled volume is a trial. blocks: the mean of each run of equal labels in consecutive volumes. */
    from: z.enum(['volumes', 'blocks']),
    /** Labels apply to volumes this much later (haemodynamic delay). */
    delayVolumes: z.number().int().min(0).max(20).default(0),
    /** Remove a straight line per voxel and run before trials are formed. */
    detrend: z.boolean().default(true),
  }),
  /** Statistics of the z-score come from training trials of the same run or session; see the sidecar for held-out runs. */
  standardise: z.enum(['run', 'session']).default('run'),
  split: splitSchema,
})
export type Recipe = z.infer<typeof recipeSchema>
