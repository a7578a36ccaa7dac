/** What is counted of a mask before a verdict, and how stable it is over repeats. */
import { z } from 'zod'
import { metricSchema } from '../evaluate/metric.ts'
import { blobRefSchema, gridSchema, idSchema, placeSchema } from './common.ts'
import { sha256Schema } from './review.ts'

const count = z.number().int().nonnegative()
const share = z.number().min(0).max(1)
const point = z.tuple([z.number(), z.number(), z.number()]).readonly()

/** An atlas to compare with: whole-number labels as NIfTI in the subject's space. */
export const atlasRequestSchema = z.object({
  atlas: placeSchema.optional(),
  /** Names of its labels, TSV or JSON; without it a file of the atlas's own name ending in .tsv or .json, if there is one. */
  atlasLabels: placeSchema.optional(),
  /** Reads an atlas of another grid by nearest neighbour; without it, another grid is refused. */
  resample: z.boolean().default(false),
})

export const atlasCoverageSchema = z.object({
  file: z.string(),
  sha256: sha256Schema,
  /** Name of the file that names the labels, or null. */
  labelsFile: z.string().nullable(),
  resampled: z.boolean(),
  /** Regions of which the mask holds most first; those it holds nothing of too. */
  regions: z.array(
    z.object({
      label: z.number().int(),
      name: z.string().nullable(),
      /** Voxels of the region on the subject's grid, and those of them in use: only they could be chosen. */
      voxels: count,
      inUse: count,
      covered: count,
      shareOfRegion: share,
      shareOfMask: share,
    }),
  ),
  /** Voxels of the mask outside every region. */
  outside: count,
})
export type MaskAtlasCoverage = z.infer<typeof atlasCoverageSchema>

const overlapShape = { dice: share, precision: share, recall: share }

export const maskStatisticsSchema = z.object({
  mask: idSchema,
  voxels: count,
  /** Voxels the mask could be chosen from. */
  voxelsInUse: count,
  cubicCentimetres: z.number(),
  /** By the sign of x in RAS millimetres of each voxel's centre. */
  left: count,
  right: count,
  middle: count,
  /** Centre of mass, mm. */
  centre: point.nullable(),
  /** Pieces whose voxels touch by a face, an edge or a corner. */
  components: z.object({ count, largest: count, largestShare: share }),
  /** Voxels that touch no other voxel of the mask; at most ten are listed, the farthest from the rest first. */
  isolated: z.object({
    count,
    farthest: z
      .array(z.object({ voxel: point, millimetres: point, distance: z.number().nullable() }).readonly())
      .readonly(),
  }),
  /** Per voxel axis the slice with most voxels of the mask, and the centre of those, mm. Empty for an empty mask. */
  largestSlices: z
    .array(
      z.object({
        plane: z.enum(['axial', 'coronal', 'sagittal']),
        axis: count,
        slice: count,
        voxels: count,
        millimetres: point,
      }),
    )
    .readonly(),
  /** Beside each number what as many voxels drawn at random would get. */
  overlap: z
    .array(
      z.object({
        with: z.enum(['truth', 'annotated']),
        voxels: count,
        ...overlapShape,
        chance: z.object(overlapShape),
      }),
    )
    .readonly(),
  atlas: atlasCoverageSchema.nullable(),
})
export type MaskStatisticsAnswer = z.infer<typeof maskStatisticsSchema>

/** Which repeats: those of a stability experiment, or the newest that fit a mask's settings, backbone and subject. */
export const stabilityRequestSchema = z.object({ run: idSchema.optional(), mask: idSchema.optional() })

/** Repeats of a mask: other seeds, or runs left out. */
export const stabilitySchema = z.object({
  /** The experiment that repeated the mask. */
  run: idSchema,
  name: z.string(),
  /** What was changed from repeat to repeat, in words. */
  repeats: z.array(z.string()),
  /** Mean Dice of all pairs of repeats; n is the number of repeats, the interval a bootstrap over repeats. */
  pairwiseDice: metricSchema,
  remarks: z.array(z.string()),
  grid: gridSchema,
  /** Share of repeats that chose a voxel, whole grid, 0 to 1. */
  frequency: blobRefSchema,
  /** The mask that was named, among the repeats. Its voxels are counted, not sampled: no interval. */
  ofMask: z
    .object({
      mask: idSchema,
      voxels: count,
      /** "Often" is at least this share of the repeats. */
      often: share,
      /** Share of the mask's voxels that were chosen often, and the same if every repeat drew its voxels at random. */
      shareOften: share,
      shareOftenByChance: share,
      /** Mean share of repeats that chose a voxel of the mask. */
      meanFrequency: share,
    })
    .nullable(),
})
export type StabilityAnswer = z.infer<typeof stabilitySchema>
