/**
 * Symmetric positive definite systems in double precision: Cholesky factor, solutions, inverse. Matrices are square,
 * row-major, of some hundred to a few thousand rows; only the lower half of an input is read. Inner loops run along rows.
 */

/** Lower factor L with L Lᵀ = a (n × n). Throws RangeError where `a` is not positive definite: a ridge makes it so. */
export function cholesky(a: Float64Array, n: number): Float64Array {
  if (a.length !== n * n) throw new RangeError(`expected ${n} × ${n} numbers, got ${a.length}`)
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const row = l.subarray(i * n, i * n + n)
    for (let j = 0; j <= i; j++) {
      const other = l.subarray(j * n, j * n + j)
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      if (j < i) row[j] = sum / l[j * n + j]!
      else if (sum > 0) row[i] = Math.sqrt(sum)
      else throw new RangeError(`the matrix is not positive definite (pivot ${i} of ${n} is ${sum})`)
    }
  }
  return l
}

/** (L Lᵀ)⁻¹ b for a factor of `cholesky`; b is n × columns, row-major, and is not changed. */
export function solveWithFactor(l: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  if (b.length !== n * columns) throw new RangeError(`expected ${n} × ${columns} numbers, got ${b.length}`)
  const x = b.slice()
  const subtract = (to: number, from: number, factor: number) => {
    const target = x.subarray(to * columns, (to + 1) * columns)
    const source = x.subarray(from * columns, (from + 1) * columns)
    for (let k = 0; k < columns; k++) target[k]! -= factor * source[k]!
  }
  const divide = (row: number) => {
    const pivot = l[row * n + row]!
    for (let k = row * columns; k < (row + 1) * columns; k++) x[k]! /= pivot
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtract(i, j, l[i * n + j]!)
    divide(i)
  }
  for (let i = n - 1; i >= 0; i--) {
    divide(i)
    for (let j = 0; j < i; j++) subtract(j, i, l[i * n + j]!)
  }
  return x
}

/** a⁻¹ b, b n × columns. */
export function solvePositiveDefinite(a: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  return solveWithFactor(cholesky(a, n), n, b, columns)
}

/** a⁻¹, exactly symmetric. */
export function inversePositiveDefinite(a: Float64Array, n: number): Float64Array {
  const l = cholesky(a, n)
  const inverse = invertLower(l, n)
  // a⁻¹ = L⁻ᵀ L⁻¹, one row of L⁻¹ at a time.
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const from = inverse.subarray(i * n, i * n + i + 1)
    for (let j = 0; j <= i; j++) {
      const factor = from[j]!
      const to = out.subarray(j * n, j * n + j + 1)
      for (let k = 0; k <= j; k++) to[k]! += factor * from[k]!
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j]!
  return out
}

function invertLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const to = inverse.subarray(i * n, i * n + n)
    to[i] = 1
    for (let j = 0; j < i; j++) {
      const factor = l[i * n + j]!
      const from = inverse.subarray(j * n, j * n + j + 1)
      for (let k = 0; k <= j; k++) to[k]! -= factor * from[k]!
    }
    const pivot = l[i * n + i]!
    for (let k = 0; k <= i; k++) to[k]! /= pivot
  }
  return inverse
}
