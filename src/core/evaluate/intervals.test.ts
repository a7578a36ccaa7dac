import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import {
  bootstrapInterval,
  mean,
  meanMetric,
  ratioBootstrapInterval,
  stratifiedBootstrapInterval,
  wilsonInterval,
} from './intervals.ts'
import { metricSchema } from './metric.ts'

describe('Wilson interval', () => {
  it.each([
    [8, 10, 0.490162, 0.943318],
    [0, 20, 0, 0.161125],
    [50, 100, 0.403832, 0.596168],
    [300, 300, 0.987357, 1],
  ])('%i of %i is %f to %f', (hits, count, low, high) => {
    const found = wilsonInterval(hits, count)
    expect(found[0]).toBeCloseTo(low, 5)
    expect(found[1]).toBeCloseTo(high, 5)
  })

  it('knows nothing from no trials, and never leaves 0 to 1', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
    for (let count = 1; count < 60; count++) {
      for (let hits = 0; hits <= count; hits++) {
        const [low, high] = wilsonInterval(hits, count)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(hits / count)
        expect(high).toBeGreaterThanOrEqual(hits / count)
      }
    }
  })

  it('ends where the observed share is 1.96 standard errors of the end itself away', () => {
    for (const [hits, count] of [
      [8, 10],
      [50, 100],
      [1, 300],
      [7, 9],
    ] as const) {
      for (const end of wilsonInterval(hits, count)) {
        const standardError = Math.sqrt((end * (1 - end)) / count)
        expect(Math.abs(hits / count - end) / standardError).toBeCloseTo(1.959964, 5)
      }
    }
  })
})

describe('bootstrap intervals', () => {
  it('are the same for the same seed, and others for another', () => {
    const values = Random.of(1, 'values').normals(50)
    expect(bootstrapInterval(values, 7)).toEqual(bootstrapInterval(values, 7))
    expect(bootstrapInterval(values, 7)).not.toEqual(bootstrapInterval(values, 8))
  })

  it('are about as wide as theory says', () => {
    const seed = 137
    const values = Random.of(seed, 'width').normals(400)
    const [low, high] = bootstrapInterval(values, seed)
    const centre = mean(values)
    const error = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)) / 400)
    expect((high - low) / (2 * 1.96 * error), `seed ${seed}`).toBeGreaterThan(0.9)
    expect((high - low) / (2 * 1.96 * error), `seed ${seed}`).toBeLessThan(1.1)
  })

  it('cover the true mean about as often as they say', () => {
    const seed = 139
    const random = Random.of(seed, 'coverage')
    let covered = 0
    for (let round = 0; round < 200; round++) {
      const [low, high] = bootstrapInterval(random.normals(40), round, 400)
      if (low <= 0 && high >= 0) covered++
    }
    expect(covered, `seed ${seed}: ${covered} of 200`).toBeGreaterThanOrEqual(176)
    expect(covered, `seed ${seed}: ${covered} of 200`).toBeLessThanOrEqual(200)
  })

  it('of constants, of one item and of none have no width', () => {
    expect(bootstrapInterval([2, 2, 2], 1)).toEqual([2, 2])
    expect(bootstrapInterval([5], 1)).toEqual([5, 5])
    expect(bootstrapInterval([], 1)).toEqual([0, 0])
    expect(stratifiedBootstrapInterval([], 1)).toEqual([0, 0])
    expect(ratioBootstrapInterval([], [], 1)).toEqual([0, 0])
    expect(ratioBootstrapInterval([1, 2], [0, 0], 1)).toEqual([0, 0])
  })

  it('within groups keep every group in every draw', () => {
    // Groups of one value each: no draw can change their mean.
    expect(stratifiedBootstrapInterval([[1, 1, 1, 1, 1, 1, 1, 1], [0]], 3)).toEqual([0.5, 0.5])
    const [low, high] = stratifiedBootstrapInterval([[0, 1, 0, 1, 0, 1], [1]], 3)
    expect(low).toBeGreaterThanOrEqual(0.5)
    expect(high).toBeLessThanOrEqual(1)
    expect(low).toBeLessThan(high)
  })

  it('of a ratio draw both sums from the same items', () => {
    const [low, high] = ratioBootstrapInterval([2, 20, 200, 6], [1, 10, 100, 3], 5)
    expect(low).toBeCloseTo(2, 12)
    expect(high).toBeCloseTo(2, 12)
  })
})

it('a mean as a metric says what it is', () => {
  const metric = meanMetric([0.2, 0.4, 0.9], 'lower', null, 1)
  expect(metricSchema.parse(metric)).toEqual(metric)
  expect(metric).toMatchObject({ direction: 'lower', chance: null, n: 3 })
  expect(metric.value).toBeCloseTo(0.5, 12)
  expect(metric.interval[0]).toBeLessThan(0.5)
  expect(metric.interval[1]).toBeGreaterThan(0.5)
})
