/** The products of `DenseKernels` as plain loops with float64 sums: slow, exact, and the measure of every other one. */
import type { DenseKernels, MatmulOptions, ResidentMatrix } from './dense-kernels.ts'

function matmul(
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  options: MatmulOptions = {},
): Float32Array {
  const [aRow, aColumn] = options.transposeA ? [1, m] : [k, 1]
  const [bRow, bColumn] = options.transposeB ? [1, k] : [n, 1]
  const out = new Float32Array(m * n)
  const sums = new Float64Array(n)
  for (let i = 0; i < m; i++) {
    sums.fill(0)
    for (let p = 0; p < k; p++) {
      const value = a[i * aRow + p * aColumn]!
      if (value === 0) continue
      for (let j = 0; j < n; j++) sums[j]! += value * b[p * bRow + j * bColumn]!
    }
    out.set(sums, i * n)
  }
  return out
}

export function referenceDenseKernels(): DenseKernels {
  return {
    engine: 'reference',
    matmul,
    resident(matrix: Float32Array, rows: number, columns: number): ResidentMatrix {
      const kept = matrix.slice()
      return {
        rows,
        columns,
        times(x, count, into) {
          const product = matmul(x, kept, count, rows, columns)
          if (into === undefined) return product
          into.set(product)
          return into.subarray(0, product.length)
        },
        timesTransposed: (y, count) => matmul(y, kept, count, columns, rows, { transposeB: true }),
        dispose: () => {},
      }
    },
    dispose: () => {},
  }
}
