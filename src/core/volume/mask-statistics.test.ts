import { describe, expect, it } from 'vitest'
import type { VoxelSpace } from '../data/subject-data.ts'
import { atlasCoverage } from './atlas-coverage.ts'
import { flatIndex, gridSize } from './grid.ts'
import { isolatedVoxels } from './isolated.ts'
import { maskStatistics } from './mask-statistics.ts'

const shape = [6, 5, 4] as const
/** Stored left-posterior-inferior, voxels of 2 × 3 × 4 mm, x = 0 between the third and fourth voxel. */
const space: VoxelSpace = {
  grid: { shape, affine: [-2, 0, 0, 5, 0, -3, 0, 6, 0, 0, -4, 8, 0, 0, 0, 1] },
  index: Int32Array.from({ length: 120 }, (_, at) => at),
}
function maskOf(...voxels: [number, number, number][]): Uint8Array {
  const mask = new Uint8Array(120)
  for (const [x, y, z] of voxels) mask[flatIndex(shape, x, y, z)] = 1
  return mask
}
const none = { annotated: null, truth: null }

describe('statistics of a mask', () => {
  it('count size, sides, pieces and slices from the affine', () => {
    const found = maskStatistics(maskOf([5, 0, 0], [4, 1, 1], [4, 1, 2], [0, 4, 3]), space, none)
    expect(found).toMatchObject({
      ...{ voxels: 4, voxelsInUse: 120, left: 3, right: 1, middle: 0, overlap: [] },
      components: { count: 2, largest: 3, largestShare: 0.75 },
    })
    expect(found.cubicCentimetres).toBeCloseTo((4 * 24) / 1000, 12)
    // x: −5, −3, −3, 5; y: 6, 3, 3, −6; z: 8, 4, 0, −4.
    expect(found.centre).toEqual([-1.5, 1.5, 2])
    expect(found.largestSlices).toEqual([
      { plane: 'sagittal', axis: 0, slice: 4, voxels: 2, millimetres: [-3, 3, 2] },
      { plane: 'coronal', axis: 1, slice: 1, voxels: 2, millimetres: [-3, 3, 2] },
      { plane: 'axial', axis: 2, slice: 0, voxels: 1, millimetres: [-5, 6, 8] },
    ])
  })

  it('name the plane of a slice by where its axis points, not by its number', () => {
    const turned = { ...space.grid, affine: [0, 0, 4, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 1] }
    const { largestSlices } = maskStatistics(maskOf([1, 1, 1]), { ...space, grid: turned }, none)
    expect(largestSlices.map(({ plane }) => plane)).toEqual(['coronal', 'axial', 'sagittal'])
  })

  it('set the overlap beside what chance would give', () => {
    const annotated = maskOf([0, 0, 0], [0, 0, 1], [0, 0, 2])
    const [found] = maskStatistics(maskOf([0, 0, 0], [5, 4, 3]), space, { ...none, annotated }).overlap
    expect(found).toMatchObject({ with: 'annotated', voxels: 3, dice: 0.4, precision: 0.5, recall: 1 / 3 })
    expect(found!.chance.precision).toBeCloseTo(3 / 120, 12)
    expect(found!.chance.recall).toBeCloseTo(2 / 120, 12)
    expect(found!.chance.dice).toBeCloseTo((2 * ((2 * 3) / 120)) / 5, 12)
  })

  it('of an empty mask are zeros, with no place', () => {
    expect(maskStatistics(maskOf(), space, { annotated: maskOf(), truth: null })).toMatchObject({
      ...{ voxels: 0, left: 0, right: 0, centre: null, largestSlices: [], isolated: { count: 0, farthest: [] } },
      components: { count: 0, largest: 0, largestShare: 0 },
      overlap: [{ dice: 0, precision: 0, recall: 0, chance: { dice: 0 } }],
    })
  })
})

describe('isolated voxels', () => {
  it('touch no other, not even by a corner; the farthest from the rest comes first', () => {
    const mask = maskOf([0, 0, 0], [1, 1, 1], [3, 0, 0], [5, 4, 3])
    const { count, farthest } = isolatedVoxels(mask, space)
    expect(count).toBe(2)
    expect(farthest.map(({ voxel }) => voxel)).toEqual([
      [5, 4, 3],
      [3, 0, 0],
    ])
    // From (5, 4, 3) the nearest is (1, 1, 1): 8, 9 and 8 mm away.
    expect(farthest[0]!.distance).toBeCloseTo(Math.sqrt(64 + 81 + 64), 12)
    expect(farthest[0]!.millimetres).toEqual([-5, -6, -4])
  })

  it('are all counted and only some listed; a single voxel has nothing to be far from', () => {
    const mask = maskOf([0, 0, 0], [2, 0, 0], [4, 0, 0], [0, 2, 0])
    expect(isolatedVoxels(mask, space, 2)).toMatchObject({ count: 4, farthest: [{}, {}] })
    expect(isolatedVoxels(maskOf([2, 2, 2]), space).farthest).toMatchObject([{ voxel: [2, 2, 2], distance: null }])
  })

  it('do not wrap around the edge of the grid', () => {
    // Neighbours in flat order, but on opposite faces.
    expect(isolatedVoxels(maskOf([1, 1, 3], [1, 2, 0]), space).count).toBe(2)
  })
})

describe('regions of an atlas', () => {
  const labels = new Int32Array(gridSize(space.grid))
  for (let at = 0; at < 20; at++) labels[at] = 7
  for (let at = 20; at < 30; at++) labels[at] = -2
  // The first ten voxels are not in use: a region's voxels that could not be chosen.
  const used: VoxelSpace = { ...space, index: space.index.subarray(10) }

  it('are counted on the whole grid, with what could be chosen of them', () => {
    const mask = new Uint8Array(110)
    mask.set([1, 1, 1, 1], 6) // flat 16 to 19
    mask[10] = 1 // flat 20
    mask[109] = 1
    expect(atlasCoverage(mask, used, labels, new Map([[7, 'V1']]))).toEqual({
      regions: [
        { label: 7, name: 'V1', voxels: 20, inUse: 10, covered: 4, shareOfRegion: 0.2, shareOfMask: 4 / 6 },
        { label: -2, name: null, voxels: 10, inUse: 10, covered: 1, shareOfRegion: 0.1, shareOfMask: 1 / 6 },
      ],
      outside: 1,
    })
  })

  it('must have one label per voxel of the grid', () => {
    expect(() => atlasCoverage(new Uint8Array(110), used, labels.subarray(1), new Map())).toThrow(RangeError)
  })
})
