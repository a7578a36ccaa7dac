import { describe, expect, it } from 'vitest'
import { Random } from '../../core/random/random.ts'
import { voxelFilter } from '../../core/volume/gaussian-filter.ts'
import { gridSize } from '../../core/volume/grid.ts'
import { topVoxels } from '../../core/volume/top-voxels.ts'
import { blurWidths, filterPreview, previewSource } from './filter-preview.ts'

const grid = { shape: [9, 8, 7] as const, affine: [-2, 0, 0, 5, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] }
const seed = 29
const random = Random.of(seed, 'preview')
const brain = Float32Array.from({ length: gridSize(grid) }, () => (random.uniform() < 0.7 ? 1 : 0))
const map = Float32Array.from(brain, (inside) => (inside > 0 ? random.normal() : 0))
const index = Int32Array.from(brain.keys()).filter((at) => brain[at]! > 0)
const budget = 40

/** The mask of a run: the engine's own two functions, one after the other. */
function runMask(sigma: number, boundary: 'normalised' | 'zero'): Float32Array {
  const weights = Float64Array.from(index, (at) => map[at]!)
  const score = Float32Array.from(voxelFilter({ grid, index }, sigma, boundary)(weights))
  const found = topVoxels(score, budget)
  const out = new Float32Array(gridSize(grid))
  if (found.ok) for (const [v, at] of index.entries()) out[at] = found.value.mask[v]!
  return out
}

describe('the preview of a filter', () => {
  it.each(['normalised', 'zero'] as const)('at the run’s own width is the run’s mask, borders %s', (boundary) => {
    const mask = runMask(0.7, boundary)
    const found = filterPreview(previewSource(grid, brain, map, mask), 0.7, budget, boundary)!
    expect([...found.volume]).toEqual([...mask])
    expect(found.swapped).toBe(0)
  })

  it('keeps exactly V voxels of the brain at every width', () => {
    const source = previewSource(grid, brain, map, runMask(0.7, 'normalised'))
    for (const sigma of [0, 0.1, 0.5, 1, 1.4]) {
      const { volume, voxels } = filterPreview(source, sigma, budget, 'normalised')!
      expect(voxels).toBe(budget)
      expect(volume.reduce((sum, value) => sum + value, 0)).toBe(budget)
      expect(volume.every((value, at) => value === 0 || brain[at]! > 0)).toBe(true)
    }
    expect(filterPreview(source, 0, 1e6, 'normalised')!.voxels).toBe(index.length)
  })

  it('counts what the filter swaps, and makes fewer pieces of scattered voxels', () => {
    const source = previewSource(grid, brain, map, runMask(0, 'normalised'))
    const none = filterPreview(source, 0, budget, 'normalised')!
    const wide = filterPreview(source, 1.4, budget, 'normalised')!
    expect(none.swapped).toBe(0)
    expect(wide.swapped).toBeGreaterThan(0)
    expect(wide.swapped).toBeLessThanOrEqual(budget)
    expect(wide.pieces).toBeLessThan(none.pieces)
  })

  it('gives no preview of a map that is not a number', () => {
    const source = previewSource(
      grid,
      brain,
      map.map(() => Number.NaN),
      brain,
    )
    expect(filterPreview(source, 0.5, budget, 'normalised')).toBeNull()
  })

  it('says its width in millimetres', () => {
    const [x, y, z] = blurWidths(0.7, [1.8, 1.8, 3])
    expect(x).toBeCloseTo(2.967, 3)
    expect(y).toBe(x)
    expect(z).toBeCloseTo(4.945, 3)
  })
})
