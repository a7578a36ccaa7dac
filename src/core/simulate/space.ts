/**
 * How a simulated brain is stored: a 1.8 mm grid behind the middle of the head, with x to the subject's right (RAS) or to the
 * left (LAS). Everything is simulated in canonical order; a LAS grid holds the same brain with x counted the other way.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import type { Affine } from '../volume/grid.ts'
import { type Handedness, voxelSize } from './settings.ts'
import type { Shape3 } from './smooth-noise.ts'

/** RAS+ millimetres of the middle of the grid: on the midline, posterior. */
const middle = [0, -68, -2] as const

export function gridAffine(shape: Shape3, handedness: Handedness): Affine {
  const corner = (axis: number) => middle[axis]! - (voxelSize * (shape[axis]! - 1)) / 2
  const sign = handedness === 'RAS' ? 1 : -1
  // biome-ignore format: a matrix
  return [
    sign * voxelSize, 0, 0, sign * corner(0),
    0, voxelSize, 0, corner(1),
    0, 0, voxelSize, corner(2),
    0, 0, 0, 1,
  ]
}

export interface Storage {
  readonly space: VoxelSpace
  /** Position among the canonical voxels of each stored one; null where the orders agree. */
  readonly order: Int32Array | null
}

/** `at`: canonical flat indices of the voxels in use, ascending. */
export function storage(shape: Shape3, at: Int32Array, handedness: Handedness): Storage {
  const grid = { shape, affine: gridAffine(shape, handedness) }
  if (handedness === 'RAS') return { space: { grid, index: at }, order: null }
  const plane = shape[1] * shape[2]
  const stored = at.map((voxel) => (shape[0] - 1 - Math.floor(voxel / plane)) * plane + (voxel % plane))
  const order = Int32Array.from(stored.keys()).sort((a, b) => stored[a]! - stored[b]!)
  return { space: { grid, index: order.map((from) => stored[from]!) }, order }
}

/** Puts the columns of a rows × columns array into stored order, in place. */
export function reorder(values: Float32Array | Uint8Array, columns: number, order: Int32Array | null): void {
  if (order === null) return
  const kept = values.slice(0, columns)
  for (let from = 0; from < values.length; from += columns) {
    kept.set(values.subarray(from, from + columns))
    for (let c = 0; c < columns; c++) values[from + c] = kept[order[c]!]!
  }
}
