import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/gauss3d.json' with { type: 'json' }
import type { VoxelSpace } from '../data/subject-data.ts'
import { Random } from '../random/random.ts'
import { filterNormalised, gaussianFilter, gaussianKernel, voxelFilter } from './gaussian-filter.ts'
import { flatIndex, type Grid, gridSize } from './grid.ts'

const shape = golden.shape as unknown as Grid['shape']
const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const volume = golden.vol.flat(2)
const support = golden.support.flat(2)
const supported: VoxelSpace = {
  grid: { shape, affine },
  index: Int32Array.from([...support.keys()].filter((at) => support[at] === 1)),
}
const largest = (a: ArrayLike<number>, b: readonly number[]) => {
  expect(a.length).toBe(b.length)
  return Math.max(...b.map((value, at) => Math.abs(value - a[at]!)))
}

describe('against the reference numbers (scipy.ndimage)', () => {
  it.each(golden.cases)('σ $sigma: kernel, zero padding, reflection', (expected) => {
    expect(largest(gaussianKernel(expected.sigma), expected.kernel)).toBeLessThan(1e-12)
    expect(gaussianKernel(expected.sigma).length).toBe(2 * expected.radius + 1)
    const [zero, reflect] = [expected.zero_padded, expected.reflect].map((values) => values.flat(2))
    expect(largest(gaussianFilter(volume, shape, expected.sigma), zero!)).toBeLessThan(1e-6)
    expect(largest(gaussianFilter(volume, shape, expected.sigma, 'reflect'), reflect!)).toBeLessThan(1e-6)
  })

  it.each(golden.cases)('σ $sigma: divided by the filtered support', ({ sigma, normalised }) => {
    const map = Array.from(supported.index, (at) => volume[at]!)
    const expected = Array.from(supported.index, (at) => normalised.flat(2)[at]!)
    expect(largest(filterNormalised(map, supported, sigma), expected)).toBeLessThan(1e-6)
  })
})

/** The definition: a sum over the whole cube of weights, with 0 outside the grid. */
function bruteForce(values: ArrayLike<number>, size: Grid['shape'], sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma + 0.5)
  const weight = (d: number) => Math.exp((-0.5 * d * d) / (sigma * sigma))
  let sum = 0
  for (let d = -radius; d <= radius; d++) sum += weight(d)
  const out = new Float64Array(values.length)
  const places = [...out.keys()].map((at) => [
    Math.floor(at / (size[1] * size[2])),
    Math.floor(at / size[2]) % size[1],
    at % size[2],
  ])
  for (const [to, a] of places.entries()) {
    for (const [from, b] of places.entries()) {
      const steps = a.map((value, axis) => Math.abs(value - b[axis]!))
      if (steps.some((step) => step > radius)) continue
      out[to]! += (values[from]! * weight(steps[0]!) * weight(steps[1]!) * weight(steps[2]!)) / sum ** 3
    }
  }
  return out
}

describe('properties', () => {
  it('equals the sum over the cube of weights, for any shape and σ', () => {
    const seed = 13
    const random = Random.of(seed, 'gaussian')
    for (let round = 0; round < 30; round++) {
      const size = [1 + random.integer(6), 1 + random.integer(6), 1 + random.integer(6)] as const
      const sigma = 0.2 + 1.5 * random.uniform()
      const values = random.normals(size[0] * size[1] * size[2])
      const expected = [...bruteForce(values, size, sigma)]
      expect(largest(gaussianFilter(values, size, sigma), expected), `seed ${seed}, round ${round}`).toBeLessThan(1e-12)
    }
  })

  it('leaves a constant map constant when divided by the support, and when reflected', () => {
    const constant = new Float64Array(supported.index.length).fill(0.7)
    for (const value of filterNormalised(constant, supported, 1.2)) expect(value).toBeCloseTo(0.7, 12)
    for (const value of gaussianFilter(new Float64Array(gridSize(supported.grid)).fill(0.7), shape, 1.2, 'reflect'))
      expect(value).toBeCloseTo(0.7, 12)
  })

  it('takes distances from the grid, not from the list of voxels', () => {
    // Neighbours in the list that lie at opposite ends of the grid do not mix.
    const space: VoxelSpace = { grid: { shape: [1, 1, 40], affine }, index: Int32Array.of(0, 20, 21) }
    const filtered = voxelFilter(space, 1, 'zero')([1, 0, 0])
    expect(filtered[0]).toBeCloseTo(gaussianKernel(1)[4]! ** 3, 12)
    expect(filtered[1]).toBe(0)
    expect(filtered[2]).toBe(0)
  })

  it('is the identity at σ 0, as a copy', () => {
    const map = Float32Array.of(1, 2, 3)
    const space: VoxelSpace = { grid: { shape: [1, 1, 3], affine }, index: Int32Array.of(0, 1, 2) }
    const filtered = filterNormalised(map, space, 0)
    filtered[0] = 9
    expect([...filtered]).toEqual([9, 2, 3])
    expect(map[0]).toBe(1)
    const whole = gaussianFilter(map, [1, 1, 3], 0)
    whole[0] = 9
    expect(map[0]).toBe(1)
  })

  it('keeps a lone voxel alone where it is the only one in use', () => {
    const space: VoxelSpace = {
      grid: { shape: [5, 5, 5], affine },
      index: Int32Array.of(flatIndex([5, 5, 5], 2, 2, 2)),
    }
    expect(filterNormalised([0.4], space, 1)[0]).toBeCloseTo(0.4, 12)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses σ %s', (sigma) => {
    expect(() => voxelFilter(supported, sigma)).toThrow(RangeError)
    expect(() => gaussianFilter(volume, shape, sigma)).toThrow(RangeError)
  })
})
