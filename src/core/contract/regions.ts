/** Named regions of a subject, to look up what lies at a place: an atlas that a person chose, or the labels of the annotated ROI. */
import { z } from 'zod'
import { blobRefSchema, gridSchema, idSchema, placeSchema } from './common.ts'
import { sha256Schema } from './review.ts'

/** Without an atlas the labels that the import found in the file of the annotated ROI are meant. */
export const regionsRequestSchema = z.object({
  subject: idSchema,
  atlas: placeSchema.optional(),
  /** Names of its labels, TSV or JSON; without it a file of the atlas's own name ending in .tsv or .json, if there is one. */
  atlasLabels: placeSchema.optional(),
})

export const regionsSchema = z.object({
  source: z.enum(['atlas', 'annotated']),
  /** Name of the file that holds the labels. */
  file: z.string(),
  sha256: sha256Schema.nullable(),
  /** Name of the file that names the labels, or null. */
  labelsFile: z.string().nullable(),
  /** The label volume's own grid; it need not be that of the subject's images. */
  grid: gridSchema,
  /** int32, one label per voxel of `grid` (z fastest), 0 for none. */
  labels: blobRefSchema,
  /** Name per label, where there is one. */
  names: z.record(z.string(), z.string()),
})
export type Regions = z.infer<typeof regionsSchema>
