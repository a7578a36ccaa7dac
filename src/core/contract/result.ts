/** What runs leave behind: backbones, masks, decoders, tables, pictures. */
import { z } from 'zod'
import { metricSchema } from '../evaluate/metric.ts'
import { measures, publishedNames } from '../packs/published.ts'
import { problemSchema } from '../problem.ts'
import { presetNames } from '../troi/settings.ts'
import { blobRefSchema, gridSchema, idSchema, timeSchema } from './common.ts'
import { embeddingChoiceSchema } from './pack.ts'
import { sha256Schema, verdictSchema } from './review.ts'

export const subjectSchema = z.object({
  id: idSchema,
  name: z.string(),
  origin: z.enum(['simulated', 'imported']),
  role: z.enum(['new', 'pretraining']),
  voxels: z.number().int(),
  grid: gridSchema,
  trainTrials: z.number().int(),
  testTrials: z.number().int(),
  targets: z.enum(['pictures', 'labels']),
  /** Pictures or labels that can be told apart at test. */
  items: z.number().int(),
  labels: z.array(z.string()),
  annotatedVoxels: z.number().int().nullable(),
  trueVoxels: z.number().int().nullable(),
  notes: z.array(z.string()),
})
export type Subject = z.infer<typeof subjectSchema>

export const backboneSchema = z.object({
  id: idSchema,
  run: idSchema,
  name: z.string(),
  subjects: z.array(z.string()),
  epochs: z.number(),
  /** Of the pictures, where it is not the built-in one. */
  embedding: embeddingChoiceSchema.optional(),
})

export const maskSchema = z.object({
  id: idSchema,
  run: idSchema,
  name: z.string(),
  subject: idSchema,
  preset: z.enum(presetNames),
  budget: z.number().int(),
  voxels: z.number().int(),
  /** Voxels of the mask Algorithm 1 printed, before exact selection; null where the preset has none. */
  rawVoxels: z.number().int().nullable(),
  threshold: z.number(),
  /** Voxels above threshold after filtering, per outer iteration. */
  counts: z.array(z.number()),
  flags: z.array(z.string()),
  /** Against the truth (simulated) and the annotated ROI, where there is one. */
  overlap: z.array(
    z.object({ with: z.enum(['truth', 'annotated']), dice: z.number(), precision: z.number(), recall: z.number() }),
  ),
  leftVoxels: z.number().int(),
  rightVoxels: z.number().int(),
  components: z.number().int(),
  largestComponent: z.number().int(),
  cubicCentimetres: z.number(),
  grid: gridSchema,
  created: timeSchema,
  /** Of the pictures, where it is not the built-in one. */
  embedding: embeddingChoiceSchema.optional(),
})
export type Mask = z.infer<typeof maskSchema>

/** A mask with what is known of it besides: the hash a verdict is bound to, and the newest verdict. */
export const listedMaskSchema = maskSchema.extend({
  /** Found with this backbone; null without one. */
  backbone: idSchema.nullable(),
  /** SHA-256 of the mask's file, as it was written. */
  sha256: sha256Schema,
  /** Null where nobody has judged it yet. */
  verdict: verdictSchema.nullable(),
})
export type ListedMask = z.infer<typeof listedMaskSchema>

/** Everything the viewer draws, one value per voxel of the whole grid (z fastest). */
export const maskVolumesSchema = z.object({
  grid: gridSchema,
  mask: blobRefSchema,
  weights: blobRefSchema,
  /** The same map before the filter; null in projects that did not keep it. */
  unfiltered: blobRefSchema.nullable().default(null),
  rawMask: blobRefSchema.nullable(),
  annotated: blobRefSchema.nullable(),
  truth: blobRefSchema.nullable(),
  brain: blobRefSchema,
  /** Share of repeats that chose each voxel, 0 to 1, of the newest stability experiment with this mask's settings; null without one. */
  stability: blobRefSchema.nullable(),
  /** Mean volume to draw behind the mask, and what it is, in words. */
  background: z.object({ volume: blobRefSchema, name: z.string() }),
})
export type MaskVolumes = z.infer<typeof maskVolumesSchema>

export const decoderSchema = z.object({
  id: idSchema,
  run: idSchema,
  name: z.string(),
  mask: idSchema,
  subject: idSchema,
  restart: z.string(),
  /** Of the pictures, where it is not the built-in one. */
  embedding: embeddingChoiceSchema.optional(),
})

