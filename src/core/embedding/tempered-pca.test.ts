import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { applyPca, fitTemperedPca, invertPca } from './tempered-pca.ts'

const columns = 12

/** Rows with standard deviations 1, ½, ⅓ … along random directions that are not orthogonal, and a mean. */
function data(rows: number, rank = columns): Float32Array {
  const random = Random.of(11, 'pca', rows)
  const directions = Array.from({ length: rank }, () => random.normals(columns))
  const x = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) x[r * columns + c] = 5 + c
    directions.forEach((direction, k) => {
      const amount = random.normal() / (k + 1)
      for (let c = 0; c < columns; c++) x[r * columns + c]! += amount * direction[c]!
    })
  }
  return x
}

const all = (rows: number) => Int32Array.from({ length: rows }, (_, i) => i)

function spread(y: Float32Array, dimensions: number): number[] {
  const rows = y.length / dimensions
  return Array.from({ length: dimensions }, (_, k) => {
    let [sum, square] = [0, 0]
    for (let r = 0; r < rows; r++) {
      sum += y[r * dimensions + k]! / rows
      square += y[r * dimensions + k]! ** 2 / rows
    }
    expect(Math.abs(sum)).toBeLessThan(1e-4)
    return Math.sqrt(square)
  })
}

describe('tempered PCA', () => {
  it.each([0, 0.5, 1])('keeps standard deviations to the power %d, with mean variance 1', (temper) => {
    const rows = 400
    const x = data(rows)
    const plain = fitTemperedPca(x, columns, all(rows), 6, 1)
    const tempered = fitTemperedPca(x, columns, all(rows), 6, temper)
    const own = spread(applyPca(tempered, x), 6)
    const before = spread(applyPca(plain, x), 6)
    own.forEach((value, k) => {
      expect(value / own[0]!).toBeCloseTo((before[k]! / before[0]!) ** temper, 3)
    })
    expect(own.reduce((sum, value) => sum + value ** 2 / 6, 0)).toBeCloseTo(1, 4)
  })

  it('components are orthonormal and the dimensions uncorrelated', () => {
    const rows = 300
    const x = data(rows)
    const pca = fitTemperedPca(x, columns, all(rows), 5, 0.5)
    const y = applyPca(pca, x)
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b <= a; b++) {
        let [dot, covariance] = [0, 0]
        for (let c = 0; c < columns; c++) dot += pca.components[a * columns + c]! * pca.components[b * columns + c]!
        for (let r = 0; r < rows; r++) covariance += (y[r * 5 + a]! * y[r * 5 + b]!) / rows
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5)
        if (a !== b) expect(Math.abs(covariance)).toBeLessThan(1e-4)
      }
    }
  })

  it.each([60, 8])('is inverted exactly where all components are kept (%i rows)', (rows) => {
    const x = data(rows)
    const pca = fitTemperedPca(x, columns, all(rows), columns, 0.5)
    expect(pca.dimensions).toBe(Math.min(columns, rows - 1))
    const y = applyPca(pca, x)
    for (let r = 0; r < rows; r++) {
      const back = invertPca(pca, y.subarray(r * pca.dimensions, (r + 1) * pca.dimensions))
      for (let c = 0; c < columns; c++) expect(back[c]!).toBeCloseTo(x[r * columns + c]!, 3)
    }
  })

  it('stops at the rank of the data', () => {
    expect(fitTemperedPca(data(100, 3), columns, all(100), columns, 0.5).dimensions).toBe(3)
  })

  it('does not look at rows that are not listed', () => {
    const x = data(100)
    const listed = Int32Array.from({ length: 50 }, (_, i) => 2 * i)
    const fit = fitTemperedPca(x, columns, listed, 4, 0.5)
    const changed = x.slice()
    for (let r = 1; r < 100; r += 2) changed.fill(1e6, r * columns, (r + 1) * columns)
    expect(fitTemperedPca(changed, columns, listed, 4, 0.5)).toEqual(fit)
  })

  it('refuses a single row and rows that are all the same', () => {
    expect(() => fitTemperedPca(data(5), columns, Int32Array.of(2), 2, 0.5)).toThrow(RangeError)
    expect(() => fitTemperedPca(new Float32Array(5 * columns).fill(2), columns, all(5), 2, 0.5)).toThrow(RangeError)
  })
})
