import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import type { VoxelSpace } from '../data/subject-data.ts'
import { coverage, largestSlices } from './coverage.ts'
import { flatIndex } from './grid.ts'
import { axisMapping } from './orientation.ts'
import { maskLocation, overlap } from './overlap.ts'

const shape = [4, 3, 5] as const
const index = Int32Array.from({ length: 60 }, (_, at) => at)
const maskOf = (...places: [number, number, number][]) => {
  const mask = new Uint8Array(60)
  for (const place of places) mask[flatIndex(shape, ...place)] = 1
  return mask
}

describe('overlap', () => {
  it('counts both, either and each', () => {
    expect(overlap([1, 1, 0, 0, 1], [1, 0, 1, 0, 0])).toEqual({
      dice: 2 / 5,
      precision: 1 / 3,
      recall: 1 / 2,
      intersectionOverUnion: 1 / 4,
    })
  })

  it('is 1 for equal masks, 0 for disjoint and for empty ones', () => {
    expect(Object.values(overlap([0, 1, 1], [0, 1, 1]))).toEqual([1, 1, 1, 1])
    expect(Object.values(overlap([1, 0, 0], [0, 1, 1]))).toEqual([0, 0, 0, 0])
    expect(Object.values(overlap([0, 0], [0, 0]))).toEqual([0, 0, 0, 0])
    expect(Object.values(overlap([1, 0], [0, 0]))).toEqual([0, 0, 0, 0])
    expect(Object.values(overlap([1], [1]))).toEqual([1, 1, 1, 1])
  })

  it('refuses masks of different lengths', () => {
    expect(() => overlap([1, 0], [1, 0, 1])).toThrow(RangeError)
  })
})

describe('where a mask lies', () => {
  const centred = (affine: readonly number[]) => {
    // The middle of the grid at 0 mm, so that every file order has as many voxels on each side.
    const middle = shape.map((size) => (size - 1) / 2)
    return affine.map((value, at) =>
      at % 4 === 3 && at < 12
        ? -[0, 1, 2].reduce((sum, axis) => sum + affine[at - 3 + axis]! * middle[axis]!, 0)
        : value,
    )
  }

  it('takes left and right from the affine, in all 48 file orders', () => {
    for (const { affine, codes } of fixture.orders) {
      const space: VoxelSpace = { grid: { shape, affine: centred(affine) }, index }
      const { world, sign } = axisMapping(affine)
      const axis = world.indexOf(0)
      // Two voxels at the left end of the axis that runs from left to right, one at its right end.
      const leftEnd = sign[axis]! > 0 ? 0 : shape[axis]! - 1
      const rightEnd = shape[axis]! - 1 - leftEnd
      const place = (end: number, other: number): [number, number, number] => {
        const at: [number, number, number] = [other, other, other]
        at[axis] = end
        return at
      }
      const found = maskLocation(maskOf(place(leftEnd, 0), place(leftEnd, 1), place(rightEnd, 0)), space)
      expect([found.voxels, found.left, found.right, found.middle], codes).toEqual([3, 2, 1, 0])
      expect(found.centre![0], codes).toBeLessThan(0)
    }
  })

  it('gives volume and centre in millimetres', () => {
    const affine = [-2, 0, 0, 3, 0, 2, 0, -10, 0, 0, 2.5, 1, 0, 0, 0, 1]
    const found = maskLocation(maskOf([0, 0, 0], [2, 2, 4]), { grid: { shape, affine }, index })
    expect(found.cubicCentimetres).toBeCloseTo(0.02, 12)
    expect(found.centre).toEqual([1, -8, 6])
    expect([found.left, found.right, found.middle]).toEqual([1, 1, 0])
  })

  it('counts voxels on the midline apart, and an empty mask as nowhere', () => {
    const affine = [1, 0, 0, -1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    const space: VoxelSpace = { grid: { shape, affine }, index }
    expect(maskLocation(maskOf([0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]), space)).toMatchObject({
      left: 1,
      middle: 1,
      right: 2,
    })
    expect(maskLocation(maskOf(), space)).toMatchObject({ voxels: 0, cubicCentimetres: 0, centre: null })
  })
})

describe('coverage', () => {
  it('counts each label and what lies outside all of them', () => {
    const labels = [0, 0, 7, 7, 7, 2]
    expect(coverage([1, 0, 1, 1, 0, 0], labels)).toEqual({
      labels: [
        { label: 2, voxels: 1, covered: 0, share: 0 },
        { label: 7, voxels: 3, covered: 2, share: 2 / 3 },
      ],
      outside: 1,
    })
    expect(coverage([0, 0], [0, 0])).toEqual({ labels: [], outside: 0 })
    expect(() => coverage([1], [1, 2])).toThrow(RangeError)
  })

  it('names the slices that hold most of a mask, the lowest of equals', () => {
    const space: VoxelSpace = { grid: { shape, affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }, index }
    expect(largestSlices(maskOf([1, 0, 4], [1, 2, 3], [3, 2, 4]), space)).toEqual([1, 2, 4])
    expect(largestSlices(maskOf([2, 1, 1], [3, 2, 0]), space)).toEqual([2, 1, 0])
    expect(largestSlices(maskOf(), space)).toBeNull()
  })
})
