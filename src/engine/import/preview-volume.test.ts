/** The picture behind the crop box: the first volume with its masks on the whole grid, from files of every kind. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import type { BlobRef } from '../../core/contract/common.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { flatIndex } from '../../core/volume/grid.ts'
import { Blobs } from '../project/blobs.ts'
import { previewVolume } from './preview-volume.ts'

const shape = [4, 3, 2] as const
const affine = [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, -30]
const grid = { shape: [...shape], affine: [...affine, 0, 0, 0, 1] }
/** Of a voxel in the order of the file, and its volume: as in test/fixtures/arrays. */
const value = (at: number) =>
  1000 * Math.floor(at / 24) + 100 * (at % 4) + 10 * (Math.floor(at / 4) % 3) + (Math.floor(at / 12) % 2)

let root: string
let blobs: Blobs
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'troi preview volume '))
  blobs = new Blobs(root)
  writeNifti(join(root, 'bold.nii'), {
    shape: [...shape, 6],
    type: 'float32',
    affine,
    values: (at) => (at === 5 ? Number.NaN : value(at)),
  })
  writeNifti(join(root, 'brain.nii'), { shape, type: 'uint8', affine, values: (at) => (at % 4 === 0 ? 0 : 1) })
  writeNifti(join(root, 'atlas.nii'), { shape, type: 'int16', affine, values: (at) => (at < 6 ? 7 : at < 8 ? 3 : 0) })
  copyFileSync(
    fileURLToPath(new URL('../../../test/fixtures/arrays/nsd-layout.hdf5', import.meta.url)),
    join(root, 'betas.hdf5'),
  )
  writeFileSync(join(root, 'trials.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const recipe = (rest: object = {}) =>
  recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [{ path: 'bold.nii' }],
    table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
    missingVoxels: 'leave-out',
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out' },
    ...rest,
  })

function bytesOf(blob: BlobRef): Uint8Array<ArrayBuffer> {
  const path = blobs.find(blob.id)
  if (path === null) throw new Error('the blob is not there')
  return Uint8Array.from(readFileSync(path))
}
const floatsOf = (blob: BlobRef) => [...new Float32Array(bytesOf(blob).buffer)]
const expected = (of: (at: number) => number) => {
  const out = new Array<number>(24).fill(0)
  for (let at = 0; at < 24; at++) out[flatIndex(shape, at % 4, Math.floor(at / 4) % 3, Math.floor(at / 12))] = of(at)
  return out
}

describe('the volume behind a crop box', () => {
  it('is the first of the images in flat order, 0 where there is no number', async () => {
    const found = await previewVolume(recipe(), root, blobs)
    expect(found).toMatchObject({
      grid,
      brain: null,
      annotated: null,
      labels: [],
      volume: { dtype: 'float32', shape: [...shape] },
    })
    expect(floatsOf(found.volume)).toEqual(expected((at) => (at === 5 ? 0 : value(at))))
  })

  it('comes with the brain mask, and the labels of the ROI with their voxels, whatever the recipe crops', async () => {
    const crop = { rule: 'voxels', start: [2, 0, 0], shape: [2, 2, 2] }
    const found = await previewVolume(
      recipe({ brainMask: 'brain.nii', annotatedRoi: { path: 'atlas.nii', labels: [3] }, crop }),
      root,
      blobs,
    )
    expect([...bytesOf(found.brain!)]).toEqual(expected((at) => (at % 4 === 0 ? 0 : 1)))
    expect([...bytesOf(found.annotated!)]).toEqual(expected((at) => (at >= 6 && at < 8 ? 1 : 0)))
    expect(found.labels).toEqual([
      { label: 3, voxels: 2 },
      { label: 7, voxels: 6 },
    ])
  })

  it('is the same of an HDF5 array', async () => {
    const image = { path: 'betas.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] }
    const found = await previewVolume(recipe({ images: [image], grid: 'brain.nii' }), root, blobs)
    expect(found.grid).toEqual(grid)
    expect(floatsOf(found.volume)).toEqual(expected(value))
  })

  it('lies on the grid to which the recipe resamples', async () => {
    const onto = [-1, 0, 0, 9, 0, 2, 0, -20, 0, 0, 3, -30]
    writeNifti(join(root, 'half.nii'), { shape: [5, 3, 2], type: 'uint8', affine: onto, values: () => 1 })
    const found = await previewVolume(recipe({ resampleImages: { to: 'reference', path: 'half.nii' } }), root, blobs)
    expect(found.grid.shape).toEqual([5, 3, 2])
    // Between voxels 0 and 1 along x, then on voxel 1, and so on.
    const line = floatsOf(found.volume).filter((_, at) => at % 6 === 0)
    expect(line).toEqual([50, 100, 150, 200, 250])
  })

  it('stops as the survey does', async () => {
    await expect(previewVolume(recipe({ brainMask: 'nowhere.nii' }), root, blobs)).rejects.toMatchObject({
      problem: { code: 'NOT_FOUND' },
    })
  })
})
