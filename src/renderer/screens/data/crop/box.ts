/**
 * A crop box on the screen and in a recipe. The screen knows RAS+ volumes only; a recipe counts voxels along the axes of the images as
 * stored. Which axis is which, and which way it runs, comes from the affine. Pure.
 */
import type { Box } from '../../../../core/volume/crop.ts'
import type { Grid } from '../../../../core/volume/grid.ts'
import { axisMapping } from '../../../../core/volume/orientation.ts'

type Triple = [number, number, number]
export type WorldAxis = 0 | 1 | 2
/** `low`: left, posterior or inferior face; `high`: right, anterior or superior. */
export type Side = 'low' | 'high'

/** The box of stored axes as one of the grid reordered to RAS+. */
export function boxToRas({ start, shape }: Box, grid: Grid): Box {
  const { world, sign } = axisMapping(grid.affine)
  const from: Triple = [0, 0, 0]
  const size: Triple = [1, 1, 1]
  for (let axis = 0; axis < 3; axis++) {
    const to = world[axis]!
    size[to] = shape[axis]!
    from[to] = sign[axis]! > 0 ? start[axis]! : grid.shape[axis]! - start[axis]! - shape[axis]!
  }
  return { start: from, shape: size }
}

/** The opposite of `boxToRas`; `grid` is the stored one. */
export function boxFromRas({ start, shape }: Box, grid: Grid): Box {
  const { world, sign } = axisMapping(grid.affine)
  const from: Triple = [0, 0, 0]
  const size: Triple = [1, 1, 1]
  for (let axis = 0; axis < 3; axis++) {
    const of = world[axis]!
    size[axis] = shape[of]!
    from[axis] = sign[axis]! > 0 ? start[of]! : grid.shape[axis]! - start[of]! - shape[of]!
  }
  return { start: from, shape: size }
}

/** Border between voxels at which a face lies, 0 to the number of voxels. */
export function borderOf({ start, shape }: Box, axis: WorldAxis, side: Side): number {
  return side === 'low' ? start[axis] : start[axis] + shape[axis]
}

/** The box with one face at another border; at least one voxel stays, and nothing leaves the grid of `sizes`. */
export function withFace(box: Box, axis: WorldAxis, side: Side, border: number, sizes: readonly number[]): Box {
  const low = borderOf(box, axis, 'low')
  const high = borderOf(box, axis, 'high')
  const wanted = Math.round(border)
  const from = side === 'low' ? Math.max(0, Math.min(high - 1, wanted)) : low
  const to = side === 'high' ? Math.min(sizes[axis]!, Math.max(low + 1, wanted)) : high
  const start: Triple = [...box.start]
  const shape: Triple = [...box.shape]
  start[axis] = from
  shape[axis] = to - from
  return { start, shape }
}

/** Voxels above 0 in the whole volume and in the box; values in flat order on a grid of these sizes. */
export function countInBox(
  values: ArrayLike<number>,
  sizes: readonly [number, number, number],
  { start, shape }: Box,
): { all: number; inside: number } {
  let [all, inside, at] = [0, 0, 0]
  const within = (value: number, axis: WorldAxis) => value >= start[axis] && value < start[axis] + shape[axis]
  for (let x = 0; x < sizes[0]; x++)
    for (let y = 0; y < sizes[1]; y++)
      for (let z = 0; z < sizes[2]; z++, at++) {
        if (!(values[at]! > 0)) continue
        all++
        if (within(x, 0) && within(y, 1) && within(z, 2)) inside++
      }
  return { all, inside }
}
