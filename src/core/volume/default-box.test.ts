import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import { unwrap } from '../problem.ts'
import { applyAffine, voxelSizes } from './affine.ts'
import { cropGrid } from './crop.ts'
import { defaultBox } from './default-box.ts'
import { flatIndex, type Grid, gridSize } from './grid.ts'
import { rasGrid, rasSource } from './orientation.ts'

/** A grid of 81 × 104 × 83 voxels of 1.8 mm with a brain that leaves a different margin on each side. */
const grid: Grid = { shape: [81, 104, 83], affine: [1.8, 0, 0, -72, 0, 1.8, 0, -110, 0, 0, 1.8, -60, 0, 0, 0, 1] }
function brainBetween(shape: Grid['shape'], low: readonly number[], high: readonly number[]): Uint8Array {
  const brain = new Uint8Array(shape[0] * shape[1] * shape[2])
  for (let x = low[0]!; x <= high[0]!; x++)
    for (let y = low[1]!; y <= high[1]!; y++)
      for (let z = low[2]!; z <= high[2]!; z++) brain[flatIndex(shape, x, y, z)] = 1
  return brain
}

describe('the default crop', () => {
  it('is 60 × 40 × 40 at 1.8 mm: centred from left to right, from the back and from below', () => {
    const brain = brainBetween(grid.shape, [9, 12, 5], [70, 95, 77])
    // The brain's middle is x = 39.5; 60 voxels around it are 10 … 69.
    expect(unwrap(defaultBox(brain, grid))).toEqual({ start: [10, 12, 5], shape: [60, 40, 40] })
  })

  it('keeps its size in millimetres for other voxel sizes', () => {
    const coarse: Grid = { shape: [64, 64, 40], affine: [3, 0, 0, -96, 0, 3, 0, -100, 0, 0, 3.6, -60, 0, 0, 0, 1] }
    const box = unwrap(defaultBox(brainBetween(coarse.shape, [5, 4, 3], [58, 60, 38]), coarse))
    expect(box).toEqual({ start: [14, 4, 3], shape: [36, 24, 20] })
  })

  it('is moved back inside, or takes the whole axis, where the grid ends first', () => {
    const small: Grid = { shape: [40, 50, 45], affine: grid.affine }
    const box = unwrap(defaultBox(brainBetween(small.shape, [0, 30, 20], [30, 49, 44]), small))
    expect(box).toEqual({ start: [0, 10, 5], shape: [40, 40, 40] })
  })

  it('is the same box in millimetres in all 48 file orders', () => {
    for (const { affine, codes } of fixture.orders) {
      const file: Grid = { shape: [11, 13, 12], affine }
      const ras = rasGrid(file)
      const source = rasSource(file)
      // A brain given in RAS+, with unequal margins, stored in this file's order.
      const brain = brainBetween(ras.shape, [1, 2, 1], [8, 9, 9])
      const stored = new Uint8Array(gridSize(file))
      brain.forEach((value, at) => {
        stored[source[at]!] = value
      })
      const sizes = voxelSizes(ras.affine)
      const extent = [5 * sizes[0], 4 * sizes[1], 4 * sizes[2]] as const
      const cropped = rasGrid(cropGrid(file, unwrap(defaultBox(stored, file, extent))))
      expect(cropped.shape, codes).toEqual([5, 4, 4])
      // Middle of x 1 … 8 is 4.5: five voxels from 2; from the back at 2, from below at 1.
      const corner = applyAffine(ras.affine, [2, 2, 1])
      applyAffine(cropped.affine, [0, 0, 0]).forEach((value, axis) => {
        expect(value, codes).toBeCloseTo(corner[axis]!, 9)
      })
    }
  })

  it('needs a brain', () => {
    const result = defaultBox(new Uint8Array(gridSize(grid)), grid)
    expect(result).toMatchObject({ ok: false, problem: { code: 'BAD_PARAMETER', where: 'brain mask' } })
  })

  it('holds one voxel where that is all there is', () => {
    const tiny: Grid = { shape: [1, 1, 1], affine: grid.affine }
    expect(unwrap(defaultBox([1], tiny))).toEqual({ start: [0, 0, 0], shape: [1, 1, 1] })
  })
})
