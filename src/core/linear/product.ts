/** Products of dense row-major matrices on one thread, for where no kernels are at hand. Double precision inside. */
import type { DenseKernels } from '../tensor/dense-kernels.ts'

/** How a caller may lend faster products; `DenseKernels.matmul` fits. */
export type Matmul = DenseKernels['matmul']

/** Rows taken together, so that a row of the result is read and written once for all of them. */
const together = 4

/** xᵀ x of a rows × columns matrix: columns × columns, exactly symmetric. Only the listed rows count, if a list is given. */
export function gramOfColumns(
  x: ArrayLike<number>,
  columns: number,
  rows: ArrayLike<number>,
  centre: ArrayLike<number>,
): Float64Array {
  const gram = new Float64Array(columns * columns)
  const block = new Float64Array(together * columns)
  for (let first = 0; first < rows.length; first += together) {
    block.fill(0)
    for (let r = 0; r < Math.min(together, rows.length - first); r++) {
      const from = rows[first + r]! * columns
      for (let c = 0; c < columns; c++) block[r * columns + c] = x[from + c]! - centre[c]!
    }
    const [a, b, c, d] = [0, 1, 2, 3].map((r) => block.subarray(r * columns, (r + 1) * columns)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    for (let i = 0; i < columns; i++) {
      const to = gram.subarray(i * columns, i * columns + i + 1)
      const [ai, bi, ci, di] = [a[i]!, b[i]!, c[i]!, d[i]!]
      for (let j = 0; j <= i; j++) to[j]! += ai * a[j]! + bi * b[j]! + ci * c[j]! + di * d[j]!
    }
  }
  for (let i = 0; i < columns; i++) for (let j = 0; j < i; j++) gram[j * columns + i] = gram[i * columns + j]!
  return gram
}

/** op(a) · op(b) as `DenseKernels.matmul`, one row of the result at a time. */
export const plainMatmul: Matmul = (a, b, m, k, n, { transposeA = false, transposeB = false } = {}) => {
  const out = new Float32Array(m * n)
  const row = new Float64Array(n)
  const right = transposeB ? transposed(b, n, k) : b
  for (let i = 0; i < m; i++) {
    row.fill(0)
    for (let l = 0; l < k; l++) {
      const factor = transposeA ? a[l * m + i]! : a[i * k + l]!
      if (factor === 0) continue
      const from = right.subarray(l * n, (l + 1) * n)
      for (let j = 0; j < n; j++) row[j]! += factor * from[j]!
    }
    out.set(row, i * n)
  }
  return out
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c]!
  return out
}
