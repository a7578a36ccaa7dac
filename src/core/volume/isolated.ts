/**
 * Voxels of a mask that touch no other voxel of it, not even by a corner: the likeliest to be noise, and the first that a
 * reviewer should look at. The farther from the rest, the more suspicious.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import { applyAffine, type Point } from './affine.ts'
import { gridSize } from './grid.ts'

export interface IsolatedVoxel {
  /** (i, j, k) on the grid as stored. */
  readonly voxel: Point
  readonly millimetres: Point
  /** To the nearest other voxel of the mask, mm; null where the mask has no other. */
  readonly distance: number | null
}

export interface IsolatedVoxels {
  readonly count: number
  /** The farthest from the rest of the mask first; ties in the order of the grid. */
  readonly farthest: readonly IsolatedVoxel[]
}

/** `mask` is 0/1 per voxel of `space`; at most `most` voxels are listed, all are counted. */
export function isolatedVoxels(mask: ArrayLike<number>, { grid, index }: VoxelSpace, most = 10): IsolatedVoxels {
  const [nx, ny, nz] = grid.shape
  const inside = new Uint8Array(gridSize(grid))
  const places: { readonly at: number; readonly voxel: Point; readonly millimetres: Point }[] = []
  for (let v = 0; v < index.length; v++) {
    if (!mask[v]) continue
    const at = index[v]!
    const voxel: Point = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
    inside[at] = 1
    places.push({ at, voxel, millimetres: applyAffine(grid.affine, voxel) })
  }
  const alone = places.filter(({ voxel: [x, y, z] }) => {
    for (let px = Math.max(0, x - 1); px <= Math.min(nx - 1, x + 1); px++)
      for (let py = Math.max(0, y - 1); py <= Math.min(ny - 1, y + 1); py++)
        for (let pz = Math.max(0, z - 1); pz <= Math.min(nz - 1, z + 1); pz++)
          if ((px !== x || py !== y || pz !== z) && inside[(px * ny + py) * nz + pz]) return false
    return true
  })
  const found = alone.map(({ at, voxel, millimetres }) => {
    let nearest = Number.POSITIVE_INFINITY
    for (const other of places) {
      if (other.at === at) continue
      const [x, y, z] = other.millimetres
      const squared = (x - millimetres[0]) ** 2 + (y - millimetres[1]) ** 2 + (z - millimetres[2]) ** 2
      if (squared < nearest) nearest = squared
    }
    return { voxel, millimetres, distance: places.length > 1 ? Math.sqrt(nearest) : null }
  })
  found.sort((a, b) => (b.distance ?? 0) - (a.distance ?? 0))
  return { count: found.length, farthest: found.slice(0, most) }
}
