import { describe, expect, it } from 'vitest'
import { flatIndex, type Grid } from './grid.ts'
import { regionAt } from './region-at.ts'

/** 4 × 2 × 2 voxels of 10 mm; x runs from −15 to 15 in one volume and from 15 to −15 in the other. */
const grids = {
  RAS: { shape: [4, 2, 2], affine: [10, 0, 0, -15, 0, 10, 0, -5, 0, 0, 10, -5, 0, 0, 0, 1] },
  LAS: { shape: [4, 2, 2], affine: [-10, 0, 0, 15, 0, 10, 0, -5, 0, 0, 10, -5, 0, 0, 0, 1] },
} as const satisfies Record<string, Grid>

/** Label 1 left of the middle and 2 right of it, as the affine says; the voxels at z −5 have none. */
function twins(grid: Grid): Int32Array {
  const labels = new Int32Array(16)
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 2; j++)
      labels[flatIndex(grid.shape, i, j, 1)] = grid.affine[0]! * i + grid.affine[3]! < 0 ? 1 : 2
  return labels
}

describe.each(Object.entries(grids))('the region at a place, stored %s', (_, grid) => {
  const labels = twins(grid)
  const names = new Map([
    [1, 'V1'],
    [2, 'V1'],
    [3, 'V2'],
  ])

  it('tells left from right twins by the affine, and by number where they share a name', () => {
    expect(regionAt(labels, grid, names, [-15, 0, 5])).toEqual({ label: 1, name: 'V1', shared: true })
    expect(regionAt(labels, grid, names, [15, 0, 5])).toEqual({ label: 2, name: 'V1', shared: true })
    const own = new Map([...names, [2, 'V1 right']])
    expect(regionAt(labels, grid, own, [1, 0, 5])).toEqual({ label: 2, name: 'V1 right', shared: false })
    expect(regionAt(labels, grid, own, [-1, 0, 5])).toEqual({ label: 1, name: 'V1', shared: false })
  })

  it('is that of the nearest voxel', () => {
    expect(regionAt(labels, grid, names, [-0.4, 3, 9.9])?.label).toBe(1)
    expect(regionAt(labels, grid, names, [0.4, 3, 0.1])?.label).toBe(2)
    expect(regionAt(labels, grid, names, [0.4, 3, -0.1])).toBeNull()
  })

  it('is none at label 0 and beyond the volume, and has no name where the table has none', () => {
    expect(regionAt(labels, grid, names, [5, 0, -5])).toBeNull()
    expect(regionAt(labels, grid, names, [20.1, 0, 5])).toBeNull()
    expect(regionAt(labels, grid, names, [-20.1, 0, 5])).toBeNull()
    expect(regionAt(labels, grid, new Map(), [5, 0, 5])).toEqual({ label: 2, name: null, shared: false })
  })
})
