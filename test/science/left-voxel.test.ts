/**
 * One voxel left of the midline, in files whose axes run in each of the eight directions: it is left in the statistics, in the export
 * as our reader and nibabel read it, in the slices of the viewer, in the report's pictures, and when the export is read back as an ROI.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { applyAffine } from '../../src/core/volume/affine.ts'
import type { Grid } from '../../src/core/volume/grid.ts'
import { axisCodes, toRas } from '../../src/core/volume/orientation.ts'
import { exportMask } from '../../src/engine/export/export-mask.ts'
import { readAtlas } from '../../src/engine/import/atlas.ts'
import { onWholeGrid } from '../../src/engine/mask-item.ts'
import { drawSlice } from '../../src/renderer/viewer/draw-slice.ts'
import { layerStyles } from '../../src/renderer/viewer/layers.ts'
import { ownFolder } from '../reliability/support/folder.ts'
import { dossierOf } from '../support/dossier.ts'
import { maskItem } from '../support/mask-item.ts'

const python = '/usr/bin/python3'
const hasNibabel = spawnSync(python, ['-c', 'import nibabel'], { stdio: 'ignore' }).status === 0
const reader = fileURLToPath(new URL('../support/read-with-nibabel.py', import.meta.url))

const shape = [9, 8, 7] as const
const sizes = [2, 3, 2.5] as const
/** Where the marked voxel's centre lies, mm: left, front, above the middle of the grid. */
const meant = [-4, -14, 7.5] as const
const middle = [0, -20, 5] as const

const signs = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [bits & 4 ? -1 : 1, bits & 2 ? -1 : 1, bits & 1 ? -1 : 1])
const cases = signs.map((sign) => {
  const steps = sizes.map((size, axis) => size * sign[axis]!)
  const corner = middle.map((at, axis) => at - (steps[axis]! * (shape[axis]! - 1)) / 2)
  // An even number of voxels has no voxel in its middle; half a step brings the marked place onto a centre.
  corner[1]! += steps[1]! / 2
  const affine = [0, 1, 2].flatMap((row) =>
    [0, 1, 2, 3].map((c) => (c === 3 ? corner[row]! : c === row ? steps[row]! : 0)),
  )
  const grid: Grid = { shape, affine: [...affine, 0, 0, 0, 1] }
  const item = maskItem({
    grid,
    inside: (at) => at.every((value, axis) => Math.abs(value - meant[axis]!) < 1e-6),
  })
  return { name: axisCodes(grid.affine).join(''), grid, item }
})

const crop = { start: [1, 1, 0], shape: [shape[0] - 2, shape[1] - 2, shape[2]] } as const
const folder = ownFolder()
afterAll(() => folder.remove())
const written = cases.map(({ name, item }) => {
  const to = join(folder.path, name)
  const { files } = exportMask(dossierOf(item), [], { version: '9.8.7', crop }, to)
  return files.filter((file) => file.name.endsWith('_mask.nii.gz')).map((file) => join(to, file.name))
})

it('there are eight directions, and a mask of one voxel in each', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(8)
  for (const { item, name } of cases) expect(item.mask.voxels, name).toBe(1)
  for (const paths of written) expect(paths).toHaveLength(2)
})

describe.each(cases)('$name', ({ name, grid, item }) => {
  const volume = onWholeGrid(item.result.mask, item.index, new Uint8Array(shape[0] * shape[1] * shape[2]))

  it('is left in the statistics', () => {
    const { statistics } = dossierOf(item)
    expect([statistics.left, statistics.right, statistics.middle]).toEqual([1, 0, 0])
    expect(statistics.centre!.map((value) => +value.toFixed(9))).toEqual([...meant])
  })

  it('comes back as the same voxel when the export is read as an ROI', async () => {
    const path = written[cases.findIndex((one) => one.name === name)]![0]!
    const { labels, resampled } = await readAtlas(path, null, grid, false)
    expect(resampled).toBe(false)
    expect([...labels]).toEqual([...volume])
  })

  it.each([
    ['neurological', -1],
    ['radiological', 1],
  ] as const)('is on its side of %s slices', (leftRight, side) => {
    const background = toRas(new Float32Array(volume.length).fill(0.5), grid)
    const mask = toRas(Float32Array.from(volume), grid)
    for (const plane of ['axial', 'coronal'] as const) {
      const through = plane === 'axial' ? 2 : 1
      const at = Math.round((meant[through] - mask.grid.affine[4 * through + 3]!) / sizes[through])
      const layers = [{ style: layerStyles[0]!, volume: mask, visible: true, opacity: 1 }]
      const convention = { leftRight, nose: 'left' } as const
      const { width, pixels, layout } = drawSlice({
        plane,
        at,
        convention,
        background,
        window: [0, 1],
        layers,
        fill: true,
      })
      const coloured = Array.from({ length: pixels.length / 4 }, (_, p) => p).filter(
        (p) => pixels[4 * p] !== pixels[4 * p + 2],
      )
      expect(coloured).toHaveLength(1)
      expect(Math.sign((coloured[0]! % width) - (width - 1) / 2)).toBe(side)
      expect(layout.letters[side < 0 ? 'left' : 'right']).toBe('L')
    }
  })
})

const note = hasNibabel ? '' : ' (left out: /usr/bin/python3 has no nibabel here)'
it.skipIf(!hasNibabel)(`is read by nibabel at the millimetres it was meant to have, whole and cropped${note}`, () => {
  const output = execFileSync(python, [reader, ...written.flat()], { encoding: 'utf8' })
  const found = z
    .array(z.object({ codes: z.string(), shape: z.array(z.number()), millimetres: z.array(z.array(z.number())) }))
    .parse(JSON.parse(output))
  expect(found.map(({ codes }) => codes)).toEqual(cases.flatMap(({ name }) => [name, name]))
  for (const { millimetres } of found) {
    expect(millimetres).toHaveLength(1)
    for (const [axis, value] of millimetres[0]!.entries()) expect(value).toBeCloseTo(meant[axis]!, 4)
  }
  expect(found[1]!.shape).toEqual([shape[0] - 2, shape[1] - 2, shape[2]])
})

it('was placed by the affine alone', () => {
  for (const { grid, item } of cases) {
    const at = item.index[item.result.mask.indexOf(1)]!
    const voxel = [Math.floor(at / (shape[1] * shape[2])), Math.floor(at / shape[2]) % shape[1], at % shape[2]] as const
    expect(applyAffine(grid.affine, voxel).map((value) => +value.toFixed(9))).toEqual([...meant])
  }
})
