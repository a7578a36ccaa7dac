/**
 * The crop that TROI starts from, "primarily the occipital lobe": 60 × 40 × 40 voxels of 1.8 mm. The paper gives no offsets; ours are
 * the posterior-most part of the brain, centred from left to right, from its lowest slice up. It is a proposal for a person to drag.
 */
import { failure, type Result, success } from '../problem.ts'
import { type Point, voxelSizes } from './affine.ts'
import type { Box } from './crop.ts'
import { type Grid, gridSize } from './grid.ts'
import { axisMapping } from './orientation.ts'

/** Millimetres from left to right, back to front and below to above: 60 × 40 × 40 voxels of 1.8 mm. */
export const defaultExtent: Point = [108, 72, 72]

/** First and last voxel of the mask along each voxel axis, or null for an empty mask. */
function extremes(mask: ArrayLike<number>, grid: Grid): { first: number[]; last: number[] } | null {
  const [nx, ny, nz] = grid.shape
  const first = [nx, ny, nz]
  const last = [-1, -1, -1]
  for (let at = 0, size = gridSize(grid); at < size; at++) {
    if (!mask[at]) continue
    const place = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
    for (let axis = 0; axis < 3; axis++) {
      first[axis] = Math.min(first[axis]!, place[axis]!)
      last[axis] = Math.max(last[axis]!, place[axis]!)
    }
  }
  return last[0]! < 0 ? null : { first, last }
}

/**
 * `brain`: one value per voxel of the whole grid, non-zero inside. The same box in millimetres however the file is stored. Where the
 * grid is smaller than the extent, the whole of that axis; where the box would reach beyond the grid, it is moved back inside.
 * BAD_PARAMETER for an empty mask.
 */
export function defaultBox(brain: ArrayLike<number>, grid: Grid, extent: Point = defaultExtent): Result<Box> {
  const edges = extremes(brain, grid)
  if (edges === null) {
    return failure({
      code: 'BAD_PARAMETER',
      message: 'The brain mask is empty, so there is nothing to place a crop by.',
      where: 'brain mask',
      expected: 'non-zero voxels',
      fix: 'Choose another brain mask, or draw the box by hand.',
    })
  }
  const { world, sign } = axisMapping(grid.affine)
  const sizes = voxelSizes(grid.affine)
  const start: number[] = []
  const shape: number[] = []
  for (let axis = 0; axis < 3; axis++) {
    const size = grid.shape[axis]!
    const length = Math.min(size, Math.max(1, Math.round(extent[world[axis]!]! / sizes[axis]!)))
    // Positions counted rightwards, forwards and upwards, whichever way the file runs.
    const rises = sign[axis]! > 0
    const low = rises ? edges.first[axis]! : size - 1 - edges.last[axis]!
    const high = rises ? edges.last[axis]! : size - 1 - edges.first[axis]!
    const wanted = world[axis] === 0 ? Math.floor((low + high + 1 - length) / 2) : low
    const from = Math.min(Math.max(0, wanted), size - length)
    start.push(rises ? from : size - from - length)
    shape.push(length)
  }
  return success({ start: start as unknown as Point, shape: shape as unknown as Point })
}
