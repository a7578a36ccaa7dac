/**
 * The low-pass of Algorithm 1: a separable 3D Gaussian over the whole grid, radius int(4 σ + .5) voxels. A map over some voxels
 * is put back into the grid first, with 0 elsewhere, because neighbours in space are not neighbours in the list.
 */
import type { VoxelSpace } from '../data/subject-data.ts'
import { type Grid, gridSize } from './grid.ts'

export type Boundary = 'zero' | 'reflect'

/** Weights from −radius to radius, summing to 1. σ in voxels; 0 gives the identity. A RangeError below 0 or where σ is not finite. */
export function gaussianKernel(sigma: number): Float64Array {
  if (!(sigma >= 0) || !Number.isFinite(sigma)) throw new RangeError(`sigma ${sigma} is no width of a Gaussian`)
  if (sigma === 0) return Float64Array.of(1)
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

/** Sums run over whole rows of the last axes at a time, because these lie side by side in memory. */
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
  out.fill(0)
  for (let base = 0; base < values.length; base += block) {
    for (let i = 0; i < length; i++) {
      const to = base + i * stride
      for (let k = -radius; k <= radius; k++) {
        const weight = kernel[k + radius]!
        let neighbour = i + k
        if (neighbour < 0 || neighbour >= length) {
          if (boundary === 'zero') continue
          neighbour = mirror(neighbour, length)
        }
        const from = base + neighbour * stride
        for (let inner = 0; inner < stride; inner++) out[to + inner]! += weight * values[from + inner]!
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
  let from = new Float64Array(values)
  const kernel = gaussianKernel(sigma)
  if (sigma === 0) return from
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
  gaussianKernel(sigma) // refuses a bad σ here, not at the first map
  const scatter = (map: ArrayLike<number>) => {
    const volume = new Float64Array(gridSize(grid))
    for (let v = 0; v < index.length; v++) volume[index[v]!] = map[v]!
    return volume
  }
  if (sigma === 0) return (map) => new Float64Array(map)
  const support =
    boundary === 'normalised' ? gaussianFilter(scatter(new Uint8Array(index.length).fill(1)), grid.shape, sigma) : null
  return (map) => {
    const filtered = gaussianFilter(scatter(map), grid.shape, sigma)
    const out = new Float64Array(index.length)
    for (let v = 0; v < index.length; v++) out[v] = filtered[index[v]!]! / (support === null ? 1 : support[index[v]!]!)
    return out
  }
}

/** One-off form of `voxelFilter`, normalised by the filtered support. */
export function filterNormalised(map: ArrayLike<number>, space: VoxelSpace, sigma: number): Float64Array {
  return voxelFilter(space, sigma)(map)
}
