import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import { Random } from '../random/random.ts'
import { applyAffine } from './affine.ts'
import { cropGrid, cropVolume } from './crop.ts'
import { flatIndex, type Grid, gridSize } from './grid.ts'
import { rasGrid, toRas } from './orientation.ts'
import { resampleNearest, resampleTrilinear } from './resample.ts'

const cases = [...fixture.orders, ...fixture.turned]
const shape = fixture.shape as [number, number, number]
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const labels = Int32Array.from({ length: 60 }, (_, at) => at + 1)

describe('resampling', () => {
  it('to the same grid changes nothing', () => {
    const seed = 3
    const values = Random.of(seed, 'resample').normals(60)
    for (const { affine, kind } of cases) {
      const grid: Grid = { shape, affine }
      expect(resampleNearest(labels, grid, grid), kind).toEqual(labels)
      expect(resampleTrilinear(values, grid, grid), `${kind}, seed ${seed}`).toEqual(values)
    }
  })

  it('to the RAS+ grid is the same as reordering, in every orientation', () => {
    for (const { affine, kind } of cases) {
      const grid: Grid = { shape, affine }
      expect(resampleNearest(labels, grid, rasGrid(grid)), kind).toEqual(toRas(labels, grid).values)
      const floats = Float32Array.from(labels)
      expect(resampleTrilinear(floats, grid, rasGrid(grid)), kind).toEqual(toRas(floats, grid).values)
    }
  })

  it('to a crop is the same as cropping, and back leaves the outside value around it', () => {
    for (const { affine, kind } of cases) {
      const grid: Grid = { shape, affine }
      const box = { start: [1, 0, 2], shape: [2, 3, 2] } as const
      const small = cropGrid(grid, box)
      const inside = cropVolume(labels, grid, box)
      expect(resampleNearest(labels, grid, small), kind).toEqual(inside)
      const back = resampleNearest(inside, small, grid, -9)
      expect(
        back.filter((value) => value === -9),
        kind,
      ).toHaveLength(60 - inside.length)
      expect(cropVolume(back, grid, box), kind).toEqual(inside)
    }
  })

  it('gives a plane in space back, whatever both grids are (trilinear)', () => {
    const seed = 8
    const random = Random.of(seed, 'plane')
    const plane = ([x, y, z]: readonly [number, number, number]) => 0.3 * x - 0.7 * y + 0.2 * z + 5
    for (const [round, { affine }] of fixture.turned.entries()) {
      const grid: Grid = { shape, affine }
      const values = new Float64Array(60)
      for (let x = 0; x < shape[0]; x++)
        for (let y = 0; y < shape[1]; y++)
          for (let z = 0; z < shape[2]; z++) values[flatIndex(shape, x, y, z)] = plane(applyAffine(affine, [x, y, z]))
      // One voxel of an unrelated grid, placed somewhere among the voxel centres of the first.
      const centre = shape.map((size) => random.uniform() * (size - 1)) as [number, number, number]
      const millimetres = applyAffine(affine, centre)
      const other = fixture.turned[(round + 7) % fixture.turned.length]!.affine.map((value, at) =>
        at % 4 === 3 && at < 12 ? millimetres[(at - 3) / 4]! : value,
      )
      const [found] = resampleTrilinear(values, grid, { shape: [1, 1, 1], affine: other })
      expect(found, `seed ${seed}, round ${round}`).toBeCloseTo(plane(millimetres), 4)
    }
  })

  it('takes a voxel to reach to its faces', () => {
    const line: Grid = { shape: [1, 1, 4], affine: identity }
    const values = Float32Array.of(10, 20, 30, 40)
    const at = (z: number): Grid => ({ shape: [1, 1, 1], affine: identity.map((value, i) => (i === 11 ? z : value)) })
    const trilinear = (z: number) => resampleTrilinear(values, line, at(z), -1)[0]
    const nearest = (z: number) => resampleNearest(values, line, at(z), -1)[0]
    expect([-0.6, -0.4, 0.25, 1.5, 3.4, 3.6].map(trilinear)).toEqual([-1, 10, 12.5, 25, 40, -1])
    expect([-0.6, -0.4, 0.25, 0.75, 3.4, 3.6].map(nearest)).toEqual([-1, 10, 10, 20, 40, -1])
  })

  it('decides half way between voxels the same way, whatever rounding says', () => {
    const ids = Int32Array.from({ length: 60 }, (_, at) => at)
    // With these sizes and offsets some or all half ways come out below a half in floating point.
    for (const [size, offset] of [
      [1.8, -61.3],
      [2.2, -90.3],
      [1.1, -33.3],
    ] as const) {
      const line = (start: number, length: number): Grid => ({
        shape: [1, 1, length],
        affine: identity.map((value, at) => (at === 10 ? size : at === 11 ? start : value)),
      })
      expect([...resampleNearest(ids, line(offset, 60), line(offset + size / 2, 59))]).toEqual([...ids].slice(1))
    }
  })

  it('keeps labels labels, and NaN to where it counts', () => {
    const from: Grid = { shape: [2, 2, 2], affine: identity }
    const to: Grid = { shape: [4, 4, 4], affine: identity.map((value, at) => (at < 12 && at % 5 === 0 ? 0.5 : value)) }
    const mask = resampleNearest(Uint8Array.of(0, 7, 0, 7, 0, 0, 7, 7), from, to)
    expect(mask).toBeInstanceOf(Uint8Array)
    expect(mask).toHaveLength(gridSize(to))
    expect([...new Set(mask)].sort()).toEqual([0, 7])
    const holed = Float32Array.of(1, Number.NaN, 2, 3, 4, 5, 6, 7)
    const found = resampleTrilinear(holed, from, to)
    expect(found[flatIndex(to.shape, 0, 0, 0)]).toBe(1)
    expect(found[flatIndex(to.shape, 0, 0, 1)]).toBeNaN()
    expect(found[flatIndex(to.shape, 2, 2, 2)]).toBe(7)
  })

  it('refuses an affine without an inverse', () => {
    const flat: Grid = { shape, affine: identity.map((value, at) => (at === 0 ? 0 : value)) }
    expect(() => resampleNearest(labels, flat, { shape, affine: identity })).toThrow(RangeError)
  })
})
