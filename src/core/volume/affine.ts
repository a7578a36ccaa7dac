/**
 * Affines as NIfTI means them: 4 × 4, row-major, voxel (i, j, k) to RAS+ millimetres, and their other form, the quaternion
 * of a qform, which holds rotations and voxel sizes but no shear.
 */
import type { Affine } from './grid.ts'

export type Point = readonly [number, number, number]

export function applyAffine(affine: Affine, [x, y, z]: Point): [number, number, number] {
  const row = (r: number) => affine[4 * r]! * x + affine[4 * r + 1]! * y + affine[4 * r + 2]! * z + affine[4 * r + 3]!
  return [row(0), row(1), row(2)]
}

export function multiplyAffines(a: Affine, b: Affine): Affine {
  const out: number[] = []
  for (let r = 0; r < 4; r++)
    for (let c = 0; c < 4; c++) out.push([0, 1, 2, 3].reduce((sum, k) => sum + a[4 * r + k]! * b[4 * k + c]!, 0))
  return out
}

/** Determinant of the 3 × 3 part: negative where the voxel axes are left-handed. */
export function determinant(affine: Affine): number {
  const [a, b, c, , d, e, f, , g, h, i] = affine as readonly number[]
  return a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!)
}

/** Millimetres to voxels. A RangeError if the affine flattens space, which import refuses before. */
export function invertAffine(affine: Affine): Affine {
  const det = determinant(affine)
  if (!Number.isFinite(det) || det === 0) throw new RangeError('the affine has no inverse')
  const m = (r: number, c: number) => affine[4 * r + c]!
  const cofactor = (r: number, c: number) => {
    const [r1, r2] = [(r + 1) % 3, (r + 2) % 3]
    const [c1, c2] = [(c + 1) % 3, (c + 2) % 3]
    return m(r1, c1) * m(r2, c2) - m(r1, c2) * m(r2, c1)
  }
  const out: number[] = []
  for (let r = 0; r < 3; r++) {
    const row = [0, 1, 2].map((c) => cofactor(c, r) / det)
    out.push(...row, -(row[0]! * m(0, 3) + row[1]! * m(1, 3) + row[2]! * m(2, 3)))
  }
  return [...out, 0, 0, 0, 1]
}

/** Length of one voxel step along each axis, mm. */
export function voxelSizes(affine: Affine): [number, number, number] {
  const length = (c: number) => Math.hypot(affine[c]!, affine[4 + c]!, affine[8 + c]!)
  return [length(0), length(1), length(2)]
}

/** True if no entry differs by more than the tolerance (mm; offsets may differ ten times as much). */
export function sameAffine(a: Affine, b: Affine, tolerance = 1e-3): boolean {
  return a.every((number, at) => Math.abs(number - b[at]!) <= tolerance * (at % 4 === 3 ? 10 : 1))
}

export interface Quaternion {
  readonly b: number
  readonly c: number
  readonly d: number
  readonly offset: Point
  readonly sizes: Point
  /** −1 where the voxel axes are left-handed: the third column is then flipped. */
  readonly qfac: 1 | -1
}

/** The affine of a qform (NIfTI-1 specification, method 2). */
export function quaternionToAffine({ b, c, d, offset, sizes, qfac }: Quaternion): Affine {
  let a = 1 - (b * b + c * c + d * d)
  if (a < 1e-7) {
    // Half a turn: a is 0 and the rest must be of unit length.
    const scale = 1 / Math.sqrt(b * b + c * c + d * d)
    b *= scale
    c *= scale
    d *= scale
    a = 0
  } else a = Math.sqrt(a)
  const [dx, dy] = sizes
  const dz = sizes[2] * qfac
  return [
    (a * a + b * b - c * c - d * d) * dx,
    2 * (b * c - a * d) * dy,
    2 * (b * d + a * c) * dz,
    offset[0],
    2 * (b * c + a * d) * dx,
    (a * a + c * c - b * b - d * d) * dy,
    2 * (c * d - a * b) * dz,
    offset[1],
    2 * (b * d - a * c) * dx,
    2 * (c * d + a * b) * dy,
    (a * a + d * d - c * c - b * b) * dz,
    offset[2],
    0,
    0,
    0,
    1,
  ]
}

/** The qform that says the same as this affine, or null where none can (shear, or no volume). */
export function affineToQuaternion(affine: Affine): Quaternion | null {
  const sizes = voxelSizes(affine)
  const det = determinant(affine)
  if (det === 0 || !affine.every(Number.isFinite)) return null
  const qfac = det < 0 ? -1 : 1
  const r = (row: number, column: number) => (affine[4 * row + column]! / sizes[column]!) * (column === 2 ? qfac : 1)
  for (const [p, q] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const dot = r(0, p) * r(0, q) + r(1, p) * r(1, q) + r(2, p) * r(2, q)
    if (Math.abs(dot) > 1e-4) return null
  }
  const trace = 1 + r(0, 0) + r(1, 1) + r(2, 2)
  let [a, b, c, d] = [0, 0, 0, 0]
  if (trace > 0.5) {
    a = 0.5 * Math.sqrt(trace)
    b = (r(2, 1) - r(1, 2)) / (4 * a)
    c = (r(0, 2) - r(2, 0)) / (4 * a)
    d = (r(1, 0) - r(0, 1)) / (4 * a)
  } else {
    const xd = 1 + r(0, 0) - r(1, 1) - r(2, 2)
    const yd = 1 + r(1, 1) - r(0, 0) - r(2, 2)
    const zd = 1 + r(2, 2) - r(0, 0) - r(1, 1)
    if (xd >= yd && xd >= zd) {
      b = 0.5 * Math.sqrt(xd)
      c = (r(0, 1) + r(1, 0)) / (4 * b)
      d = (r(0, 2) + r(2, 0)) / (4 * b)
      a = (r(2, 1) - r(1, 2)) / (4 * b)
    } else if (yd >= zd) {
      c = 0.5 * Math.sqrt(yd)
      b = (r(0, 1) + r(1, 0)) / (4 * c)
      d = (r(1, 2) + r(2, 1)) / (4 * c)
      a = (r(0, 2) - r(2, 0)) / (4 * c)
    } else {
      d = 0.5 * Math.sqrt(zd)
      b = (r(0, 2) + r(2, 0)) / (4 * d)
      c = (r(1, 2) + r(2, 1)) / (4 * d)
      a = (r(1, 0) - r(0, 1)) / (4 * d)
    }
    if (a < 0) [b, c, d] = [-b, -c, -d]
  }
  return { b, c, d, offset: [affine[3]!, affine[7]!, affine[11]!], sizes, qfac }
}
