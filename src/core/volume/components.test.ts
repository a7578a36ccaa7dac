import { describe, expect, it } from 'vitest'
import type { VoxelSpace } from '../data/subject-data.ts'
import { Random } from '../random/random.ts'
import { type Connectivity, componentSizes } from './components.ts'
import { flatIndex } from './grid.ts'

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const whole = (shape: readonly [number, number, number]): VoxelSpace => ({
  grid: { shape, affine },
  index: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, at) => at),
})

/** Pieces by merging every pair of touching voxels, the definition rather than a search. */
function bruteForce(mask: Uint8Array, { grid, index }: VoxelSpace, connectivity: Connectivity): number[] {
  const [, ny, nz] = grid.shape
  const places = [...index].map((at) => [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz])
  const piece = [...index.keys()]
  const touching = { 6: 1, 18: 2, 26: 3 }[connectivity]
  for (const [i, a] of places.entries()) {
    for (const [j, b] of places.entries()) {
      const steps = a.map((value, axis) => Math.abs(value - b[axis]!))
      const near = Math.max(...steps) <= 1 && steps.reduce((sum, step) => sum + step, 0) <= touching
      if (!mask[i] || !mask[j] || !near || piece[i] === piece[j]) continue
      const [from, to] = [piece[i]!, piece[j]!]
      for (const v of piece.keys()) if (piece[v] === from) piece[v] = to
    }
  }
  const sizes = new Map<number, number>()
  for (const v of piece.keys()) if (mask[v]) sizes.set(piece[v]!, (sizes.get(piece[v]!) ?? 0) + 1)
  return [...sizes.values()].sort((a, b) => b - a)
}

describe('componentSizes', () => {
  it('equals merging all touching pairs, for any mask, voxel list and connectivity', () => {
    const seed = 41
    const random = Random.of(seed, 'components')
    for (let round = 0; round < 60; round++) {
      const shape = [1 + random.integer(5), 1 + random.integer(5), 1 + random.integer(5)] as const
      const density = random.uniform()
      const { grid, index } = whole(shape)
      const space = { grid, index: index.filter(() => random.uniform() < 0.8) }
      const mask = Uint8Array.from(space.index, () => (random.uniform() < density ? 1 : 0))
      for (const connectivity of [6, 18, 26] as const) {
        const label = `seed ${seed}, round ${round}, ${connectivity} neighbours`
        expect(componentSizes(mask, space, connectivity), label).toEqual(bruteForce(mask, space, connectivity))
      }
    }
  })

  it('joins by face, edge and corner as asked', () => {
    const shape = [2, 2, 2] as const
    const at = (...places: [number, number, number][]) => {
      const mask = new Uint8Array(8)
      for (const place of places) mask[flatIndex(shape, ...place)] = 1
      return ([6, 18, 26] as const).map((connectivity) => componentSizes(mask, whole(shape), connectivity).length)
    }
    expect(at([0, 0, 0], [1, 0, 0])).toEqual([1, 1, 1])
    expect(at([0, 0, 0], [1, 1, 0])).toEqual([2, 1, 1])
    expect(at([0, 0, 0], [1, 1, 1])).toEqual([2, 2, 1])
  })

  it('does not wrap around the edge of the grid', () => {
    const shape = [1, 2, 3] as const
    const mask = new Uint8Array(6)
    mask[flatIndex(shape, 0, 0, 2)] = 1
    mask[flatIndex(shape, 0, 1, 0)] = 1
    expect(componentSizes(mask, whole(shape))).toEqual([1, 1])
  })

  it('finds none in an empty mask, one in a full one', () => {
    expect(componentSizes(new Uint8Array(60), whole([3, 4, 5]))).toEqual([])
    expect(componentSizes(new Uint8Array(60).fill(1), whole([3, 4, 5]), 6)).toEqual([60])
    expect(componentSizes(Uint8Array.of(1), whole([1, 1, 1]))).toEqual([1])
  })
})
