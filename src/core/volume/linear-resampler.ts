/**
 * Volumes of numbers read on another grid, one volume at a time: each voxel centre of the new grid is taken to millimetres and from
 * there into the old grid, and is the mean of the eight voxel centres around it, weighted by nearness. Neighbours without a finite
 * number do not count; where they hold more than half of the weight, and beyond the old grid, there is no number (NaN). A voxel reaches
 * to its faces: in the outer half voxel the value at the edge holds. Both grids' affines decide, so it does not matter in which order
 * or direction axes are stored.
 *
 * Points are taken from between voxels; nothing is averaged over larger ones. All arrays run x fastest, as in NIfTI files.
 */
import { invertAffine, multiplyAffines } from './affine.ts'
import { type Affine, type Grid, gridSize } from './grid.ts'

/** How far past a face or beside a centre rounding alone may put a point, in voxels. */
const dust = 1e-6
/** Share of the weight that neighbours with numbers must have. */
const leastWeight = 0.5 - 1e-9

/** A point along one axis: the voxel below it, and how far past that centre it lies; −1 where it lies beyond the grid. */
interface Along {
  at: number
  fraction: number
}

function place(along: Along, position: number, size: number): void {
  if (!(position >= -0.5 - dust && position <= size - 0.5 + dust)) {
    along.at = -1
    return
  }
  const held = Math.min(Math.max(position, 0), size - 1)
  const centre = Math.round(held)
  const exact = Math.abs(held - centre) < dust
  along.at = exact ? centre : Math.floor(held)
  along.fraction = exact ? 0 : held - along.at
}

export class LinearResampler {
  readonly #from: Grid['shape']
  readonly #to: Grid['shape']
  /** Voxels of the new grid to voxels of the old one. */
  readonly #map: Affine
  readonly #x: Along = { at: 0, fraction: 0 }
  readonly #y: Along = { at: 0, fraction: 0 }
  readonly #z: Along = { at: 0, fraction: 0 }

  /** A RangeError if an affine has no inverse, which import refuses before. */
  constructor(from: Grid, to: Grid) {
    this.#from = from.shape
    this.#to = to.shape
    this.#map = multiplyAffines(invertAffine(from.affine), to.affine)
  }

  /** Writes one volume on the new grid into `out` (its voxels). With `wanted` (positions in `out`), all others are left as they are. */
  apply(values: Float32Array, out: Float32Array, wanted?: Int32Array): void {
    if (wanted !== undefined) {
      for (const at of wanted) out[at] = this.#value(values, at)
      return
    }
    for (let at = 0; at < out.length; at++) out[at] = this.#value(values, at)
  }

  /** Positions in the old grid, ascending, of all neighbours that count for the wanted voxels of the new one. */
  touched(wanted: Int32Array): Int32Array {
    const [nx, ny, nz] = this.#from
    const isTouched = new Uint8Array(nx * ny * nz)
    for (const at of wanted) {
      if (!this.#find(at)) continue
      for (let corner = 0; corner < 8; corner++) if (this.#weight(corner) > 0) isTouched[this.#position(corner)] = 1
    }
    const positions = new Int32Array(isTouched.reduce((sum, one) => sum + one, 0))
    let next = 0
    for (let at = 0; at < isTouched.length; at++) if (isTouched[at] === 1) positions[next++] = at
    return positions
  }

  /** Goes to a voxel of the new grid; false where it lies beyond the old one. */
  #find(at: number): boolean {
    const [nx, ny] = this.#to
    const i = at % nx
    const j = Math.floor(at / nx) % ny
    const k = Math.floor(at / (nx * ny))
    const m = this.#map
    place(this.#x, m[0]! * i + m[1]! * j + m[2]! * k + m[3]!, this.#from[0])
    place(this.#y, m[4]! * i + m[5]! * j + m[6]! * k + m[7]!, this.#from[1])
    place(this.#z, m[8]! * i + m[9]! * j + m[10]! * k + m[11]!, this.#from[2])
    return this.#x.at >= 0 && this.#y.at >= 0 && this.#z.at >= 0
  }

  #weight(corner: number): number {
    const x = corner & 1 ? this.#x.fraction : 1 - this.#x.fraction
    const y = corner & 2 ? this.#y.fraction : 1 - this.#y.fraction
    const z = corner & 4 ? this.#z.fraction : 1 - this.#z.fraction
    return x * y * z
  }

  #position(corner: number): number {
    const [nx, ny] = this.#from
    return this.#x.at + (corner & 1) + nx * (this.#y.at + ((corner >> 1) & 1) + ny * (this.#z.at + ((corner >> 2) & 1)))
  }

  #value(values: Float32Array, at: number): number {
    if (!this.#find(at)) return Number.NaN
    let sum = 0
    let present = 0
    let lacks = false
    for (let corner = 0; corner < 8; corner++) {
      const weight = this.#weight(corner)
      if (weight === 0) continue
      const value = values[this.#position(corner)]!
      if (Number.isFinite(value)) {
        sum += weight * value
        present += weight
      } else lacks = true
    }
    if (!lacks) return sum
    return present >= leastWeight ? sum / present : Number.NaN
  }
}

/**
 * The space of a grid, its axes kept, with cubic voxels of this edge length in mm: as many as cover it, around the same centre. The
 * same space stored in another direction gives the same voxels.
 */
export function gridOfVoxelSize({ shape, affine }: Grid, millimetres: number): Grid {
  const steps = [0, 1, 2].map((axis) => {
    const size = Math.hypot(affine[axis]!, affine[4 + axis]!, affine[8 + axis]!)
    const count = Math.max(1, Math.ceil((shape[axis]! * size) / millimetres - dust))
    return { scale: millimetres / size, count, old: shape[axis]! }
  })
  const out = [...affine]
  for (let row = 0; row < 3; row++) {
    let origin = affine[4 * row + 3]!
    for (const [axis, { scale, count, old }] of steps.entries()) {
      const step = affine[4 * row + axis]!
      out[4 * row + axis] = step * scale
      origin += (step * (old - 1)) / 2 - (step * scale * (count - 1)) / 2
    }
    out[4 * row + 3] = origin
  }
  return { shape: [steps[0]!.count, steps[1]!.count, steps[2]!.count], affine: out }
}

/** Whether volumes of this grid can be held, as files of at most 1 GiB a volume can. */
export function isHoldable(grid: Grid): boolean {
  return gridSize(grid) <= 2 ** 28
}
