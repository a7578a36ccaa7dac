import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import { applyAffine } from './affine.ts'
import { type Box, boxFromMillimetres, checkBox, cropGrid, cropSpace, cropVolume, pasteVolume } from './crop.ts'
import { flatIndex, type Grid, gridSize } from './grid.ts'

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const cases = [...fixture.orders, ...fixture.turned]
const largest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))

function anyBox(random: Random, shape: Grid['shape']): Box {
  const start = shape.map((size) => random.integer(size)) as [number, number, number]
  const length = start.map((first, axis) => 1 + random.integer(shape[axis]! - first)) as [number, number, number]
  return { start, shape: length }
}

describe('cropping', () => {
  it('keeps every voxel at its place in millimetres, and pastes it back', () => {
    const seed = 17
    const random = Random.of(seed, 'crop')
    for (const [round, { affine }] of cases.entries()) {
      const label = `seed ${seed}, round ${round}`
      const grid: Grid = { shape: [4, 3, 5], affine }
      const values = random.normals(gridSize(grid))
      const box = anyBox(random, grid.shape)
      const small = cropGrid(grid, box)
      const inside = cropVolume(values, grid, box)
      expect(inside.length, label).toBe(gridSize(small))
      for (let x = 0; x < box.shape[0]; x++) {
        for (let y = 0; y < box.shape[1]; y++) {
          for (let z = 0; z < box.shape[2]; z++) {
            const place = [box.start[0] + x, box.start[1] + y, box.start[2] + z] as const
            expect(inside[flatIndex(small.shape, x, y, z)], label).toBe(values[flatIndex(grid.shape, ...place)])
            expect(largest(applyAffine(small.affine, [x, y, z]), applyAffine(affine, place)), label).toBeLessThan(1e-9)
          }
        }
      }
      expect(pasteVolume(inside, grid, box, values), label).toEqual(values)
      const alone = pasteVolume(inside, grid, box)
      expect(cropVolume(alone, grid, box), label).toEqual(inside)
      const outside = [...alone.keys()].filter((at) => alone[at] === 0).length
      expect(outside, label).toBe(values.length - inside.length)
    }
  })

  it('keeps the number type and leaves its arguments alone', () => {
    const grid: Grid = { shape: [2, 2, 2], affine: identity }
    const mask = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1)
    const box: Box = { start: [1, 0, 0], shape: [1, 2, 2] }
    const pasted = pasteVolume(Uint8Array.of(0, 2, 3, 4), grid, box, mask)
    expect(pasted).toEqual(Uint8Array.of(1, 1, 1, 1, 0, 2, 3, 4))
    expect(mask).toEqual(new Uint8Array(8).fill(1))
    expect(pasteVolume(Int32Array.of(-1, 2, 3, 4), grid, box)).toEqual(Int32Array.of(0, 0, 0, 0, -1, 2, 3, 4))
  })

  it('keeps the voxels in use that lie in the box, in order', () => {
    const grid: Grid = { shape: [3, 2, 4], affine: identity }
    const index = Int32Array.of(0, 5, 9, 10, 14, 23)
    const box: Box = { start: [1, 0, 1], shape: [2, 2, 2] }
    const { space, kept } = cropSpace({ grid, index }, box)
    // Flat 9 is (1, 0, 1), 10 is (1, 0, 2), 14 is (1, 1, 2).
    expect([...kept]).toEqual([2, 3, 4])
    expect([...space.index]).toEqual([0, 1, 3])
    expect(space.grid.shape).toEqual([2, 2, 2])
    const map = Float32Array.from(index, (_, v) => v + 1)
    const volume = new Float32Array(24)
    index.forEach((at, v) => {
      volume[at] = map[v]!
    })
    const small = cropVolume(volume, grid, box)
    expect(Array.from(space.index, (at) => small[at])).toEqual(Array.from(kept, (v) => map[v]))
  })
})

