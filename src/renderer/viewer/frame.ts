/** What part of a grid is worth showing, how large, and between which values: all measured on the data, none guessed. */
import { voxelSizes } from '../../core/volume/affine.ts'
import type { OrientedVolume } from '../../core/volume/orientation.ts'

/** First and last voxel of the brain along each RAS axis. */
export interface Frame {
  readonly low: readonly [number, number, number]
  readonly high: readonly [number, number, number]
}

export function brainFrame({ grid, values }: OrientedVolume<Float32Array>): Frame {
  const [nx, ny, nz] = grid.shape
  const low: [number, number, number] = [nx, ny, nz]
  const high: [number, number, number] = [-1, -1, -1]
  for (let x = 0, at = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      for (let z = 0; z < nz; z++, at++) {
        if (values[at]! <= 0) continue
        const point = [x, y, z]
        for (let axis = 0; axis < 3; axis++) {
          if (point[axis]! < low[axis]!) low[axis] = point[axis]!
          if (point[axis]! > high[axis]!) high[axis] = point[axis]!
        }
      }
  return high[0] < 0 ? { low: [0, 0, 0], high: [nx - 1, ny - 1, nz - 1] } : { low, high }
}

/** Room for letters around the brain, in pixels. */
export const margin = { across: 36, up: 30 }

/**
 * Pixels per millimetre at which the brain fits into all three slice views; the same in all of them. `cells` are the views' sizes in
 * pixels in the order sagittal, coronal, axial.
 */
export function sharedScale(
  { low, high }: Frame,
  affine: readonly number[],
  cells: readonly (readonly [number, number])[],
): number {
  const sizes = voxelSizes(affine)
  const extent = [0, 1, 2].map((axis) => (high[axis]! - low[axis]! + 1) * sizes[axis]!)
  const planes = [
    [1, 2],
    [0, 2],
    [0, 1],
  ] as const
  const scales = planes.flatMap(([across, up], at) => {
    const [width, height] = cells[at]!
    return [(width - 2 * margin.across) / extent[across]!, (height - 2 * margin.up) / extent[up]!]
  })
  return Math.max(0.2, Math.min(16, ...scales))
}

/** Values shown black and white: the brain's own range with a little room, so that overlays stand out against the grey. */
export function usualWindow(
  background: OrientedVolume<Float32Array>,
  brain: OrientedVolume<Float32Array>,
): [number, number] {
  const inside = background.values.filter((_, at) => brain.values[at]! > 0).sort()
  if (inside.length === 0) return [0, 1]
  const quantile = (share: number) => inside[Math.min(inside.length - 1, Math.floor(share * inside.length))]!
  const [low, high] = [quantile(0.02), quantile(0.995)]
  // A background without structure, such as the outline of a simulated brain, is shown as a middle grey.
  if (high - low < 1e-6 * Math.max(1, Math.abs(high))) return [high - 1, high + 2]
  return [low - 0.35 * (high - low), high + 0.25 * (high - low)]
}
