/**
 * The low-pass of Algorithm 1: a separable 3D Gaussian over the whole grid, radius int(4 σ + .5) voxels. A map over some voxels
 * is put back into the grid first, with 0 elsewhere, because neighbours in space are not neighbours in the list.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import { type Grid, gridSize } from './grid.ts'

export type Boundary = 'zero' | 'reflect'

/** Weights from −radius to radius, summing to 1. σ in voxels. */
export function gaussianKernel(sigma: number): Float64Array {
  if (sigma <= 0) return Float64Array.of(1)
  const radius = Math.floor(4 * sigma + 0.5)
  const kernel = new Float64Array(2 * radius + 1)
  let sum = 0
  for (let i = -radius; i <= radius; i++) sum += kernel[i + radius] = Math.exp((-0.5 * i * i) / (sigma * sigma))
  return kernel.map((weight) => weight / sum)
}

/** Position i mirrored into [0, n): … 1 0 | 0 1 … n−1 | n−1 … */
function mirror(i: number, n: number): number {
  const period = 2 * n
  const at = ((i % period) + period) % period
  return at < n ? at : period - 1 - at
}

function filterAxis(
  values: Float64Array,
  out: Float64Array,
  length: number,
  stride: number,
  kernel: Float64Array,
  boundary: Boundary,
): void {
  const radius = (kernel.length - 1) / 2
  const block = length * stride
  for (let base = 0; base < values.length; base += block) {
    for (let inner = 0; inner < stride; inner++) {
      const start = base + inner
      for (let i = 0; i < length; i++) {
        let sum = 0
        if (boundary === 'zero') {
          const low = Math.max(-radius, -i)
          const high = Math.min(radius, length - 1 - i)
          for (let k = low; k <= high; k++) sum += kernel[k + radius]! * values[start + (i + k) * stride]!
        } else
          for (let k = -radius; k <= radius; k++)
            sum += kernel[k + radius]! * values[start + mirror(i + k, length) * stride]!
        out[start + i * stride] = sum
      }
    }
  }
}

/** Filters a whole grid (flat order). σ in voxels; 0 gives a copy. */
export function gaussianFilter(
  values: ArrayLike<number>,
  shape: Grid['shape'],
  sigma: number,
  boundary: Boundary = 'zero',
): Float64Array {
  let from = Float64Array.from(values)
  if (sigma <= 0) return from
  const kernel = gaussianKernel(sigma)
  let to = new Float64Array(from.length)
  const strides = [shape[1] * shape[2], shape[2], 1]
  for (let axis = 0; axis < 3; axis++) {
    filterAxis(from, to, shape[axis]!, strides[axis]!, kernel, boundary)
    ;[from, to] = [to, from]
  }
  return from
}

/** G ∗ map for one voxel list and σ, read back at the voxels of the list; keeps the filtered support between calls. */
export type VoxelFilter = (map: ArrayLike<number>) => Float64Array

/** `normalised` divides by the filtered support, so that an edge of the brain is not taken for an edge of the map. */
export function voxelFilter(
  space: VoxelSpace,
  sigma: number,
  boundary: 'normalised' | 'zero' = 'normalised',
): VoxelFilter {
  const { grid, index } = space
  const scatter = (map: ArrayLike<number>) => {
    const volume = new Float64Array(gridSize(grid))
    for (let v = 0; v < index.length; v++) volume[index[v]!] = map[v]!
    return volume
  }
  if (sigma <= 0) return (map) => Float64Array.from(map)
  const support =
    boundary === 'normalised' ? gaussianFilter(scatter(new Uint8Array(index.length).fill(1)), grid.shape, sigma) : null
  return (map) => {
    const filtered = gaussianFilter(scatter(map), grid.shape, sigma)
    return Float64Array.from(index, (at) => filtered[at]! / (support?.[at] ?? 1))
  }
}

/** One-off form of `voxelFilter`, normalised by the filtered support. */
export function filterNormalised(map: ArrayLike<number>, space: VoxelSpace, sigma: number): Float64Array {
  return voxelFilter(space, sigma)(map)
}
