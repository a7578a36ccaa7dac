/** Counts of a small example by hand, and what chance gives. */
import { describe, expect, it } from 'vitest'
import { maskDifference } from './mask-difference.ts'
import { overlap } from './overlap.ts'

describe('two masks voxel by voxel', () => {
  const first = [1, 1, 1, 0, 0, 0, 0, 0]
  const second = [0, 1, 1, 1, 1, 0, 0, 0]
  const inside = [1, 1, 1, 1, 1, 1, 0, 0]

  it('are parted into only one, only the other, and both', () => {
    const found = maskDifference(first, second, inside)
    expect(found).toMatchObject({ onlyFirst: 1, onlySecond: 2, both: 2 })
    expect(found.dice).toBeCloseTo(overlap(first, second).dice)
    // 3 × 4 of 6 voxels would be 2 in common by chance.
    expect(found.chanceDice).toBeCloseTo((2 * 2) / 7)
  })

  it('change places with their order', () => {
    expect(maskDifference(second, first, inside)).toMatchObject({ onlyFirst: 2, onlySecond: 1, both: 2 })
  })

  it('have no Dice when empty, and must be of one grid', () => {
    expect(maskDifference([0, 0], [0, 0], [1, 1])).toMatchObject({ dice: 0, chanceDice: 0 })
    expect(() => maskDifference([1], [1, 0], [1, 1])).toThrow(RangeError)
  })
})
