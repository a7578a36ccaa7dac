/** How one mask compares with another, and where it lies: numbers a reviewer needs before a verdict. */
import type { VoxelSpace } from '../data/subject-data.ts'
import { applyAffine, determinant } from './affine.ts'

export interface Overlap {
  readonly dice: number
  /** Share of the mask that lies in the reference. */
  readonly precision: number
  /** Share of the reference that the mask covers. */
  readonly recall: number
  readonly intersectionOverUnion: number
}

/** Masks of equal length (else a RangeError), 0/1. A ratio without a denominator is 0. */
export function overlap(mask: ArrayLike<number>, reference: ArrayLike<number>): Overlap {
  if (mask.length !== reference.length)
    throw new RangeError(`masks of ${mask.length} and ${reference.length} voxels do not compare`)
  let both = 0
  let inMask = 0
  let inReference = 0
  for (let v = 0; v < mask.length; v++) {
    const a = mask[v]! > 0
    const b = reference[v]! > 0
    if (a) inMask++
    if (b) inReference++
    if (a && b) both++
  }
  const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : 0)
  return {
    dice: ratio(2 * both, inMask + inReference),
    precision: ratio(both, inMask),
    recall: ratio(both, inReference),
    intersectionOverUnion: ratio(both, inMask + inReference - both),
  }
}

export interface MaskLocation {
  readonly voxels: number
  readonly cubicCentimetres: number
  /** Voxels whose centre has x < 0, x > 0 and x = 0 in RAS millimetres. */
  readonly left: number
  readonly right: number
  readonly middle: number
  /** Centre of mass in mm, or null for an empty mask. */
  readonly centre: readonly [number, number, number] | null
}

/** Left and right come from the affine, never from the order of the array. */
export function maskLocation(mask: ArrayLike<number>, space: VoxelSpace): MaskLocation {
  const { grid, index } = space
  const [, ny, nz] = grid.shape
  let [voxels, left, right] = [0, 0, 0]
  const sum = [0, 0, 0]
  for (let v = 0; v < index.length; v++) {
    if (!mask[v]) continue
    const at = index[v]!
    const place = applyAffine(grid.affine, [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz])
    voxels++
    if (place[0] < -1e-6) left++
    else if (place[0] > 1e-6) right++
    for (let axis = 0; axis < 3; axis++) sum[axis]! += place[axis]!
  }
  return {
    voxels,
    cubicCentimetres: (voxels * Math.abs(determinant(grid.affine))) / 1000,
    left,
    right,
    middle: voxels - left - right,
    centre: voxels === 0 ? null : [sum[0]! / voxels, sum[1]! / voxels, sum[2]! / voxels],
  }
}
