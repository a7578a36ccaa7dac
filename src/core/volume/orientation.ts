/**
 * Which way the voxel axes point. Codes name the direction in which an index rises: R, A, S for right, anterior, superior and
 * L, P, I for their opposites. Display reorders a volume to RAS+; files are never reordered, only read and written as they are.
 */
import { applyAffine, voxelSizes } from './affine.ts'
import { type Affine, flatIndex, type Grid, gridSize } from './grid.ts'

export type AxisCode = 'R' | 'L' | 'A' | 'P' | 'S' | 'I'

const codes: readonly (readonly [AxisCode, AxisCode])[] = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
]

/** For each voxel axis, the world axis it is closest to and its sign. Every world axis is used once. */
export interface AxisMapping {
  /** world[axis] is 0 (x, right), 1 (y, anterior) or 2 (z, superior). */
  readonly world: readonly [number, number, number]
  readonly sign: readonly [number, number, number]
}

/** The rotation (or reflection) closest to the directions of the voxel axes, row-major 3 × 3: their polar factor. */
function closestRotation(affine: Affine): number[] {
  const sizes = voxelSizes(affine)
  let m = [0, 1, 2].flatMap((row) => [0, 1, 2].map((axis) => affine[4 * row + axis]! / (sizes[axis]! || 1)))
  // Newton's iteration: the mean of the matrix and its inverse transposed. Quadratic, so a few rounds settle any shear.
  for (let round = 0; round < 50; round++) {
    const cofactors = [0, 1, 2].flatMap((r) => [0, 1, 2].map((c) => cofactor(m, r, c)))
    const det = m[0]! * cofactors[0]! + m[1]! * cofactors[1]! + m[2]! * cofactors[2]!
    if (!(Math.abs(det) > 1e-12)) return m
    const next = m.map((value, at) => (value + cofactors[at]! / det) / 2)
    const change = Math.max(...next.map((value, at) => Math.abs(value - m[at]!)))
    m = next
    if (change < 1e-15) break
  }
  return m
}

function cofactor(m: readonly number[], r: number, c: number): number {
  const [r1, r2, c1, c2] = [(r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3]
  return m[3 * r1 + c1]! * m[3 * r2 + c2]! - m[3 * r1 + c2]! * m[3 * r2 + c1]!
}

/**
 * The world axis nearest to each voxel axis, oblique and sheared affines included, by the rule of nibabel 5.4: voxel axes choose
 * in turn, the one that lies closest to a world axis first, each world axis once.
 */
export function axisMapping(affine: Affine): AxisMapping {
  const rotation = closestRotation(affine)
  const share = (world: number, axis: number) => Math.abs(rotation[3 * world + axis]!)
  const strongest = (axis: number) => Math.max(share(0, axis), share(1, axis), share(2, axis))
  const free = [0, 1, 2]
  const world: [number, number, number] = [0, 1, 2]
  const sign: [number, number, number] = [1, 1, 1]
  for (const axis of [0, 1, 2].sort((a, b) => strongest(b) - strongest(a))) {
    const nearest = free.reduce((best, candidate) => (share(candidate, axis) > share(best, axis) ? candidate : best))
    free.splice(free.indexOf(nearest), 1)
    world[axis] = nearest
    sign[axis] = rotation[3 * nearest + axis]! < 0 ? -1 : 1
  }
  return { world, sign }
}

/** Codes of the three voxel axes, such as L, A, S. */
export function axisCodes(affine: Affine): [AxisCode, AxisCode, AxisCode] {
  const { world, sign } = axisMapping(affine)
  return world.map((axis, at) => codes[axis]![sign[at]! > 0 ? 0 : 1]) as [AxisCode, AxisCode, AxisCode]
}

export interface OrientedVolume<T> {
  readonly grid: Grid
  readonly values: T
}

/** The grid of a volume after its axes were permuted and flipped so that they run right, anterior, superior. */
export function rasGrid(grid: Grid): Grid {
  const { world, sign } = axisMapping(grid.affine)
  const from = [0, 1, 2].map((axis) => world.indexOf(axis))
  const shape = from.map((axis) => grid.shape[axis]!) as unknown as Grid['shape']
  const columns = from.map((axis) => [0, 1, 2].map((row) => grid.affine[4 * row + axis]! * sign[axis]!))
  const corner = [0, 1, 2].map((axis) => (sign[axis]! < 0 ? grid.shape[axis]! - 1 : 0)) as [number, number, number]
  const origin = applyAffine(grid.affine, corner)
  const affine = [0, 1, 2].flatMap((row) => [columns[0]![row]!, columns[1]![row]!, columns[2]![row]!, origin[row]!])
  return { shape, affine: [...affine, 0, 0, 0, 1] }
}

/** For every voxel of the RAS grid, the flat index of the same voxel in the original grid. */
export function rasSource(grid: Grid): Int32Array {
  const { world, sign } = axisMapping(grid.affine)
  const ras = rasGrid(grid)
  const out = new Int32Array(gridSize(grid))
  const at = [0, 0, 0]
  let next = 0
  for (let x = 0; x < ras.shape[0]; x++) {
    for (let y = 0; y < ras.shape[1]; y++) {
      for (let z = 0; z < ras.shape[2]; z++) {
        const point = [x, y, z]
        for (let axis = 0; axis < 3; axis++) {
          const value = point[world[axis]!]!
          at[axis] = sign[axis]! < 0 ? grid.shape[axis]! - 1 - value : value
        }
        out[next++] = flatIndex(grid.shape, at[0]!, at[1]!, at[2]!)
      }
    }
  }
  return out
}

/** Reorders a volume to RAS+, for display only. Values keep their places in millimetres. */
export function toRas<T extends Float32Array | Uint8Array | Int32Array>(values: T, grid: Grid): OrientedVolume<T> {
  const source = rasSource(grid)
  const out = values.slice() as T
  for (let i = 0; i < out.length; i++) out[i] = values[source[i]!]!
  return { grid: rasGrid(grid), values: out }
}

export type Plane = 'axial' | 'coronal' | 'sagittal'

export interface ViewConvention {
  /** neurological: left of the picture is left of the subject. radiological: left of the picture is right of the subject. */
  readonly leftRight: 'neurological' | 'radiological'
  /** Where the nose points in sagittal views. */
  readonly nose: 'left' | 'right'
}

export interface SliceLayout {
  /** RAS axis along the picture's width and height. */
  readonly across: 0 | 1 | 2
  readonly up: 0 | 1 | 2
  readonly through: 0 | 1 | 2
  /** True where the picture runs against the axis: index 0 is at the right edge. Up always rises with the axis. */
  readonly flipAcross: boolean
  readonly letters: {
    readonly left: AxisCode
    readonly right: AxisCode
    readonly top: AxisCode
    readonly bottom: AxisCode
  }
}

/** How a slice of a RAS+ volume is laid out, with the letter for each side of the picture. */
export function sliceLayout(plane: Plane, convention: ViewConvention): SliceLayout {
  const [across, up, through] = ({ axial: [0, 1, 2], coronal: [0, 2, 1], sagittal: [1, 2, 0] } as const)[plane]
  const flipAcross = plane === 'sagittal' ? convention.nose === 'left' : convention.leftRight === 'radiological'
  const [high, low] = codes[across]!
  const [top, bottom] = codes[up]!
  return {
    across,
    up,
    through,
    flipAcross,
    letters: { left: flipAcross ? high : low, right: flipAcross ? low : high, top, bottom },
  }
}
