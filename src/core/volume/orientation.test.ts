import { describe, expect, it } from 'vitest'
import fixture from '../../../test/fixtures/nibabel-orientation.json' with { type: 'json' }
import { applyAffine, invertAffine } from './affine.ts'
import { flatIndex, type Grid, gridSize } from './grid.ts'
import {
  type AxisCode,
  axisCodes,
  axisMapping,
  rasGrid,
  rasSource,
  sliceLayout,
  toRas,
  type ViewConvention,
} from './orientation.ts'

const shape = fixture.shape as [number, number, number]
const cases = [...fixture.orders, ...fixture.turned]
const largest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at]!)))

describe('axis codes', () => {
  it(`are those of nibabel ${fixture.nibabel}, for all 48 orders, tilted, turned and sheared grids`, () => {
    expect(new Set(fixture.orders.map(({ codes }) => codes)).size).toBe(48)
    for (const { affine, codes, kind } of cases) expect(axisCodes(affine).join(''), `${kind}: ${affine}`).toBe(codes)
  })

  it('use every world axis once, even where an axis has no length', () => {
    for (const { affine } of cases) expect([...axisMapping(affine).world].sort()).toEqual([0, 1, 2])
    const flat = [2, 0, 0, 0, 0, 0, -3, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    expect(axisCodes(flat)).toEqual(['R', 'S', 'P'])
  })
})

describe('reordering to RAS+', () => {
  it('gives the canonical grid of nibabel, with every voxel at its place', () => {
    for (const { affine, canonicalAffine, canonicalShape, marks, places, kind } of cases) {
      const grid: Grid = { shape, affine }
      const volume = new Uint8Array(gridSize(grid))
      marks.forEach(([x, y, z], number) => {
        volume[flatIndex(shape, x!, y!, z!)] = number + 1
      })
      const { grid: ras, values } = toRas(volume, grid)
      expect([...ras.shape], kind).toEqual(canonicalShape)
      expect(largest(ras.affine, canonicalAffine), kind).toBeLessThan(1e-8)
      places.forEach(([x, y, z], number) => {
        expect(values[flatIndex(ras.shape, x!, y!, z!)], kind).toBe(number + 1)
      })
    }
  })

  it('leaves a marked left voxel on the left, in all 48 orders', () => {
    for (const { affine, codes } of fixture.orders) {
      // A grid centred on the midline, and the voxel of it that is furthest left, with its millimetres from the file's own affine.
      const centred = [...affine]
      const middle = applyAffine(affine, [(shape[0] - 1) / 2, (shape[1] - 1) / 2, (shape[2] - 1) / 2])
      for (let row = 0; row < 3; row++) centred[4 * row + 3]! -= middle[row]!
      const grid: Grid = { shape, affine: centred }
      const corners = [0, shape[0] - 1].flatMap((x) =>
        [0, shape[1] - 1].flatMap((y) => [0, shape[2] - 1].map((z) => [x, y, z] as const)),
      )
      const marked = corners.reduce((a, b) => (applyAffine(centred, b)[0] < applyAffine(centred, a)[0] ? b : a))
      const millimetres = applyAffine(centred, marked)
      expect(millimetres[0], codes).toBeLessThan(-1)

      const volume = new Float32Array(gridSize(grid))
      volume[flatIndex(shape, ...marked)] = 1
      const { grid: ras, values } = toRas(volume, grid)
      const at = values.indexOf(1)
      const place = [
        Math.floor(at / (ras.shape[1] * ras.shape[2])),
        Math.floor(at / ras.shape[2]) % ras.shape[1],
        at % ras.shape[2],
      ] as const
      expect(largest(applyAffine(ras.affine, place), millimetres), codes).toBeLessThan(1e-9)
      expect(place[0], codes).toBe(0)
      expect(axisCodes(ras.affine), codes).toEqual(['R', 'A', 'S'])
    }
  })

  it('moves no voxel in space, and loses none', () => {
    for (const { affine, kind } of cases) {
      const grid: Grid = { shape, affine }
      const source = rasSource(grid)
      expect([...source].sort((a, b) => a - b)).toEqual([...source.keys()])
      const ras = rasGrid(grid)
      const back = invertAffine(affine)
      let next = 0
      for (let x = 0; x < ras.shape[0]; x++) {
        for (let y = 0; y < ras.shape[1]; y++) {
          for (let z = 0; z < ras.shape[2]; z++) {
            const [i, j, k] = applyAffine(back, applyAffine(ras.affine, [x, y, z])).map(Math.round)
            expect(source[next++], kind).toBe(flatIndex(shape, i!, j!, k!))
          }
        }
      }
    }
  })
})

describe('slice views', () => {
  const conventions = (['neurological', 'radiological'] as const).flatMap((leftRight) =>
    (['left', 'right'] as const).map((nose): ViewConvention => ({ leftRight, nose })),
  )

  it.each([
    ['axial', 'neurological', 'left', 'L', 'R', 'A', 'P'],
    ['axial', 'radiological', 'left', 'R', 'L', 'A', 'P'],
    ['axial', 'neurological', 'right', 'L', 'R', 'A', 'P'],
    ['coronal', 'neurological', 'left', 'L', 'R', 'S', 'I'],
    ['coronal', 'radiological', 'right', 'R', 'L', 'S', 'I'],
    ['sagittal', 'neurological', 'left', 'A', 'P', 'S', 'I'],
    ['sagittal', 'radiological', 'left', 'A', 'P', 'S', 'I'],
    ['sagittal', 'neurological', 'right', 'P', 'A', 'S', 'I'],
  ] as const)('%s, %s, nose %s: letters %s %s %s %s', (plane, leftRight, nose, left, right, top, bottom) => {
    expect(sliceLayout(plane, { leftRight, nose }).letters).toEqual({ left, right, top, bottom })
  })

  it('put the letter where the voxels of that side are drawn', () => {
    const world: Record<AxisCode, readonly [number, number]> = {
      R: [0, 1],
      L: [0, -1],
      A: [1, 1],
      P: [1, -1],
      S: [2, 1],
      I: [2, -1],
    }
    for (const convention of conventions) {
      for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
        const { across, up, through, flipAcross, letters } = sliceLayout(plane, convention)
        expect([across, up, through].sort()).toEqual([0, 1, 2])
        // Column 0 of the picture shows index 0, or the highest where the picture runs against the axis.
        const leftEdge = flipAcross ? 1 : -1
        expect(world[letters.left]).toEqual([across, leftEdge])
        expect(world[letters.right]).toEqual([across, -leftEdge])
        expect(world[letters.top]).toEqual([up, 1])
        expect(world[letters.bottom]).toEqual([up, -1])
      }
    }
  })
})
