import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

function randomSymmetric(n: number, seed: number): Float64Array {
  const random = Random.of(seed, 'symmetric', n)
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal()
  return a
}

/** Largest |A v − λ v| and |V Vᵀ − I|. */
function errors(a: Float64Array, n: number) {
  const { values, vectors } = symmetricEigen(a, n)
  let [residual, angle] = [0, 0]
  for (let q = 0; q < n; q++) {
    const v = vectors.subarray(q * n, (q + 1) * n)
    for (let i = 0; i < n; i++) {
      let sum = -values[q]! * v[i]!
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * v[k]!
      residual = Math.max(residual, Math.abs(sum))
    }
    for (let r = 0; r <= q; r++) {
      let dot = r === q ? -1 : 0
      for (let k = 0; k < n; k++) dot += v[k]! * vectors[r * n + k]!
      angle = Math.max(angle, Math.abs(dot))
    }
  }
  return { residual, angle, values }
}

describe('symmetricEigen', () => {
  it.each([1, 2, 3, 10, 57])('solves a random matrix of %i rows', (n) => {
    const { residual, angle, values } = errors(randomSymmetric(n, 1), n)
    expect(residual).toBeLessThan(1e-12 * Math.max(1, n))
    expect(angle).toBeLessThan(1e-13 * Math.max(1, n))
    for (let i = 1; i < n; i++) expect(values[i - 1]!).toBeGreaterThanOrEqual(values[i]!)
  })

  it('keeps the trace', () => {
    const n = 40
    const a = randomSymmetric(n, 2)
    const trace = Array.from({ length: n }, (_, i) => a[i * n + i]!).reduce((sum, value) => sum + value, 0)
    expect(symmetricEigen(a, n).values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 10)
  })

  it('finds the known eigenvalues of the second difference, 2 − 2 cos(π k / (n + 1))', () => {
    const n = 12
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2
      if (i > 0) a[i * n + i - 1] = -1
    }
    const { values } = symmetricEigen(a, n)
    for (let k = 1; k <= n; k++) expect(values[n - k]!).toBeCloseTo(2 - 2 * Math.cos((Math.PI * k) / (n + 1)), 12)
  })

  it('copes with equal eigenvalues, a matrix of rank one, and zero', () => {
    const n = 20
    const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 3 : 0))
    expect(errors(identity, n).residual).toBe(0)
    const u = Random.of(3, 'u').normals(n)
    const rankOne = Float64Array.from({ length: n * n }, (_, i) => u[Math.floor(i / n)]! * u[i % n]!)
    const { residual, angle, values } = errors(rankOne, n)
    expect(residual).toBeLessThan(1e-12)
    expect(angle).toBeLessThan(1e-12)
    expect(values[0]!).toBeCloseTo(
      u.reduce((sum, value) => sum + value * value, 0),
      10,
    )
    for (const value of values.subarray(1)) expect(Math.abs(value)).toBeLessThan(1e-12)
    expect(Math.max(...symmetricEigen(new Float64Array(n * n), n).values)).toBe(0)
  })

  it('survives entries of very different size', () => {
    const n = 8
    const a = randomSymmetric(n, 4).map((value, i) => value * 10 ** (-2 * (Math.floor(i / n) + (i % n))))
    const largest = Math.max(...a.map(Math.abs))
    const { residual, angle } = errors(a, n)
    expect(residual).toBeLessThan(1e-13 * largest)
    expect(angle).toBeLessThan(1e-12)
  })

  it('reads the lower half only and changes nothing', () => {
    const n = 15
    const a = randomSymmetric(n, 5)
    const lower = a.map((value, i) => (i % n > Math.floor(i / n) ? 99 : value))
    const kept = lower.slice()
    expect(symmetricEigen(lower, n)).toEqual(symmetricEigen(a, n))
    expect(lower).toEqual(kept)
  })

  it('fixes the sign of every vector by its largest entry', () => {
    const n = 11
    const { vectors } = symmetricEigen(randomSymmetric(n, 6), n)
    for (let q = 0; q < n; q++) {
      const v = Array.from(vectors.subarray(q * n, (q + 1) * n))
      expect(Math.max(...v)).toBe(Math.max(...v.map(Math.abs)))
    }
  })

  it('refuses what is not square or not finite', () => {
    expect(() => symmetricEigen(new Float64Array(5), 2)).toThrow(RangeError)
    expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow(RangeError)
  })
})
