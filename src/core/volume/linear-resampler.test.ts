import { describe, expect, it } from 'vitest'
import orientations from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import fixture from '../../../test/fixtures/resample-linear.json' with { type: 'json' }
import { Random } from '../random/random.ts'
import { applyAffine } from './affine.ts'
import { type Grid, gridSize } from './grid.ts'
import { gridOfVoxelSize, LinearResampler } from './linear-resampler.ts'

const gridOf = ({ shape, affine }: { shape: number[]; affine: number[] }): Grid => ({
  shape: [shape[0]!, shape[1]!, shape[2]!],
  affine,
})
const resample = (values: Float32Array, from: Grid, to: Grid) => {
  const out = new Float32Array(gridSize(to))
  new LinearResampler(from, to).apply(values, out)
  return out
}

/** The same volume with its first axis stored the other way round: the same values at the same places. */
function mirrored(values: Float32Array, { shape, affine }: Grid): { values: Float32Array; grid: Grid } {
  const [nx] = shape
  const out = Float32Array.from(values, (_, at) => values[at - (at % nx) + (nx - 1 - (at % nx))]!)
  const turned = affine.map((number, at) =>
    at % 4 === 0 ? -number : at % 4 === 3 ? number + affine[at - 3]! * (nx - 1) : number,
  )
  return { values: out, grid: { shape, affine: [...turned.slice(0, 12), 0, 0, 0, 1] } }
}

describe.each(fixture.cases)('linear resampling beside nibabel and scipy: $name', (found) => {
  const [from, to] = [gridOf(found.from), gridOf(found.to)]
  const plain = Float32Array.from(found.values)
  const holed = Float32Array.from(plain)
  for (const hole of found.holes) holed[hole] = Number.NaN
  const differences = (ours: Float32Array, theirs: readonly (number | null)[]) => {
    let worst = 0
    for (const [at, value] of theirs.entries()) {
      if (value === null) expect(ours[at], `voxel ${at}`).toBeNaN()
      else worst = Math.max(worst, Math.abs(ours[at]! - value))
    }
    return worst
  }

  it('gives their numbers, and none beyond the old grid', () => {
    // Values near 100 in float32.
    expect(differences(resample(plain, from, to), found.plain)).toBeLessThan(2e-5)
  })

  it('lets neighbours without numbers not count', () => {
    expect(differences(resample(holed, from, to), found.holed)).toBeLessThan(2e-5)
  })

  it('is the same for a volume stored the other way round', () => {
    const twin = mirrored(holed, from)
    const [ours, theirs] = [resample(holed, from, to), resample(twin.values, twin.grid, to)]
    for (const [at, value] of ours.entries())
      if (Number.isNaN(value)) expect(theirs[at]).toBeNaN()
      else expect(Math.abs(theirs[at]! - value)).toBeLessThan(2e-5)
  })

  it('needs no more voxels than it says', () => {
    const wanted = Int32Array.from([...Array(gridSize(to)).keys()].filter((at) => at % 3 === 0))
    const resampler = new LinearResampler(from, to)
    const touched = new Set(resampler.touched(wanted))
    expect(touched.size).toBeGreaterThan(0)
    const only = Float32Array.from(plain, (value, at) => (touched.has(at) ? value : 0))
    const out = new Float32Array(gridSize(to)).fill(-7)
    resampler.apply(only, out, wanted)
    const whole = resample(plain, from, to)
    for (const at of wanted) expect(out[at]).toEqual(whole[at])
    expect(out.filter((value) => value === -7)).toHaveLength(out.length - wanted.length)
  })
})

describe('linear resampling', () => {
  it('to the same grid changes nothing, in every orientation', () => {
    const seed = 5
    const values = Random.of(seed, 'resampler').normals(60)
    values[7] = Number.NaN
    for (const { affine, kind } of [...orientations.orders, ...orientations.turned]) {
      const grid: Grid = { shape: [3, 4, 5], affine }
      expect(resample(values, grid, grid), `${kind}, seed ${seed}`).toEqual(values)
    }
  })

  it('takes infinities for no numbers', () => {
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    const line: Grid = { shape: [3, 1, 1], affine: identity }
    const at = (x: number): Grid => ({ shape: [1, 1, 1], affine: identity.map((value, i) => (i === 3 ? x : value)) })
    const values = Float32Array.of(1, Number.POSITIVE_INFINITY, 3)
    expect([0, 0.25, 0.5, 0.75, 1].map((x) => resample(values, line, at(x))[0])).toEqual([
      ...[1, 1, 1],
      ...[Number.NaN, Number.NaN],
    ])
  })
})

describe('a grid with voxels of another size', () => {
  const grid: Grid = { shape: [10, 9, 8], affine: [-3, 0, 0, 13.5, 0, 3, 0, -12, 0, 0, 3.5, -14, 0, 0, 0, 1] }

  it('covers the same space around the same centre, axes kept', () => {
    const { shape, affine } = gridOfVoxelSize(grid, 2)
    expect(shape).toEqual([15, 14, 14])
    const middle = (of: Grid) =>
      applyAffine(of.affine, [(of.shape[0] - 1) / 2, (of.shape[1] - 1) / 2, (of.shape[2] - 1) / 2])
    for (const [axis, value] of middle({ shape, affine }).entries()) expect(value).toBeCloseTo(middle(grid)[axis]!, 9)
    expect([affine[0], affine[5], affine[10]]).toEqual([-2, 2, 2])
  })

  it('gives the same voxels for the same space stored the other way round', () => {
    const one = gridOfVoxelSize(grid, 2.5)
    const other = gridOfVoxelSize(mirrored(new Float32Array(720), grid).grid, 2.5)
    expect(other.shape).toEqual(one.shape)
    const ends = (of: Grid) => [0, of.shape[0] - 1].map((x) => applyAffine(of.affine, [x, 0, 0]))
    for (const [at, point] of ends(one).entries())
      for (const [axis, value] of point.entries()) expect(ends(other)[1 - at]![axis]).toBeCloseTo(value, 9)
  })

  it('is the grid itself where the size is the same', () => {
    const own: Grid = { shape: [10, 9, 8], affine: [2, 0, 0, -9, 0, 2, 0, -8, 0, 0, 2, -7, 0, 0, 0, 1] }
    expect(gridOfVoxelSize(own, 2)).toEqual(own)
  })
})
