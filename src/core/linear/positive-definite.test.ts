import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { cholesky, inversePositiveDefinite, solvePositiveDefinite, solveWithFactor } from './positive-definite.ts'
import { gramOfColumns, plainMatmul } from './product.ts'
import { penalised, ridgeWeights } from './ridge.ts'

const seed = 7

function random(length: number, what: string): Float64Array {
  return Float64Array.from(Random.of(seed, what).normals(length))
}

function times(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0
    for (let l = 0; l < k; l++) sum += a[Math.floor(at / n) * k + l]! * b[l * n + (at % n)]!
    return sum
  })
}

function transpose(a: Float64Array, rows: number): Float64Array {
  const columns = a.length / rows
  return a.map((_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!)
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!))
  return worst
}

function positive(n: number): Float64Array {
  const x = random(n * (n + 3), `positive ${n}`)
  return penalised(times(x, transpose(x, n), n, n + 3, n), n, 0.1)
}

describe('positive definite systems', () => {
  it.each([1, 2, 9, 40])('factor, solve and invert %i rows', (n) => {
    const a = positive(n)
    const l = cholesky(a, n)
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(l[i * n + j]).toBe(0)
    expect(farthest(times(l, transpose(l, n), n, n, n), a)).toBeLessThan(1e-11)
    const b = random(n * 3, `b ${n}`)
    const x = solvePositiveDefinite(a, n, b, 3)
    expect(farthest(times(a, x, n, n, 3), b)).toBeLessThan(1e-9)
    expect(solveWithFactor(l, n, b, 3)).toEqual(x)
    const inverse = inversePositiveDefinite(a, n)
    expect(inverse).toEqual(transpose(inverse, n))
    const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
    expect(farthest(times(a, inverse, n, n, n), identity)).toBeLessThan(1e-9)
  })

  it('says which pivot failed, and checks lengths', () => {
    expect(() => cholesky(Float64Array.of(1, 0, 0, -1), 2)).toThrow(/pivot 1 of 2/)
    expect(() => cholesky(Float64Array.of(Number.NaN), 1)).toThrow(RangeError)
    expect(() => cholesky(new Float64Array(3), 2)).toThrow(RangeError)
    expect(() => solveWithFactor(Float64Array.of(1), 1, new Float64Array(3), 2)).toThrow(RangeError)
  })
})

describe('ridgeWeights', () => {
  it.each([
    [30, 8],
    [8, 30],
    [12, 12],
  ])('satisfies the normal equations for %i rows and %i columns', (rows, columns) => {
    const x = random(rows * columns, `x ${rows}`)
    const y = random(rows * 2, `y ${rows}`)
    const penalty = 0.7
    const w = ridgeWeights(x, y, rows, columns, penalty)
    const residual = times(x, w, rows, columns, 2).map((value, at) => y[at]! - value)
    const gradient = times(transpose(x, rows), residual, columns, rows, 2)
    expect(
      farthest(
        gradient,
        w.map((value) => penalty * value),
      ),
    ).toBeLessThan(1e-10)
  })

  it('refuses a penalty of 0 and lengths that do not fit', () => {
    expect(() => ridgeWeights(new Float64Array(4), new Float64Array(2), 2, 2, 0)).toThrow(RangeError)
    expect(() => ridgeWeights(new Float64Array(5), new Float64Array(2), 2, 2, 1)).toThrow(RangeError)
  })
})

describe('products', () => {
  it('gramOfColumns counts the listed rows only, less the centre', () => {
    const [rows, columns] = [9, 5]
    const x = Float32Array.from(random(rows * columns, 'gram'))
    const listed = [0, 2, 3, 5, 6, 8]
    const centre = random(columns, 'centre')
    const chosen = Float64Array.from(
      listed.flatMap((row) => Array.from(centre, (value, c) => x[row * columns + c]! - value)),
    )
    const expected = times(transpose(chosen, listed.length), chosen, columns, listed.length, columns)
    const gram = gramOfColumns(x, columns, listed, centre)
    expect(farthest(gram, expected)).toBeLessThan(1e-12)
    expect(gram).toEqual(transpose(gram, columns))
  })

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('plainMatmul, transposed: %s, %s', (transposeA, transposeB) => {
    const [m, k, n] = [4, 6, 3]
    const a = random(m * k, 'a')
    const b = random(k * n, 'b')
    const stored = (x: Float64Array, rows: number, turn: boolean) => Float32Array.from(turn ? transpose(x, rows) : x)
    const out = plainMatmul(stored(a, m, transposeA), stored(b, k, transposeB), m, k, n, { transposeA, transposeB })
    expect(farthest(out, times(a, b, m, k, n))).toBeLessThan(1e-5)
  })
})
