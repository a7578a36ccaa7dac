/** Places worth jumping to: from a number in a panel to the slice where it comes from. */
import type { Grid } from '../../core/volume/grid.ts'

export type Voxel = readonly [number, number, number]

/**
 * In the slice across `axis` with the most voxels that `counts`, the voxel that lies nearest to their middle; null where no voxel
 * counts. Flat order, z fastest.
 */
export function fullestSlice(shape: Grid['shape'], axis: 0 | 1 | 2, counts: (flat: number) => boolean): Voxel | null {
  const slices: Voxel[][] = Array.from({ length: shape[axis] }, () => [])
  for (let x = 0, flat = 0; x < shape[0]; x++)
    for (let y = 0; y < shape[1]; y++)
      for (let z = 0; z < shape[2]; z++, flat++) if (counts(flat)) slices[[x, y, z][axis]!]!.push([x, y, z])
  const fullest = slices.reduce((best, slice) => (slice.length > best.length ? slice : best))
  if (fullest.length === 0) return null
  const middle = [0, 1, 2].map((a) => fullest.reduce((sum, voxel) => sum + voxel[a]!, 0) / fullest.length)
  const distance = (voxel: Voxel) => voxel.reduce((sum, value, a) => sum + (value - middle[a]!) ** 2, 0)
  return fullest.reduce((best, voxel) => (distance(voxel) < distance(best) ? voxel : best))
}
