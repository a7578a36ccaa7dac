/** The smallest box of the grid that holds every voxel in use: what is left of a volume after a crop. */
import type { VoxelSpace } from '../data/subject-data.ts'
import type { Box } from './crop.ts'

/** Null where the box is the whole grid, or no voxel is in use. */
export function usedBox({ grid, index }: VoxelSpace): Box | null {
  const [, ny, nz] = grid.shape
  const low: [number, number, number] = [grid.shape[0], ny, nz]
  const high: [number, number, number] = [-1, -1, -1]
  for (const at of index) {
    const voxel = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, voxel[axis]!)
      high[axis] = Math.max(high[axis]!, voxel[axis]!)
    }
  }
  if (index.length === 0 || low.every((first, axis) => first === 0 && high[axis] === grid.shape[axis]! - 1)) return null
  return { start: low, shape: [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1] }
}
