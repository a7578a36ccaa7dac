/**
 * Principal components with tempered scale: y_k = g σ_k^(t − 1) c_k · (x − mean), so that component k keeps the standard
 * deviation g σ_k^t. t = 1 is plain PCA, t = 0 whitening; ½ lets later components count without letting noise rule.
 * g makes the mean variance 1. Linear and, within the span of the components, invertible.
 */
import { gramOfColumns, type Matmul, plainMatmul } from '../linear/product.ts'
import { symmetricEigen } from '../linear/symmetric-eigen.ts'

export interface TemperedPca {
  readonly columns: number
  readonly dimensions: number
  /** Of the fitted rows, per column. */
  readonly mean: Float32Array
  /** dimensions × columns, orthonormal rows. */
  readonly components: Float32Array
  /** g σ_k^(t − 1) per dimension. */
  readonly scale: Float32Array
}

/** Components below this share of the first one's standard deviation are rounding. */
const leastDeviation = 1e-4

/**
 * Fits at most `dimensions` components to the listed rows of x (rows × columns, row-major); fewer where the rows span less.
 * Throws RangeError for fewer than two rows or rows without variance.
 */
export function fitTemperedPca(
  x: Float32Array,
  columns: number,
  rows: Int32Array,
  dimensions: number,
  temper: number,
): TemperedPca {
  if (rows.length < 2) throw new RangeError(`components need at least 2 rows, there are ${rows.length}`)
  const mean = new Float64Array(columns)
  for (const row of rows) for (let c = 0; c < columns; c++) mean[c]! += x[row * columns + c]! / rows.length
  const { values, vectors } =
    rows.length < columns ? fromRows(x, columns, rows, mean) : fromColumns(x, columns, rows, mean)
  const deviation = Array.from(values, (value) => Math.sqrt(Math.max(value, 0) / rows.length))
  const first = deviation[0] ?? 0
  if (!(first > 0)) throw new RangeError('the rows are all the same: there are no components')
  const kept = deviation.slice(0, dimensions).filter((value) => value > leastDeviation * first)
  const power = kept.reduce((sum, value) => sum + value ** (2 * temper), 0) / kept.length
  return {
    columns,
    dimensions: kept.length,
    mean: Float32Array.from(mean),
    components: Float32Array.from(vectors.subarray(0, kept.length * columns)),
    scale: Float32Array.from(kept, (value) => value ** (temper - 1) / Math.sqrt(power)),
  }
}

function fromColumns(x: Float32Array, columns: number, rows: Int32Array, mean: Float64Array) {
  return symmetricEigen(gramOfColumns(x, columns, rows, mean), columns)
}

/** Fewer rows than columns: eigenvectors of X Xᵀ, taken back to columns. */
function fromRows(x: Float32Array, columns: number, rows: Int32Array, mean: Float64Array) {
  const n = rows.length
  const centred = new Float64Array(columns * n)
  rows.forEach((row, r) => {
    for (let c = 0; c < columns; c++) centred[c * n + r] = x[row * columns + c]! - mean[c]!
  })
  const all = Int32Array.from({ length: columns }, (_, c) => c)
  const { values, vectors: duals } = symmetricEigen(gramOfColumns(centred, n, all, new Float64Array(n)), n)
  const vectors = new Float64Array(n * columns)
  for (let k = 0; k < n; k++) {
    const norm = Math.sqrt(Math.max(values[k]!, 0))
    if (norm === 0) continue
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let r = 0; r < n; r++) sum += duals[k * n + r]! * centred[c * n + r]!
      vectors[k * columns + c] = sum / norm
    }
  }
  return { values, vectors }
}

/** x: rows × columns → rows × dimensions. */
export function applyPca(pca: TemperedPca, x: Float32Array, matmul: Matmul = plainMatmul): Float32Array {
  const { columns, dimensions, mean, components, scale } = pca
  const rows = x.length / columns
  const out = matmul(x, components, rows, columns, dimensions, { transposeB: true })
  const offset = matmul(mean, components, 1, columns, dimensions, { transposeB: true })
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < dimensions; k++) out[r * dimensions + k] = (out[r * dimensions + k]! - offset[k]!) * scale[k]!
  return out
}

/** One row of dimensions back to columns. */
export function invertPca(pca: TemperedPca, y: ArrayLike<number>): Float32Array {
  const { columns, dimensions, mean, components, scale } = pca
  const out = mean.slice()
  for (let k = 0; k < dimensions; k++) {
    const factor = y[k]! / scale[k]!
    const from = components.subarray(k * columns, (k + 1) * columns)
    for (let c = 0; c < columns; c++) out[c]! += factor * from[c]!
  }
  return out
}
