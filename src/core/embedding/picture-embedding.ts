/**
 * The built-in picture embedding: two tempered principal component analyses side by side, fitted on training pictures only.
 *
 *   [0, semanticStart)             the slowly varying pixels; invertible, so a predicted embedding is a predicted picture
 *   [semanticStart, dimensions)    semantic features: what is where, how much contrast, light and colour
 *
 * Each part has a mean variance of 1 over the fitted pictures.
 */
import type { Matmul } from '../linear/product.ts'
import { lowFrequencies } from './low-frequencies.ts'
import { type Pictures, pictureAt, pictureLength } from './pictures.ts'
import type { FeatureBlock, SemanticFeatures } from './semantic-features.ts'
import { applyPca, fitTemperedPca, invertPca, type TemperedPca } from './tempered-pca.ts'

export interface PictureEmbeddingOptions {
  /** At most this many dimensions for each part; fewer where there are fewer pictures. */
  readonly pixelDimensions?: number
  readonly semanticDimensions?: number
  /** Exponent of a component's standard deviation: 1 plain, 0 whitened. */
  readonly temper?: number
  /** Rows to fit on; all by default. Test pictures must not be among them. */
  readonly fitRows?: Int32Array
  readonly matmul?: Matmul
}

/** A fit, made of numbers and arrays only, so that it can be written to a file as it is. */
export interface PictureEmbedding {
  readonly width: number
  readonly height: number
  readonly channels: 3
  readonly dimensions: number
  readonly semanticStart: number
  readonly pixel: TemperedPca
  readonly semantic: TemperedPca
  readonly blocks: readonly FeatureBlock[]
  /** Factor per column of the semantic features, from the shares of their blocks. */
  readonly featureScale: Float32Array
}

/** What is needed to turn an embedding into a picture: its first dimensions are the pixel part, whatever follows. */
export type InvertiblePart = Pick<PictureEmbedding, 'width' | 'height' | 'channels' | 'dimensions' | 'pixel'>

/**
 * Fits the embedding. `semanticFeatures` has one row per picture (`pixelFeatures` for any pictures). Throws RangeError for
 * fewer than two pictures to fit on, or where they are all the same.
 */
export function fitPictureEmbedding(
  pictures: Pictures,
  semanticFeatures: SemanticFeatures,
  options: PictureEmbeddingOptions = {},
): PictureEmbedding {
  const { pixelDimensions = 128, semanticDimensions = 64, temper = 0.5 } = options
  const rows = options.fitRows ?? Int32Array.from({ length: pictures.count }, (_, i) => i)
  const { columns, coefficients } = analyse(pictures)
  const pixel = fitTemperedPca(coefficients, columns, rows, pixelDimensions, temper)
  const featureScale = blockScale(semanticFeatures, rows)
  const semantic = fitTemperedPca(
    scaled(semanticFeatures, featureScale),
    semanticFeatures.columns,
    rows,
    semanticDimensions,
    temper,
  )
  return {
    width: pictures.width,
    height: pictures.height,
    channels: pictures.channels,
    dimensions: pixel.dimensions + semantic.dimensions,
    semanticStart: pixel.dimensions,
    pixel,
    semantic,
    blocks: semanticFeatures.blocks,
    featureScale,
  }
}

/** Embeddings of pictures: count × dimensions. Throws RangeError where pictures or features are not of the fitted kind. */
export function embed(
  fit: PictureEmbedding,
  pictures: Pictures,
  semanticFeatures: SemanticFeatures,
  matmul?: Matmul,
): Float32Array {
  if (pictures.width !== fit.width || pictures.height !== fit.height)
    throw new RangeError(`the embedding is of ${fit.width} × ${fit.height} pictures`)
  if (semanticFeatures.columns !== fit.featureScale.length || semanticFeatures.rows !== pictures.count)
    throw new RangeError(`the embedding expects ${fit.featureScale.length} features for each of the pictures`)
  const pixel = applyPca(fit.pixel, analyse(pictures).coefficients, matmul)
  const semantic = applyPca(fit.semantic, scaled(semanticFeatures, fit.featureScale), matmul)
  const out = new Float32Array(pictures.count * fit.dimensions)
  const { semanticStart, dimensions } = fit
  const rest = dimensions - semanticStart
  for (let i = 0; i < pictures.count; i++) {
    out.set(pixel.subarray(i * semanticStart, (i + 1) * semanticStart), i * dimensions)
    out.set(semantic.subarray(i * rest, (i + 1) * rest), i * dimensions + semanticStart)
  }
  return out
}

/** Pictures from embeddings (count × dimensions): the inverse of the pixel part, clipped to [0, 1]. */
export function reconstruct(fit: InvertiblePart, vectors: Float32Array): Pictures & { readonly pixels: Float32Array } {
  const count = vectors.length / fit.dimensions
  if (!Number.isInteger(count)) throw new RangeError(`embeddings have ${fit.dimensions} numbers each`)
  const basis = lowFrequencies(fit)
  const length = pictureLength(fit)
  const pixels = new Float32Array(count * length)
  for (let i = 0; i < count; i++) {
    const to = pixels.subarray(i * length, (i + 1) * length)
    basis.synthesise(invertPca(fit.pixel, vectors.subarray(i * fit.dimensions, (i + 1) * fit.dimensions)), to)
    for (let p = 0; p < length; p++) to[p] = Math.min(1, Math.max(0, to[p]!))
  }
  return { count, width: fit.width, height: fit.height, channels: fit.channels, pixels }
}

function analyse(pictures: Pictures): { columns: number; coefficients: Float32Array } {
  const basis = lowFrequencies(pictures)
  const coefficients = new Float32Array(pictures.count * basis.length)
  const pixels = new Float32Array(pictureLength(pictures))
  for (let i = 0; i < pictures.count; i++) basis.analyse(pictureAt(pictures, i, pixels), coefficients, i * basis.length)
  return { columns: basis.length, coefficients }
}

/** Per column, the factor that gives its block a variance of `share` over the rows; 0 for a block without variance. */
function blockScale({ columns, values, blocks }: SemanticFeatures, rows: Int32Array): Float32Array {
  if (blocks.reduce((sum, block) => sum + block.columns, 0) !== columns)
    throw new RangeError(`the blocks of the semantic features must add up to ${columns} columns`)
  const scale = new Float32Array(columns)
  let first = 0
  for (const block of blocks) {
    let variance = 0
    for (let c = first; c < first + block.columns; c++) {
      let [sum, square] = [0, 0]
      for (const row of rows) sum += values[row * columns + c]!
      const mean = sum / rows.length
      for (const row of rows) square += (values[row * columns + c]! - mean) ** 2
      variance += square / rows.length
    }
    scale.fill(variance > 0 ? Math.sqrt(block.share / variance) : 0, first, first + block.columns)
    first += block.columns
  }
  return scale
}

function scaled({ columns, values }: SemanticFeatures, scale: Float32Array): Float32Array {
  return values.map((value, i) => value * scale[i % columns]!)
}
