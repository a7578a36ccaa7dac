/**
 * Which region of a label volume lies at a place. The place is in millimetres of the subject (RAS+), the label volume has a grid of
 * its own, and the nearest of its voxels is asked: left and right come from its affine, never from the order of its voxels.
 */
import { applyAffine, invertAffine, type Point } from './affine.ts'
import { flatIndex, type Grid } from './grid.ts'

/** How far past a face rounding alone may put a place, in voxels; the same as when a volume is resampled. */
const dust = 1e-6

export interface Region {
  readonly label: number
  readonly name: string | null
  /** Whether another label of the volume has the same name, as left and right twins often have; the number then tells them apart. */
  readonly shared: boolean
}

/** null outside all regions, be it at label 0 or beyond the volume. `labels` has one whole number per voxel of `grid`. */
export function regionAt(
  labels: ArrayLike<number>,
  grid: Grid,
  names: ReadonlyMap<number, string>,
  millimetres: Point,
): Region | null {
  const at = applyAffine(invertAffine(grid.affine), millimetres)
  if (at.some((place, axis) => place < -0.5 - dust || place > grid.shape[axis]! - 0.5 + dust)) return null
  const [x, y, z] = at.map((place, axis) =>
    Math.min(Math.max(Math.floor(place + 0.5 + dust), 0), grid.shape[axis]! - 1),
  )
  const label = labels[flatIndex(grid.shape, x!, y!, z!)]!
  if (label === 0) return null
  const name = names.get(label) || null
  const shared = name !== null && [...names].some(([other, own]) => other !== label && own === name)
  return { label, name, shared }
}
