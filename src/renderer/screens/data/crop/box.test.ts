/** The crop box between the screen's RAS+ and the axes of the file. */
import { describe, expect, it } from 'vitest'
import { toRas } from '../../../../core/volume/orientation.ts'
import { borderOf, boxFromRas, boxToRas, countInBox, withFace } from './box.ts'

/** Stored as P, S, L: y falls along i, z rises along j, x falls along k. */
const stored = {
  shape: [4, 5, 6] as const,
  affine: [0, 0, -2, 10, -2, 0, 0, 20, 0, 2, 0, -30, 0, 0, 0, 1],
}
const box = { start: [1, 2, 0], shape: [2, 3, 4] } as const

describe('a crop box on the screen', () => {
  it('holds the same voxels as in the file', () => {
    const inFile = new Float32Array(4 * 5 * 6)
    for (let i = 1; i < 3; i++) for (let j = 2; j < 5; j++) for (let k = 0; k < 4; k++) inFile[(i * 5 + j) * 6 + k] = 1
    const shown = toRas(inFile, stored)
    const found = countInBox(shown.values, [...shown.grid.shape], boxToRas(box, stored))
    expect(found).toEqual({ all: 24, inside: 24 })
  })

  it('has its axes by the affine: what is last along k in the file is leftmost', () => {
    expect(boxToRas(box, stored)).toEqual({ start: [2, 1, 2], shape: [4, 2, 3] })
  })

  it('comes back as it was', () => {
    expect(boxFromRas(boxToRas(box, stored), stored)).toEqual(box)
  })

  it('moves one face, keeps a voxel and stays in the grid', () => {
    const sizes = [6, 4, 5]
    const ras = boxToRas(box, stored)
    expect(borderOf(ras, 0, 'high')).toBe(6)
    expect(withFace(ras, 0, 'low', 4.4, sizes)).toEqual({ start: [4, 1, 2], shape: [2, 2, 3] })
    expect(withFace(ras, 0, 'low', 99, sizes)).toEqual({ start: [5, 1, 2], shape: [1, 2, 3] })
    expect(withFace(ras, 1, 'high', 99, sizes)).toEqual({ start: [2, 1, 2], shape: [4, 3, 3] })
    expect(withFace(ras, 2, 'low', -3, sizes)).toEqual({ start: [2, 1, 0], shape: [4, 2, 5] })
  })
})
