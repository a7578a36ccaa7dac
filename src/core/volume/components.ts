/** Connected pieces of a mask on its grid. */
import type { VoxelSpace } from '../data/subject-data.ts'
import { type Grid, gridSize } from './grid.ts'

/** Neighbours that touch by a face (6), also by an edge (18), also by a corner (26). */
export type Connectivity = 6 | 18 | 26

/** Sizes of the pieces, largest first. */
export function componentSizes(mask: ArrayLike<number>, space: VoxelSpace, connectivity: Connectivity = 26): number[] {
  const { grid, index } = space
  const open = new Uint8Array(gridSize(grid))
  for (let v = 0; v < index.length; v++) if (mask[v]) open[index[v]!] = 1
  const flood = flooder(grid, open, connectivity)
  const sizes: number[] = []
  for (const seed of index) if (open[seed]) sizes.push(flood(seed, () => {}))
  return sizes.sort((a, b) => b - a)
}

/** The largest piece of a mask over the whole grid as 0/1 per voxel, the first of equals. Neighbours touch by a face. */
export function largestComponent(mask: ArrayLike<number>, grid: Grid): Uint8Array {
  const size = gridSize(grid)
  const piece = new Int32Array(size)
  const open = Uint8Array.from({ length: size }, (_, at) => (mask[at] ? 1 : 0))
  const flood = flooder(grid, open, 6)
  let [largest, best, number] = [0, 0, 0]
  for (let seed = 0; seed < size; seed++) {
    if (!open[seed]) continue
    number++
    const voxels = flood(seed, (at) => {
      piece[at] = number
    })
    if (voxels > largest) [largest, best] = [voxels, number]
  }
  return Uint8Array.from(piece, (own) => (own === best && best > 0 ? 1 : 0))
}

/** Takes a piece out of `open`, voxel by voxel, from any of its voxels; returns its size. */
function flooder(grid: Grid, open: Uint8Array, connectivity: Connectivity) {
  const [nx, ny, nz] = grid.shape
  const steps: [number, number, number][] = []
  for (let dx = -1; dx <= 1; dx++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dz = -1; dz <= 1; dz++) {
        const distance = Math.abs(dx) + Math.abs(dy) + Math.abs(dz)
        if (distance > 0 && distance <= { 6: 1, 18: 2, 26: 3 }[connectivity]) steps.push([dx, dy, dz])
      }
    }
  }
  const stack: number[] = []
  return (seed: number, visit: (at: number) => void): number => {
    let size = 0
    open[seed] = 0
    stack.push(seed)
    while (stack.length > 0) {
      const at = stack.pop()!
      size++
      visit(at)
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
    return size
  }
}
