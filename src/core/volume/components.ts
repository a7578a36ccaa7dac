/** Connected pieces of a mask on its grid. */
import type { VoxelSpace } from '../data/subject-data.ts'
import { gridSize } from './grid.ts'

/** Neighbours that touch by a face (6), also by an edge (18), also by a corner (26). */
export type Connectivity = 6 | 18 | 26

/** Sizes of the pieces, largest first. */
export function componentSizes(mask: ArrayLike<number>, space: VoxelSpace, connectivity: Connectivity = 26): number[] {
  const { grid, index } = space
  const [nx, ny, nz] = grid.shape
  const open = new Uint8Array(gridSize(grid))
  for (let v = 0; v < index.length; v++) if (mask[v]) open[index[v]!] = 1
  const steps: [number, number, number][] = []
  for (let dx = -1; dx <= 1; dx++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dz = -1; dz <= 1; dz++) {
        const distance = Math.abs(dx) + Math.abs(dy) + Math.abs(dz)
        if (distance > 0 && distance <= { 6: 1, 18: 2, 26: 3 }[connectivity]) steps.push([dx, dy, dz])
      }
    }
  }
  const sizes: number[] = []
  const stack: number[] = []
  for (const seed of index) {
    if (!open[seed]) continue
    let size = 0
    open[seed] = 0
    stack.push(seed)
    while (stack.length > 0) {
      const at = stack.pop()!
      size++
      const [x, y, z] = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
      for (const [dx, dy, dz] of steps) {
        const [px, py, pz] = [x + dx, y + dy, z + dz]
        if (px < 0 || py < 0 || pz < 0 || px >= nx || py >= ny || pz >= nz) continue
        const next = (px * ny + py) * nz + pz
        if (open[next]) {
          open[next] = 0
          stack.push(next)
        }
      }
    }
    sizes.push(size)
  }
  return sizes.sort((a, b) => b - a)
}
