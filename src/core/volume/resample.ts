/**
 * A volume read on another grid: each voxel centre of the new grid is taken to millimetres and from there into the old grid. Nearest
 * neighbour for masks and labels, trilinear for anything continuous. A voxel reaches to its faces, half a voxel from its centre; what
 * lies beyond the old grid gets the outside value.
 */
import { applyAffine, invertAffine, multiplyAffines } from './affine.ts'
import { type Grid, gridSize } from './grid.ts'

/** How far past a face or a midpoint rounding alone may put a voxel, in voxels. */
const dust = 1e-6

/** Calls back with every voxel of `to` in flat order and its place in voxels of `from`. RangeError if an affine has no inverse. */
function forEachPlace(
  from: Grid,
  to: Grid,
  visit: (at: number, x: number, y: number, z: number, inside: boolean) => void,
): void {
  const map = multiplyAffines(invertAffine(from.affine), to.affine)
  const [nx, ny, nz] = from.shape
  const within = (at: number, size: number) => at >= -0.5 - dust && at <= size - 0.5 + dust
  let next = 0
  for (let i = 0; i < to.shape[0]; i++) {
    for (let j = 0; j < to.shape[1]; j++) {
      for (let k = 0; k < to.shape[2]; k++) {
        const [x, y, z] = applyAffine(map, [i, j, k])
        visit(next++, x, y, z, within(x, nx) && within(y, ny) && within(z, nz))
      }
    }
  }
}

/** The value of the nearest voxel centre; half way between two, the one with the higher index. Keeps the type: labels stay labels. */
export function resampleNearest<T extends Float32Array | Uint8Array | Int32Array>(
  values: T,
  from: Grid,
  to: Grid,
  outside = 0,
): T {
  const [nx, ny, nz] = from.shape
  const nearest = (at: number, size: number) => Math.min(Math.max(Math.floor(at + 0.5 + dust), 0), size - 1)
  const out = new (values.constructor as new (length: number) => T)(gridSize(to))
  forEachPlace(from, to, (at, x, y, z, inside) => {
    out[at] = inside ? values[(nearest(x, nx) * ny + nearest(y, ny)) * nz + nearest(z, nz)]! : outside
  })
  return out
}

/** A place inside the volume, on a voxel centre where only rounding parts it from one. */
function held(at: number, size: number): number {
  const inside = Math.min(Math.max(at, 0), size - 1)
  const centre = Math.round(inside)
  return Math.abs(inside - centre) < dust ? centre : inside
}

/** Trilinear mean of the eight voxel centres around; in the outer half voxel, the value at the edge. NaN spreads only where it counts. */
export function resampleTrilinear(values: ArrayLike<number>, from: Grid, to: Grid, outside = 0): Float32Array {
  const [nx, ny, nz] = from.shape
  const out = new Float32Array(gridSize(to))
  forEachPlace(from, to, (at, px, py, pz, inside) => {
    if (!inside) {
      out[at] = outside
      return
    }
    const [x, y, z] = [held(px, nx), held(py, ny), held(pz, nz)]
    const [x0, y0, z0] = [Math.floor(x), Math.floor(y), Math.floor(z)]
    let sum = 0
    for (let corner = 0; corner < 8; corner++) {
      const [dx, dy, dz] = [corner >> 2, (corner >> 1) & 1, corner & 1]
      const weight = (dx ? x - x0 : 1 - x + x0) * (dy ? y - y0 : 1 - y + y0) * (dz ? z - z0 : 1 - z + z0)
      if (weight > 0) sum += weight * values[((x0 + dx) * ny + y0 + dy) * nz + z0 + dz]!
    }
    out[at] = sum
  })
  return out
}