describe('boxes', () => {
  const grid: Grid = { shape: [10, 8, 6], affine: [-2, 0, 0, 10, 0, 2, 0, -5, 0, 0, 3, 0, 0, 0, 0, 1] }

  it.each([
    [{ start: [0, 0, 0], shape: [10, 8, 6] }, true],
    [{ start: [9, 7, 5], shape: [1, 1, 1] }, true],
    [{ start: [5, 0, 0], shape: [6, 8, 6] }, false],
    [{ start: [-1, 0, 0], shape: [2, 8, 6] }, false],
    [{ start: [0, 0, 0], shape: [10, 0, 6] }, false],
    [{ start: [0, 0.5, 0], shape: [10, 1, 6] }, false],
    [{ start: [0, 0, Number.NaN], shape: [10, 8, 6] }, false],
  ] as const)('%j fits the grid: %s', (box, fits) => {
    const result = checkBox(box, grid)
    expect(result.ok).toBe(fits)
    if (!result.ok) expect(result.problem).toMatchObject({ code: 'BAD_PARAMETER' })
  })

  it('in millimetres hold the voxels whose centres lie between the corners, whichever corners are given', () => {
    // x is 10 − 2 i mm, so 0 to 6 mm is i from 2 to 5.
    const expected = { start: [2, 1, 2], shape: [4, 3, 2] }
    expect(unwrap(boxFromMillimetres(grid, [0, -3, 5], [6, 1, 9]))).toEqual(expected)
    expect(unwrap(boxFromMillimetres(grid, [6, 1, 9], [0, -3, 5]))).toEqual(expected)
  })

  it('in millimetres hold a voxel whose centre is a corner, whatever rounding says', () => {
    for (const [size, offset] of [
      [1.8, -61.3],
      [2.2, -90.3],
      [0.7, -20.1],
    ] as const) {
      const line: Grid = { shape: [1, 1, 60], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, size, offset, 0, 0, 0, 1] }
      for (let k = 0; k < 60; k++) {
        const centre = applyAffine(line.affine, [0, 0, k])
        expect(unwrap(boxFromMillimetres(line, centre, centre))).toEqual({ start: [0, 0, k], shape: [1, 1, 1] })
      }
    }
  })

  it('are cut off at the edge of the grid, and refused beyond it', () => {
    expect(unwrap(boxFromMillimetres(grid, [-500, -500, -500], [500, 500, 500]))).toEqual({
      start: [0, 0, 0],
      shape: [10, 8, 6],
    })
    const result = boxFromMillimetres(grid, [100, 0, 0], [120, 5, 5])
    expect(result).toMatchObject({ ok: false, problem: { code: 'BAD_PARAMETER' } })
    expect(boxFromMillimetres(grid, [0.5, 0, 0], [0.6, 5, 5]).ok).toBe(false)
  })

  it('in millimetres hold every voxel centre between the corners, on any grid', () => {
    const seed = 23
    const random = Random.of(seed, 'box in mm')
    for (const [round, { affine }] of cases.entries()) {
      const own: Grid = { shape: [4, 3, 5], affine }
      const point = () => {
        const place = own.shape.map((size) => random.uniform() * size) as [number, number, number]
        return applyAffine(affine, place)
      }
      const [a, b] = [point(), point()]
      const result = boxFromMillimetres(own, a, b)
      for (let x = 0; x < 4; x++) {
        for (let y = 0; y < 3; y++) {
          for (let z = 0; z < 5; z++) {
            const centre = applyAffine(affine, [x, y, z])
            const between = centre.every(
              (value, axis) => value >= Math.min(a[axis]!, b[axis]!) && value <= Math.max(a[axis]!, b[axis]!),
            )
            if (!between) continue
            const label = `seed ${seed}, round ${round}`
            if (!result.ok) throw new Error(`${label}: ${result.problem.message}`)
            const { start, shape } = result.value
            const held = [x, y, z].every((at, axis) => at >= start[axis]! && at < start[axis]! + shape[axis]!)
            expect(held, label).toBe(true)
          }
        }
      }
      if (result.ok) expect(checkBox(result.value, own).ok).toBe(true)
    }
  })
})
