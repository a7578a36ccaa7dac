import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { explainedVariance } from './explained-variance.ts'
import { correlationDistance, twoWayIdentification } from './identification.ts'
import { mean } from './intervals.ts'
import { correlationMatrix } from './similarity.ts'

function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [mean(a), mean(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb)
    aa += (a[i]! - ma) ** 2
    bb += (b[i]! - mb) ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

describe('Pearson correlations', () => {
  it('equal the formula', () => {
    const seed = 97
    const random = Random.of(seed, 'pearson')
    const [a, b] = [random.normals(5 * 7), random.normals(4 * 7)]
    const found = correlationMatrix(a, b, 5, 4)
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 4; j++)
        expect(found[i * 4 + j], `seed ${seed}`).toBeCloseTo(
          pearson(a.subarray(7 * i, 7 * i + 7), b.subarray(7 * j, 7 * j + 7)),
          10,
        )
  })

  it('are 0 for rows without variance, also where the mean cannot be written exactly', () => {
    const constant = new Float32Array(9).fill(0.1)
    expect([...correlationMatrix(constant, constant, 1, 1)]).toEqual([0])
    expect([...correlationMatrix(constant, Random.of(2, 'row').normals(9), 1, 1)]).toEqual([0])
    expect([...correlationMatrix(Float32Array.of(4), Float32Array.of(5), 1, 1)]).toEqual([0])
  })

  it('do not exist for no rows', () => {
    expect(correlationMatrix(new Float32Array(0), new Float32Array(0), 0, 0)).toHaveLength(0)
  })
})

describe('two-way identification', () => {
  it('ranks true vectors per prediction, as MindEye2 does', () => {
    const seed = 101
    const random = Random.of(seed, 'two-way')
    const [count, columns] = [9, 6]
    const [predicted, truth] = [random.normals(count * columns), random.normals(count * columns)]
    const row = (values: Float32Array, i: number) => values.subarray(i * columns, (i + 1) * columns)
    const r = (real: number, prediction: number) => pearson(row(truth, real), row(predicted, prediction))
    const found = twoWayIdentification(predicted, truth, count)
    for (let j = 0; j < count; j++) {
      const wins = [...Array(count).keys()].filter((i) => i !== j && r(i, j) < r(j, j)).length
      expect(found[j], `seed ${seed}`).toBe(wins / (count - 1))
    }
  })

  it('is 1 for perfect, 0 for opposite, and 0 for constant predictions', () => {
    const truth = Random.of(3, 'truth').normals(20 * 8)
    expect(mean(twoWayIdentification(truth, truth, 20))).toBe(1)
    expect(
      mean(
        twoWayIdentification(
          truth.map((value) => -value),
          truth,
          20,
        ),
      ),
    ).toBe(0)
    expect(mean(twoWayIdentification(new Float32Array(160).fill(0.1), truth, 20))).toBe(0)
    expect([...twoWayIdentification(truth.subarray(0, 8), truth.subarray(0, 8), 1)]).toEqual([0])
  })

  it('is near one half for unrelated vectors', () => {
    const seed = 103
    const random = Random.of(seed, 'unrelated')
    const found = mean(twoWayIdentification(random.normals(200 * 30), random.normals(200 * 30), 200))
    expect(Math.abs(found - 0.5), `seed ${seed}`).toBeLessThan(0.07)
  })
})

describe('correlation distance', () => {
  it('is 0 for a copy at any scale, 2 for the opposite, 1 without variance', () => {
    const truth = Random.of(5, 'truth').normals(6 * 8)
    for (const value of correlationDistance(
      truth.map((v) => 3 * v + 1),
      truth,
      6,
    ))
      expect(value).toBeCloseTo(0, 6)
    for (const value of correlationDistance(
      truth.map((v) => -v),
      truth,
      6,
    ))
      expect(value).toBeCloseTo(2, 6)
    expect([...correlationDistance(new Float32Array(48).fill(0.1), truth, 6)]).toEqual([1, 1, 1, 1, 1, 1])
  })
})

describe('explained variance', () => {
  it('is 1 for a copy, 0 for the mean, and falls with noise', () => {
    const seed = 107
    const random = Random.of(seed, 'explained variance')
    const truth = random.normals(100 * 5)
    expect(explainedVariance(truth, truth, 100, 1)).toMatchObject({ value: 1, interval: [1, 1], n: 100, chance: 0 })
    const average = Float32Array.from({ length: 5 }, (_, c) => mean(truth.filter((_, at) => at % 5 === c)))
    const constant = truth.map((_, at) => average[at % 5]!)
    expect(explainedVariance(constant, truth, 100, 1).value).toBeCloseTo(0, 6)
    const noisy = explainedVariance(
      truth.map((value) => value + 0.5 * random.normal()),
      truth,
      100,
      1,
    )
    expect(noisy.value, `seed ${seed}`).toBeGreaterThan(0.65)
    expect(noisy.value, `seed ${seed}`).toBeLessThan(0.85)
    expect(
      explainedVariance(
        truth.map((value) => -value),
        truth,
        100,
        1,
      ).value,
    ).toBeLessThan(-2)
  })

  it('has an interval that draws residual and total together', () => {
    // Each item's residual is a quarter of its own share of the total, so no draw can say anything but 3/4.
    const truth = Float32Array.of(1, -1, 4, -4, 9, -9, 2, -2)
    const predicted = truth.map((value) => value / 2)
    const found = explainedVariance(predicted, truth, 8, 1)
    expect(found.value).toBeCloseTo(0.75, 12)
    expect(found.interval[0]).toBeCloseTo(0.75, 12)
    expect(found.interval[1]).toBeCloseTo(0.75, 12)
  })

  it('holds its value between its ends, and covers the true one about as often as it says', () => {
    const seed = 109
    const random = Random.of(seed, 'interval of R²')
    let covered = 0
    for (let round = 0; round < 60; round++) {
      const truth = random.normals(120 * 4)
      const predicted = truth.map((value) => value + 0.8 * random.normal())
      const { value, interval } = explainedVariance(predicted, truth, 120, round)
      expect(value).toBeGreaterThanOrEqual(interval[0])
      expect(value).toBeLessThanOrEqual(interval[1])
      if (interval[0] <= 0.36 && interval[1] >= 0.36) covered++
    }
    expect(covered, `seed ${seed}: ${covered} of 60`).toBeGreaterThanOrEqual(50)
  })

  it('is 0 where the true vectors do not vary, and for nothing', () => {
    const flat = new Float32Array(12).fill(0.5)
    expect(explainedVariance(flat, flat, 3, 1)).toMatchObject({ value: 0, interval: [0, 0] })
    expect(explainedVariance(new Float32Array(0), new Float32Array(0), 0, 1)).toMatchObject({ value: 0, n: 0 })
  })
})
