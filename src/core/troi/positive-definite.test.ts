import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { cholesky, inversePositiveDefinite, solvePositiveDefinite } from './positive-definite.ts'

/** A Aᵀ + I of a random A. */
function sample(n: number, seed: number): Float64Array {
  const random = Random.of(seed)
  const a = Float64Array.from({ length: n * n }, () => random.normal())
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 1 : 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[j * n + k]!
      out[i * n + j] = sum
    }
  }
  return out
}

function times(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const columns = b.length / n
  const out = new Float64Array(n * columns)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * columns + j]!
      out[i * columns + j] = sum
    }
  }
  return out
}

function worst(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

describe('symmetric positive definite systems', () => {
  it.each([1, 2, 7, 40])('factor, solution and inverse of a %s × %s matrix', (n) => {
    const a = sample(n, n)
    const l = cholesky(a, n)
    const lt = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) lt[j * n + i] = l[i * n + j]!
    expect(worst(times(l, lt, n), a)).toBeLessThan(1e-11)

    const b = Float64Array.from({ length: n * 3 }, (_, i) => Math.sin(i))
    expect(worst(times(a, solvePositiveDefinite(a, n, b, 3), n), b)).toBeLessThan(1e-10)

    const inverse = inversePositiveDefinite(a, n)
    const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
    expect(worst(times(a, inverse, n), identity)).toBeLessThan(1e-10)
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(inverse[i * n + j]).toBe(inverse[j * n + i])
  })

  it('refuses a matrix that is not positive definite, and one with NaN', () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow('not positive definite')
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow('not positive definite')
  })
})
