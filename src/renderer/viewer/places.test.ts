import { describe, expect, it } from 'vitest'
import { fullestSlice } from './places.ts'

const shape = [4, 5, 6] as const
const flat = (x: number, y: number, z: number) => (x * shape[1] + y) * shape[2] + z

describe('the slice where something is worst', () => {
  it('is the one with the most voxels, at one of them near their middle', () => {
    const bad = new Set([flat(0, 0, 1), flat(1, 1, 4), flat(2, 2, 4), flat(3, 3, 4)])
    expect(fullestSlice(shape, 2, (at) => bad.has(at))).toEqual([2, 2, 4])
  })

  it('is another one across another axis', () => {
    const bad = new Set([flat(1, 0, 0), flat(1, 4, 5), flat(2, 2, 2)])
    expect(fullestSlice(shape, 0, (at) => bad.has(at))?.[0]).toBe(1)
  })

  it('is nowhere where nothing is wrong', () => {
    expect(fullestSlice(shape, 1, () => false)).toBeNull()
  })
})
