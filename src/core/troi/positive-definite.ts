/**
 * Symmetric positive definite systems in double precision, for the trial-space matrices of the closed forms (some
 * hundred to a few thousand rows). All loops run along rows.
 */

/** Lower factor L with L Lᵀ = a (n × n, row-major). Throws where `a` is not positive definite: a ridge makes it so. */
export function cholesky(a: Float64Array, n: number): Float64Array {
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

/** a⁻¹ b with b n × columns, row-major. */
export function solvePositiveDefinite(a: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  return solveWithFactor(cholesky(a, n), n, b, columns)
}

/** (L Lᵀ)⁻¹ b for a factor of `cholesky`. */
export function solveWithFactor(l: Float64Array, n: number, b: Float64Array, columns: number): Float64Array {
  const x = b.slice()
  const row = (i: number) => x.subarray(i * columns, (i + 1) * columns)
  const eliminate = (i: number, j: number, factor: number) => {
    const from = row(j)
    const to = row(i)
    for (let k = 0; k < columns; k++) to[k]! -= factor * from[k]!
  }
  const divide = (i: number) => {
    const to = row(i)
    const pivot = l[i * n + i]!
    for (let k = 0; k < columns; k++) to[k]! /= pivot
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) eliminate(i, j, l[i * n + j]!)
    divide(i)
  }
  for (let i = n - 1; i >= 0; i--) {
    divide(i)
    for (let j = 0; j < i; j++) eliminate(j, i, l[i * n + j]!)
  }
  return x
}

/** a⁻¹, exactly symmetric. */
export function inversePositiveDefinite(a: Float64Array, n: number): Float64Array {
  const l = cholesky(a, n)
  // L⁻¹ row by row; row i has i + 1 entries.
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
  // L⁻ᵀ L⁻¹, lower half, one row of L⁻¹ at a time.
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
