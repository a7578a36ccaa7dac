/** Whole imports from HDF5 and MATLAB beside the same numbers as NIfTI: the subjects have to be equal bit for bit. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { affine, chosen, value } from '../../../test/support/array-study.ts'
import { matBytes } from '../../../test/support/make-mat.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { importSubject } from './import-subject.ts'
import { previewRecipe } from './preview.ts'

const fixtures = fileURLToPath(new URL('../../../test/fixtures/arrays', import.meta.url))
const silent = { progress: () => {}, breathe: async () => {} }
const shape = [4, 3, 2] as const

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi arrays ß '))
  for (const name of readdirSync(fixtures)) copyFileSync(join(fixtures, name), join(folder, name))
  writeNifti(join(folder, 'bold.nii.gz'), { shape: [...shape, 6], type: 'int16', affine, values: value })
  writeNifti(join(folder, 'chosen.nii'), { shape, type: 'uint8', affine, values: (i) => (chosen(i) ? 1 : 0) })
  writeNifti(join(folder, 'silent.nii'), {
    shape: [...shape, 6],
    type: 'int16',
    sformCode: 0,
    qformCode: 0,
    values: value,
  })
  writeFileSync(
    join(folder, 'big-endian.mat'),
    matBytes([{ name: 'b', sizes: [4, 3, 2, 6], stored: 3, classCode: 10, values: value }], true, false),
  )
  writeFileSync(join(folder, 'trials.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const recipe = (image: object, rest: object = {}) =>
  recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [image],
    table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out' },
    ...rest,
  })

async function imported(image: object, rest: object = {}) {
  const result = await importSubject(recipe(image, rest), folder, silent)
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return result.value.trials
}
async function problemOf(image: object, rest: object = {}) {
  const result = await importSubject(recipe(image, rest), folder, silent)
  return result.ok ? null : result.problem
}

const grid = { grid: 'bold.nii.gz' }
const xyzt = ['x', 'y', 'z', 'volume']

describe('arrays of whole volumes give the same subject as NIfTI', () => {
  it.each([
    ["NSD's layout, HDF5", { path: 'nsd-layout.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] }],
    ['MATLAB v7.3', { path: 'v73.mat', dataset: 'bold', axes: xyzt }],
    ['MATLAB v6', { path: 'v5.mat', dataset: 'bold', axes: xyzt }],
    ['MATLAB v7, packed', { path: 'v7.mat', dataset: 'small', axes: xyzt }],
    ['MATLAB v7, unsigned', { path: 'v7.mat', dataset: 'wide', axes: xyzt }],
    ['MATLAB, big endian', { path: 'big-endian.mat', dataset: 'b', axes: xyzt }],
    ['NIfTI without an affine', { path: 'silent.nii' }],
  ])('%s', async (_name, image) => {
    expect(await imported(image, grid)).toEqual(await imported({ path: 'bold.nii.gz' }))
  })

  it('divides by scale', async () => {
    const whole = await imported({ path: 'bold.nii.gz' })
    const scaled = await imported(
      { path: 'nsd-layout.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'], scale: 300 },
      grid,
    )
    expect(scaled.betas).toEqual(whole.betas.map((beta) => Math.fround(beta / 300)))
    expect((await imported({ path: 'bold.nii.gz', scale: 300 })).betas).toEqual(scaled.betas)
  })
})

describe('arrays of chosen voxels put every voxel in its place', () => {
  const voxels = { voxels: { mask: 'chosen.nii', order: 'C' } }
  const reference = () => imported({ path: 'bold.nii.gz' }, { brainMask: 'chosen.nii' })

  it.each([
    ['HDF5, float32, gzip', { path: 'mindeye.hdf5', dataset: 'betas32', axes: ['volume', 'voxel'] }, voxels],
    ['HDF5, voxels first', { path: 'mindeye.hdf5', dataset: 'voxels-first', axes: ['voxel', 'volume'] }, voxels],
    [
      'HDF5, big-endian float64, first axis fastest',
      { path: 'mindeye.hdf5', dataset: 'fortran', axes: ['volume', 'voxel'] },
      { voxels: { mask: 'chosen.nii', order: 'F' } },
    ],
    ['HDF5, float16', { path: 'mindeye.hdf5', dataset: 'betas', axes: ['volume', 'voxel'], scale: 0.125 }, voxels],
    ['MATLAB v7.3', { path: 'v73.mat', dataset: 'betas', axes: ['volume', 'voxel'] }, voxels],
    ['MATLAB v7', { path: 'v7.mat', dataset: 'betas', axes: ['volume', 'voxel'] }, voxels],
  ])('%s', async (_name, image, rest) => {
    const ours = await imported(image, rest)
    const theirs = await reference()
    expect(ours.index).toEqual(theirs.index)
    if (image.dataset !== 'betas' || image.path !== 'mindeye.hdf5') expect(ours.betas).toEqual(theirs.betas)
    // float16 keeps eleven digits of the numbers divided by eight.
    else
      for (const [at, beta] of ours.betas.entries())
        expect(Math.abs(beta - theirs.betas[at]!)).toBeLessThanOrEqual(beta / 2048)
  })

  it('notices the wrong order, because the columns then lie elsewhere', async () => {
    const ours = await imported({ path: 'mindeye.hdf5', dataset: 'fortran', axes: ['volume', 'voxel'] }, voxels)
    expect(ours.betas).not.toEqual((await reference()).betas)
  })
})

describe('what is not said is asked', () => {
  it('axes, with a proposal that fits the grid', async () => {
    expect(await problemOf({ path: 'nsd-layout.hdf5', dataset: 'betas' }, grid)).toMatchObject({
      code: 'BAD_RECIPE',
      message: 'The recipe does not say what the axes of "betas" (6 × 2 × 3 × 4) are.',
      fix: expect.stringContaining('["volume","z","y","x"]'),
    })
    expect(await problemOf({ path: 'v7.mat', dataset: 'bold' }, grid)).toMatchObject({
      message: expect.stringContaining('(4 × 3 × 2 × 6)'),
      fix: expect.stringContaining('["x","y","z","volume"]'),
    })
  })

  it('the place of the voxels', async () => {
    const image = { path: 'nsd-layout.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] }
    expect(await problemOf(image)).toMatchObject({ code: 'BAD_RECIPE', fix: expect.stringContaining('"grid"') })
    expect(await problemOf({ path: 'silent.nii' })).toMatchObject({ code: 'ORIENTATION_UNSETTLED' })
    // No answer here could settle it: the recipe has to name a grid.
    expect((await previewRecipe(recipe({ path: 'silent.nii' }), folder)).problems[0]).toMatchObject({
      level: 'stop',
      problem: { fix: expect.stringContaining('"grid"') },
    })
    expect(
      await problemOf({ path: 'mindeye.hdf5', dataset: 'betas32', axes: ['volume', 'voxel'] }, grid),
    ).toMatchObject({
      code: 'BAD_RECIPE',
      expected: expect.stringContaining('"voxels"'),
    })
  })

  it('the dataset, with a list of what there is', async () => {
    expect(await problemOf({ path: 'mindeye.hdf5' }, grid)).toMatchObject({
      code: 'BAD_RECIPE',
      expected: expect.stringContaining('betas32 (6 × 12)'),
    })
    expect(await problemOf({ path: 'v7.mat', dataset: 'bald' }, grid)).toMatchObject({
      message: 'There is no variable "bald".',
      expected: expect.stringContaining('bold (4 × 3 × 2 × 6 double)'),
    })
  })
})

describe('what does not fit is refused by name', () => {
  const at = (path: string, dataset: string, axes = ['volume', 'voxel']) => ({ path, dataset, axes })
  const voxels = { voxels: { mask: 'chosen.nii', order: 'C' } }
  it.each([
    [
      'sizes that are not the grid’s',
      at('nsd-layout.hdf5', 'betas', ['volume', 'x', 'y', 'z']),
      'LENGTH_MISMATCH',
      'sizes 6 × 2 × 3 × 4',
    ],
    ['another number of voxels', at('v73.mat', 'label'), 'LENGTH_MISMATCH', 'label'],
    [
      'axes without volumes',
      at('nsd-layout.hdf5', 'betas', ['x', 'y', 'z', 'voxel']),
      'BAD_RECIPE',
      'do not describe volumes',
    ],
    ['axes for NIfTI', at('bold.nii.gz', 'betas'), 'BAD_RECIPE', 'no HDF5 or MATLAB'],
    ['complex numbers, HDF5', at('mindeye.hdf5', 'complex'), 'BAD_FILE', 'HDF5 class compound'],
    ['texts', at('mindeye.hdf5', 'names'), 'BAD_FILE', 'HDF5 class string'],
    ['a filter we lack', at('mindeye.hdf5', 'packed'), 'BAD_FILE', 'lzf (filter 32000)'],
    ['a virtual dataset', at('elsewhere.hdf5', 'virtual'), 'BAD_FILE', 'virtual'],
    ['a link to another file', at('elsewhere.hdf5', 'link'), 'BAD_RECIPE', 'There is no dataset "link"'],
    ['a MATLAB v7.3 cell', at('v73.mat', 'c'), 'BAD_FILE', 'class cell'],
    ['a MATLAB v7.3 text', at('v73.mat', 'names'), 'BAD_FILE', 'class char'],
    ['a MATLAB cell', at('v7.mat', 'names'), 'BAD_FILE', 'a cell'],
    ['a MATLAB struct, with its fields', at('v7.mat', 'info'), 'BAD_FILE', 'its fields are subject, tr'],
    ['a sparse matrix', at('v7.mat', 'sparse'), 'BAD_FILE', 'a sparse'],
    ['complex numbers, MATLAB', at('v7.mat', 'complex'), 'BAD_FILE', 'complex numbers'],
  ])('%s', async (_name, image, code, words) => {
    const problem = await problemOf(image, voxels)
    expect(problem).toMatchObject({ code, message: expect.stringContaining(words) })
    expect(problem!.where).toContain(image.path)
  })

  it('numbers kept in another file, which the library cannot reach', async () => {
    const problem = await problemOf(at('elsewhere.hdf5', 'stored'), voxels)
    expect(problem).toMatchObject({ code: 'BAD_FILE', where: join(folder, 'elsewhere.hdf5') })
  })
})
