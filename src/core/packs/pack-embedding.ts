/**
 * A pack's output as part of a picture embedding. Networks give thousands of numbers of very different size, so each is
 * standardised and the whole reduced by a tempered principal component analysis, both fitted on training pictures only. The pack's
 * part takes the place of the built-in semantic part; the built-in pixel part stays in front of it, because it can be turned back
 * into a picture and a network's output cannot.
 */
import type { Targets } from '../data/subject-data.ts'
import { applyPca, fitTemperedPca, invertPca, type TemperedPca } from '../embedding/tempered-pca.ts'
import type { Matmul } from '../linear/product.ts'
import { failure, type Result, success } from '../problem.ts'

/** As many as the built-in semantic part has. */
export const packDimensions = 64
const temper = 0.5
/** Of a float32 number, as a share of it. */
const rounding = 1e-6

export interface PackEmbeddingFit {
  /** Numbers of the pack's output per picture. */
  readonly columns: number
  readonly mean: Float32Array
  /** Standard deviation per number; 0 where the fitted pictures do not differ in it, and then it is left out. */
  readonly deviation: Float32Array
  readonly pca: TemperedPca
}

/**
 * Fits on the listed rows of `raw` (pictures × columns). BAD_PARAMETER where fewer than two pictures are listed or the output is
 * the same for all of them.
 */
export function fitPackEmbedding(
  raw: Float32Array,
  columns: number,
  rows: Int32Array,
  dimensions = packDimensions,
): Result<PackEmbeddingFit> {
  const mean = new Float64Array(columns)
  const square = new Float64Array(columns)
  for (const row of rows) for (let c = 0; c < columns; c++) mean[c]! += raw[row * columns + c]! / rows.length
  for (const row of rows)
    for (let c = 0; c < columns; c++) square[c]! += (raw[row * columns + c]! - mean[c]!) ** 2 / rows.length
  // The mean of equal numbers is off by rounding; what is left then is no difference between pictures.
  const deviation = Float32Array.from(square, (value, c) => {
    const own = Math.sqrt(value)
    return own > rounding * Math.abs(mean[c]!) ? own : 0
  })
  if (rows.length < 2 || deviation.every((value) => !(value > 0)))
    return failure({
      code: 'BAD_PARAMETER',
      message: `The output of the pack cannot be an embedding: ${rows.length < 2 ? `there are ${rows.length} training pictures` : 'it is the same for all training pictures'}.`,
      where: 'embedding',
      expected: 'at least two training pictures with different outputs',
    })
  const partial = { columns, mean: Float32Array.from(mean), deviation }
  const pca = fitTemperedPca(standardised(partial, raw), columns, rows, dimensions, temper)
  return success({ ...partial, pca })
}

function standardised({ columns, mean, deviation }: Omit<PackEmbeddingFit, 'pca'>, raw: Float32Array): Float32Array {
  const out = new Float32Array(raw.length)
  for (let i = 0; i < raw.length; i++) {
    const c = i % columns
    out[i] = deviation[c]! > 0 ? (raw[i]! - mean[c]!) / deviation[c]! : 0
  }
  return out
}

/** pictures × columns → pictures × pca.dimensions, with a mean variance of 1 over the fitted pictures. */
export function applyPackEmbedding(fit: PackEmbeddingFit, raw: Float32Array, matmul?: Matmul): Float32Array {
  return applyPca(fit.pca, standardised(fit, raw), matmul)
}

/** The numbers of the pack's output that a reduced vector stands for, as far as the kept components reach. */
export function invertPackEmbedding(fit: PackEmbeddingFit, reduced: ArrayLike<number>): Float32Array {
  const out = invertPca(fit.pca, reduced)
  for (let c = 0; c < fit.columns; c++) out[c] = out[c]! * fit.deviation[c]! + fit.mean[c]!
  return out
}

/** The built-in targets with their semantic part replaced: [pixel part | pack part]. `packPart`: items × `dimensions`. */
export function withPackPart(builtIn: Targets, packPart: Float32Array, dimensions: number): Targets {
  const { semanticStart: pixels, names } = builtIn
  const total = pixels + dimensions
  const vectors = new Float32Array(names.length * total)
  for (let item = 0; item < names.length; item++) {
    const from = item * builtIn.dimensions
    vectors.set(builtIn.vectors.subarray(from, from + pixels), item * total)
    vectors.set(packPart.subarray(item * dimensions, (item + 1) * dimensions), item * total + pixels)
  }
  return { ...builtIn, dimensions: total, vectors }
}
