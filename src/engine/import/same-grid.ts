/** When two grids count as one. */
import type { Affine, Grid } from '../../core/volume/grid.ts'

/** Affines count as equal if no voxel moves by more than this many millimetres. */
const affineTolerance = 1e-3

export function sameGrid(a: Grid, shape: readonly number[], affine: Affine): boolean {
  return (
    a.shape.every((size, axis) => size === shape[axis]) &&
    a.affine.every((number, at) => Math.abs(number - affine[at]!) <= affineTolerance * (at % 4 === 3 ? 10 : 1))
  )
}
