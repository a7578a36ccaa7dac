/** One turn of Algorithm 1 (threshold, filter, binarise), exact budgets and overlap against reference numbers. */
import { describe, expect, it } from 'vitest'
import filtering from '../../../test/golden/gauss3d.json' with { type: 'json' }
import golden from '../../../test/golden/mask_ops.json' with { type: 'json' }
import type { VoxelSpace } from '../data/subject-data.ts'
import { unwrap } from '../problem.ts'
import { voxelFilter } from './gaussian-filter.ts'
import type { Grid } from './grid.ts'
import { overlap } from './overlap.ts'
import { binarise, topVoxels } from './top-voxels.ts'

const shape = filtering.shape as unknown as Grid['shape']
const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const volume = filtering.vol.flat(2)
const support = filtering.support.flat(2)
const everywhere: VoxelSpace = { grid: { shape, affine }, index: Int32Array.from(volume.keys()) }
const supported: VoxelSpace = {
  grid: { shape, affine },
  index: Int32Array.from([...support.keys()].filter((at) => support[at] === 1)),
}
const ones = (mask: ArrayLike<number>) => Array.from(mask).reduce((sum, value) => sum + value, 0)

describe('one turn of Algorithm 1', () => {
  const pruned = volume.map((value) => (value <= golden.th ? 0 : value))

  it('zeroes entries at or below the threshold', () => {
    expect(pruned).toEqual(golden.M_star.flat(2))
    expect(pruned.filter((value) => value > 0).length).toBe(golden.n_M_star)
  })

  it('filters with zero padding and binarises at the same threshold', () => {
    const filtered = voxelFilter(everywhere, golden.sigma, 'zero')(pruned)
    golden.filtered.flat(2).forEach((value, at) => {
      expect(filtered[at]).toBeCloseTo(value, 9)
    })
    const mask = binarise(filtered, golden.th)
    expect([...mask]).toEqual(golden.mask.flat(2))
    expect(ones(mask)).toBe(golden.count)
  })

  it('filters within the support, divided by it', () => {
    const map = Array.from(supported.index, (at) => pruned[at]!)
    const filtered = voxelFilter(supported, golden.sigma)(map)
    const expected = golden.filtered_normalised.flat(2)
    const mask = binarise(filtered, golden.th)
    const expectedMask = golden.mask_normalised.flat(2)
    supported.index.forEach((at, v) => {
      expect(filtered[v]).toBeCloseTo(expected[at]!, 9)
      expect(mask[v]).toBe(expectedMask[at])
    })
    expect(ones(mask)).toBe(golden.count_normalised)
  })
})

describe('exact budgets', () => {
  it('gives equal scores to the lower index', () => {
    golden.topv.V.forEach((budget, at) => {
      expect([...unwrap(topVoxels(golden.topv.score, budget)).mask]).toEqual(golden.topv.masks[at])
    })
  })

  it.each(golden.budget)('V = $V of the filtered map, with its threshold', ({ V, threshold, mask }) => {
    const found = unwrap(topVoxels(golden.filtered_normalised.flat(2), V))
    expect([...found.mask]).toEqual(mask.flat(2))
    expect(found.threshold).toBeCloseTo(threshold, 9)
    expect(ones(found.mask)).toBe(V)
  })
})

it('overlap of two masks', () => {
  const { a, b, dice, precision_of_a, recall_of_a } = golden.overlap
  const found = overlap(a, b)
  expect(found.dice).toBeCloseTo(dice, 12)
  expect(found.precision).toBeCloseTo(precision_of_a, 12)
  expect(found.recall).toBeCloseTo(recall_of_a, 12)
})
