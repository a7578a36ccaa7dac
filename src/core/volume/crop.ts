/**
 * A box of voxels cut out of a grid, and put back. The box is a range along each voxel axis of the grid as stored; its affine is the
 * grid's with the origin moved to the box's first voxel, so every voxel keeps its place in millimetres.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import { failure, type Result, success } from '../problem.ts'
import { applyAffine, invertAffine, type Point } from './affine.ts'
import { flatIndex, type Grid } from './grid.ts'

export interface Box {
  /** First voxel along each axis. */
  readonly start: Point
  /** Voxels along each axis, at least 1. */
  readonly shape: Point
}

type Values = Float32Array | Uint8Array | Int32Array

/** The box unless it reaches beyond the grid or is empty: BAD_PARAMETER. */
export function checkBox(box: Box, grid: Grid): Result<Box> {
  for (let axis = 0; axis < 3; axis++) {
    const [start, length, size] = [box.start[axis]!, box.shape[axis]!, grid.shape[axis]!]
    if (Number.isInteger(start) && Number.isInteger(length) && start >= 0 && length >= 1 && start + length <= size)
      continue
    return failure({
      code: 'BAD_PARAMETER',
      message: `The crop takes ${length} voxels from ${start} on along axis ${'ijk'[axis]}, which the grid does not have.`,
      where: `crop box, axis ${'ijk'[axis]}`,
      expected: `whole voxels from 0 to ${size - 1}, at least one`,
      fix: 'Draw the box inside the volume.',
    })
  }
  return success(box)
}

/**
 * The voxels whose centres lie between two opposite corners in millimetres. On an oblique grid the corners' box is turned, and all
 * voxels of the smallest box along the voxel axes that holds it are taken. Cut off at the edge of the grid; BAD_PARAMETER where
 * nothing is left.
 */
export function boxFromMillimetres(grid: Grid, corner: Point, opposite: Point): Result<Box> {
  const toVoxel = invertAffine(grid.affine)
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = low.map((value) => -value)
  for (const x of [corner[0], opposite[0]]) {
    for (const y of [corner[1], opposite[1]]) {
      for (const z of [corner[2], opposite[2]]) {
        applyAffine(toVoxel, [x, y, z]).forEach((at, axis) => {
          low[axis] = Math.min(low[axis]!, at)
          high[axis] = Math.max(high[axis]!, at)
        })
      }
    }
  }
  // A corner on a voxel's centre takes that voxel, whatever the last digit of the inverse says.
  const start = low.map((at) => Math.max(0, Math.ceil(at - 1e-6)))
  const end = high.map((at, axis) => Math.min(grid.shape[axis]! - 1, Math.floor(at + 1e-6)))
  if (!start.every((first, axis) => first <= end[axis]!)) {
    return failure({
      code: 'BAD_PARAMETER',
      message: 'The crop box holds no voxel of this volume.',
      where: `crop box from (${corner.join(', ')}) to (${opposite.join(', ')}) mm`,
      expected: 'a box that overlaps the volume',
      fix: 'Draw the box inside the volume.',
    })
  }
  const shape = start.map((first, axis) => end[axis]! - first + 1)
  return success({ start: start as unknown as Point, shape: shape as unknown as Point })
}

/** The grid of the box. */
export function cropGrid(grid: Grid, box: Box): Grid {
  const origin = applyAffine(grid.affine, box.start)
  return {
    shape: box.shape,
    affine: grid.affine.map((value, at) => (at % 4 === 3 && at < 12 ? origin[(at - 3) / 4]! : value)),
  }
}

/** Calls back with the flat index in the box's grid and in the whole grid, for every voxel of the box in flat order. */
function forEachVoxel(grid: Grid, { start, shape }: Box, visit: (inBox: number, inGrid: number) => void): void {
  let inBox = 0
  for (let x = 0; x < shape[0]; x++) {
    for (let y = 0; y < shape[1]; y++) {
      const row = flatIndex(grid.shape, start[0] + x, start[1] + y, start[2])
      for (let z = 0; z < shape[2]; z++) visit(inBox++, row + z)
    }
  }
}

/** The values inside the box. Values are one per voxel of the whole grid, flat order. */
export function cropVolume<T extends Values>(values: T, grid: Grid, box: Box): T {
  const out = values.slice(0, box.shape[0] * box.shape[1] * box.shape[2]) as T
  forEachVoxel(grid, box, (inBox, inGrid) => {
    out[inBox] = values[inGrid]!
  })
  return out
}

/** The opposite of `cropVolume`: the whole grid, with `background` outside the box (0, or a copy of whole-grid values). */
export function pasteVolume<T extends Values>(values: T, grid: Grid, box: Box, background?: T): T {
  const size = grid.shape[0] * grid.shape[1] * grid.shape[2]
  const out = (background?.slice() ?? new (values.constructor as new (length: number) => T)(size)) as T
  forEachVoxel(grid, box, (inBox, inGrid) => {
    out[inGrid] = values[inBox]!
  })
  return out
}

export interface CroppedSpace {
  readonly space: VoxelSpace
  /** Position in the original voxel list of each voxel that lies in the box. */
  readonly kept: Int32Array
}

/** The voxels in use that lie in the box, on the box's grid. */
export function cropSpace({ grid, index }: VoxelSpace, box: Box): CroppedSpace {
  const inBox = new Int32Array(grid.shape[0] * grid.shape[1] * grid.shape[2]).fill(-1)
  forEachVoxel(grid, box, (to, from) => {
    inBox[from] = to
  })
  const kept = Int32Array.from([...index.keys()].filter((v) => inBox[index[v]!]! >= 0))
  return { space: { grid: cropGrid(grid, box), index: kept.map((v) => inBox[index[v]!]!) }, kept }
}
