import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { pairwiseDice, selectionFrequency, stabilityOfMask } from './stability.ts'

const masks = [
  Uint8Array.of(1, 1, 0, 0, 0, 0),
  Uint8Array.of(1, 0, 1, 0, 0, 0),
  Uint8Array.of(1, 1, 0, 0, 0, 0),
  Uint8Array.of(1, 0, 0, 1, 0, 0),
]

describe('frequency', () => {
  it('is the share of masks that hold a voxel', () => {
    expect([...selectionFrequency(masks)]).toEqual([1, 0.5, 0.25, 0.25, 0, 0])
    expect(() => selectionFrequency([masks[0]!, Uint8Array.of(1)])).toThrow(RangeError)
  })
})

describe('Dice of pairs', () => {
  it('is the mean over pairs, with the share of voxels as chance', () => {
    // Pairs: .5, 1, .5, .5, .5, .5.
    const found = pairwiseDice(masks, 0)
    expect(found).toMatchObject({ value: 3.5 / 6, direction: 'higher', n: 4 })
    expect(found.chance).toBeCloseTo(1 / 3, 12)
    expect(found.interval[0]).toBeGreaterThanOrEqual(0.5)
    expect(found.interval[0]).toBeLessThan(found.value)
    expect(found.interval[1]).toBeGreaterThan(found.value)
    expect(found.interval[1]).toBeLessThanOrEqual(1)
    expect(pairwiseDice(masks, 0)).toEqual(found)
  })

  it('of random masks is about chance, and chance lies in the interval', () => {
    const random = Random.of(4, 'masks')
    const drawn = Array.from({ length: 12 }, () => {
      const mask = new Uint8Array(2000)
      while (mask.reduce((sum, value) => sum + value, 0) < 400) mask[random.integer(2000)] = 1
      return mask
    })
    const { value, chance, interval } = pairwiseDice(drawn, 1)
    expect(chance).toBeCloseTo(0.2, 12)
    expect(Math.abs(value - 0.2)).toBeLessThan(0.01)
    expect(interval[0]).toBeLessThan(0.2)
    expect(interval[1]).toBeGreaterThan(0.2)
  })

  it('of equal masks is 1 without spread, and of two masks has none to tell', () => {
    expect(pairwiseDice([masks[0]!, masks[0]!, masks[0]!], 0)).toMatchObject({ value: 1, interval: [1, 1] })
    expect(() => pairwiseDice(masks.slice(0, 2), 0)).toThrow(RangeError)
  })
})

describe('stability of a mask', () => {
  it('is the share of its voxels that were chosen often, beside chance', () => {
    const frequency = Float32Array.of(1, 0.8, 0.6, 0, 1)
    const found = stabilityOfMask(frequency, Uint8Array.of(1, 1, 1, 1, 0), 5, 0.5)
    // 4 of 5 is .8 in float32 too, which is a little more or less than .8.
    expect(found.shareOften).toBe(0.5)
    expect(found.meanFrequency).toBeCloseTo(0.6, 6)
    expect(found.shareOftenByChance).toBeCloseTo(6 / 32, 12)
  })

  it('counts 8 of 10 as often and 7 of 10 not', () => {
    expect(stabilityOfMask(Float32Array.of(0.8, 0.7), Uint8Array.of(1, 1), 10, 0.1).shareOften).toBe(0.5)
  })

  it('of an empty mask is 0, and lengths must fit', () => {
    expect(stabilityOfMask([1, 1], [0, 0], 3, 0.5)).toMatchObject({ shareOften: 0, meanFrequency: 0 })
    expect(() => stabilityOfMask([1], [0, 0], 3, 0.5)).toThrow(RangeError)
  })
})
