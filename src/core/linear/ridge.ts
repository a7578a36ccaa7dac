/**
 * Ridge regression in closed form: W minimises |Y − X W|² + λ |W|². Solved in the smaller of the two spaces,
 *
 *   W = (Xᵀ X + λ I)⁻¹ Xᵀ Y   (columns × columns)   or   W = Xᵀ (X Xᵀ + λ I)⁻¹ Y   (rows × rows)
 *
 * which give the same weights. For small systems; the selectors work on large ones in trial space with kernels.
 */
import { solvePositiveDefinite } from './positive-definite.ts'

/** Adds λ to the diagonal of a copy of `a` (n × n). */
export function penalised(a: Float64Array, n: number, penalty: number): Float64Array {
  const out = a.slice()
  for (let i = 0; i < n; i++) out[i * n + i]! += penalty
  return out
}

/** x: rows × columns, y: rows × outputs, λ > 0 → weights, columns × outputs. No intercept: centre both first. */
export function ridgeWeights(
  x: Float64Array,
  y: Float64Array,
  rows: number,
  columns: number,
  penalty: number,
): Float64Array {
  if (x.length !== rows * columns || y.length % rows !== 0)
    throw new RangeError(`x and y must have ${rows} rows, x ${columns} columns`)
  if (!(penalty > 0)) throw new RangeError(`the penalty must be above 0, not ${penalty}`)
  const outputs = y.length / rows
  const xt = transpose(x, rows, columns)
  if (columns <= rows) {
    const gram = times(xt, x, columns, rows, columns)
    return solvePositiveDefinite(
      penalised(gram, columns, penalty),
      columns,
      times(xt, y, columns, rows, outputs),
      outputs,
    )
  }
  const duals = solvePositiveDefinite(penalised(times(x, xt, rows, columns, rows), rows, penalty), rows, y, outputs)
  return times(xt, duals, columns, rows, outputs)
}

function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = a[r * columns + c]!
  return out
}

function times(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    const to = out.subarray(i * n, (i + 1) * n)
    for (let l = 0; l < k; l++) {
      const factor = a[i * k + l]!
      const from = b.subarray(l * n, (l + 1) * n)
      for (let j = 0; j < n; j++) to[j]! += factor * from[j]!
    }
  }
  return out
}
