/** A voxel grid in space: its shape and the affine that takes voxel (i, j, k) to RAS+ millimetres (NIfTI convention). */

/** 4 × 4, row-major, last row 0 0 0 1. */
export type Affine = readonly number[]

export interface Grid {
  readonly shape: readonly [number, number, number]
  readonly affine: Affine
}

/** Number of voxels of the whole grid. */
export function gridSize(grid: Grid): number {
  return grid.shape[0] * grid.shape[1] * grid.shape[2]
}

/** Flat index of voxel (x, y, z): z runs fastest. */
export function flatIndex(shape: readonly [number, number, number], x: number, y: number, z: number): number {
  return (x * shape[1] + y) * shape[2] + z
}