export const confusionSchema = z.object({
  labels: z.array(z.string()),
  /** counts[shown][answered] */
  counts: z.array(z.array(z.number())),
})
export const permutationSchema = z.object({
  observed: z.number(),
  mean: z.number(),
  maximum: z.number(),
  p: z.number(),
  permutations: z.number().int(),
})

/** Reconstructions compared with pictures by an output of a pack's network, under that network's own name. */
export const packMetricSchema = z.object({
  pack: z.string(),
  version: z.string(),
  /** SHA-256 of the pack's manifest, which holds the sums of all its files. */
  manifest: z.string(),
  output: z.string(),
  /** As people read it: "EfficientNet-Lite0 embedding". */
  label: z.string(),
  standsFor: z.string(),
  measure: z.enum(measures),
  /** The published number that this is, or that it stands in for; a stand-in does not compare with published tables. */
  publishedAs: z.enum(publishedNames).nullable(),
  standsInFor: z.enum(publishedNames).nullable(),
  metric: metricSchema,
})
export type PackMetric = z.infer<typeof packMetricSchema>

export const evaluationSchema = z.object({
  metrics: z.record(z.string(), metricSchema),
  confusion: confusionSchema.optional(),
  permutation: permutationSchema.optional(),
  packMetrics: z.array(packMetricSchema).optional(),
  /** Published numbers that no installed pack gives, and which pack would, in words. */
  missingMetrics: z.array(z.object({ name: z.string(), words: z.string() })).optional(),
  /** What must be said beside the numbers: how pictures were reconstructed, which embedding was used. */
  notes: z.array(z.string()).optional(),
})
export type Evaluation = z.infer<typeof evaluationSchema>

/** One row per seed and condition; metric columns are values, `metrics` holds direction, chance, n and interval. */
export const tableRowSchema = z.object({
  seed: z.number().int(),
  condition: z.string(),
  voxels: z.number().int(),
  dice: z.number().nullable(),
  brainToImage: z.number().nullable(),
  imageToBrain: z.number().nullable(),
  pixCorr: z.number().nullable(),
  ssim: z.number().nullable(),
  accuracy: z.number().nullable(),
  seconds: z.number(),
  metrics: z.record(z.string(), metricSchema),
})
export type TableRow = z.infer<typeof tableRowSchema>

export const missingCellSchema = z.object({ seed: z.number().int(), condition: z.string(), problem: problemSchema })
export type MissingCell = z.infer<typeof missingCellSchema>

export const tableSchema = z.object({
  experiment: z.string(),
  size: z.string(),
  budget: z.number().int(),
  seeds: z.array(z.number().int()),
  rows: z.array(tableRowSchema),
  /** Cells that Slurm jobs did not bring, and why; absent where none is missing. */
  missing: z.array(missingCellSchema).optional(),
})
export type Table = z.infer<typeof tableSchema>

const nearSchema = z.object({ item: z.number().int().nonnegative(), similarity: z.number() })

/** Pictures of one decoder: items × height × width × 3 bytes each. */
export const gallerySchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  items: z.array(
    z.object({
      name: z.string(),
      pixCorr: z.number(),
      ssim: z.number(),
      rankBrainToImage: z.number().int(),
      rankImageToBrain: z.number().int(),
      /** The most similar items of all, best first, and how similar; absent in evaluations made before they were kept. */
      nearest: z.object({ brainToImage: z.array(nearSchema), imageToBrain: z.array(nearSchema) }).optional(),
    }),
  ),
  truth: blobRefSchema,
  reconstruction: blobRefSchema,
})
export type Gallery = z.infer<typeof gallerySchema>

/** Whole-grid masks of past epochs, 1 where a voxel was still in. */
export const filmSchema = z.object({
  grid: gridSchema,
  brain: blobRefSchema,
  pictures: z.array(
    z.object({
      /** Part of the run, such as "seed 0 / troi"; '' for the run itself. */
      part: z.string(),
      epoch: z.number(),
      voxels: z.number().int(),
      mask: blobRefSchema,
    }),
  ),
})
export type Film = z.infer<typeof filmSchema>

export const exportSchema = z.object({
  folder: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
})

/** One mask of several that were exported together. */
export const maskExportSchema = z.object({
  mask: idSchema,
  /** Null where there is no such mask. */
  name: z.string().nullable(),
  /** Empty where it was not written. */
  files: exportSchema.shape.files,
  /** Why it was not written; null where it was. */
  problem: problemSchema.nullable(),
})
export type MaskExport = z.infer<typeof maskExportSchema>
