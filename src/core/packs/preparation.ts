/**
 * What must happen to a picture before a network sees it. A preparation is data, not code: resizes and crops in order, then the
 * mapping of the values 0 … 1 to what the network was trained on. The named ones are those of MindEye2's evaluation
 * (its released final evaluation: every picture goes to 256 × 256 first, tensor resizes are bilinear without antialias).
 */
import { z } from 'zod'

const side = z.number().int().min(1).max(4096)

/**
 * How values between pixels are found: bilinear as PyTorch's tensor resize without antialias; the antialiased two widen their
 * window when shrinking, as Pillow does (bicubic with a = −½).
 */
export const resizeFilters = ['bilinear', 'bilinear-antialiased', 'bicubic-antialiased'] as const
export type ResizeFilter = (typeof resizeFilters)[number]

const resizeTo = z.strictObject({
  do: z.literal('resize'),
  width: side,
  height: side,
  filter: z.enum(resizeFilters),
})
/** The shorter side becomes `side`, the longer one keeps the proportion (rounded down). */
const resizeShort = z.strictObject({ do: z.literal('resize-short-side'), side, filter: z.enum(resizeFilters) })
const centreCrop = z.strictObject({ do: z.literal('crop-centre'), width: side, height: side })

const threeNumbers = z.tuple([z.number(), z.number(), z.number()])

export const preparationSchema = z.strictObject({
  /** In this order; the last one decides the size. */
  steps: z
    .array(z.discriminatedUnion('do', [resizeTo, resizeShort, centreCrop]))
    .min(1)
    .max(8),
  /** Size after all steps. */
  width: side,
  height: side,
  colour: z.enum(['RGB', 'BGR']),
  /** What 0 and 1 become before normalising: [0, 1], [0, 255], [−1, 1], … */
  range: z.tuple([z.number(), z.number()]),
  /** (value − mean) / deviation per channel, in the order of `colour`; null where the graph does it itself. */
  normalise: z.strictObject({ mean: threeNumbers, deviation: threeNumbers }).nullable(),
})
export type Preparation = z.infer<typeof preparationSchema>

const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } satisfies Preparation['normalise']
const clip = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
} satisfies Preparation['normalise']

function evaluated(size: number, normalise: NonNullable<Preparation['normalise']>): Preparation {
  return {
    steps: [
      { do: 'resize', width: 256, height: 256, filter: 'bilinear' },
      { do: 'resize', width: size, height: size, filter: 'bilinear' },
    ],
    width: size,
    height: size,
    colour: 'RGB',
    range: [0, 1],
    normalise,
  }
}

export const preparationNames = [
  'mindeye2-alexnet',
  'mindeye2-inception-v3',
  'mindeye2-clip',
  'mindeye2-efficientnet-b1',
  'mindeye2-swav',
  'mindeye2-clip-tokens',
] as const
export type PreparationName = (typeof preparationNames)[number]

/** The preparations that a manifest may name instead of spelling one out. */
export const namedPreparations: Readonly<Record<PreparationName, Preparation>> = {
  'mindeye2-alexnet': evaluated(256, imageNet),
  'mindeye2-inception-v3': evaluated(342, imageNet),
  'mindeye2-clip': evaluated(224, clip),
  'mindeye2-efficientnet-b1': evaluated(255, imageNet),
  'mindeye2-swav': evaluated(224, imageNet),
  // MindEye2 feeds values from 0 to 1 to an embedder that expects −1 to 1, so its CLIP sees ½ to 1. Kept, or numbers would differ.
  'mindeye2-clip-tokens': {
    steps: [{ do: 'resize', width: 224, height: 224, filter: 'bicubic-antialiased' }],
    width: 224,
    height: 224,
    colour: 'RGB',
    range: [0.5, 1],
    normalise: clip,
  },
}
