/** Images on different grids: never resampled unasked, and where asked, the numbers, the words and the grid that come of it. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestNifti, writeNifti } from '../../../test/support/make-nifti.ts'
import { twoLabels } from '../../../test/support/two-labels.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { gridOfVoxelSize, LinearResampler } from '../../core/volume/linear-resampler.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import { importSubject } from './import-subject.ts'
import { previewRecipe, previewWithAnswers } from './preview.ts'

const silent = { progress: () => {}, breathe: async () => {} }
const trials = 4
/** 3 mm, and around the same place 2 mm stored from right to left. */
const coarse: Grid = { shape: [6, 5, 4], affine: [3, 0, 0, -8, 0, 3, 0, -6, 0, 0, 3, -4, 0, 0, 0, 1] }
const fine: Grid = { shape: [7, 6, 5], affine: [-2, 0, 0, 6, 0, 2, 0, -5, 0, 0, 2, -4, 0, 0, 0, 1] }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi grids ä '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Differs from voxel to voxel and from trial to trial. */
const value = (grid: Grid, seed: number) => (at: number) => {
  const voxels = grid.shape[0] * grid.shape[1] * grid.shape[2]
  const [voxel, trial] = [at % voxels, Math.floor(at / voxels)]
  return 100 + ((voxel * 37 + trial * 53 + seed * 11) % 29) + 0.25 * ((voxel + trial) % 3)
}

function write(name: string, grid: Grid, seed: number, options: Partial<TestNifti> = {}): Float32Array[] {
  const values = value(grid, seed)
  const series: TestNifti = { shape: [...grid.shape, trials], type: 'float32', affine: grid.affine, values, ...options }
  writeNifti(join(folder, name), series)
  const voxels = grid.shape[0] * grid.shape[1] * grid.shape[2]
  return Array.from({ length: trials }, (_, t) =>
    Float32Array.from({ length: voxels }, (_, v) => series.values(t * voxels + v)),
  )
}

const recipe = (rest?: object, images: readonly string[] = ['run-1.nii', 'run-2.nii.gz']) =>
  twoLabels(folder, images, trials, rest)

async function imported(rest: object, images?: readonly string[]) {
  const done = await importSubject(recipe(rest, images), folder, silent)
  if (!done.ok) throw new Error(JSON.stringify(done.problem))
  return done.value
}

describe('images on different grids', () => {
  beforeEach(() => {
    write('run-1.nii', coarse, 1)
    write('run-2.nii.gz', fine, 2)
  })

  it('stop the import, with the choice named in the fix and offered', async () => {
    expect(await importSubject(recipe(), folder, silent)).toMatchObject({
      ok: false,
      problem: {
        code: 'LENGTH_MISMATCH',
        where: join(folder, 'run-2.nii.gz'),
        fix: expect.stringContaining('"resampleImages": {"to": "reference", "path": "run-1.nii"}'),
      },
    })
    const preview = await previewRecipe(recipe(), folder)
    expect(preview.problems).toMatchObject([
      { level: 'question', choices: [{ question: 'imageGrid', answer: 'first-image' }] },
    ])
    const answered = await previewWithAnswers(recipe(), folder, { imageGrid: 'first-image' })
    expect(answered.recipe.resampleImages).toEqual({ to: 'reference', path: 'run-1.nii' })
    expect(answered.preview.problems.filter(({ level }) => level !== 'note')).toEqual([
      {
        level: 'question',
        problem: expect.objectContaining({ code: 'NOT_FINITE', message: expect.stringContaining('beyond the image') }),
        choices: [expect.objectContaining({ question: 'missingVoxels', answer: 'leave-out' })],
      },
    ])
  })

  it('are read on the grid of one of them, whose own numbers stay as they are', async () => {
    const {
      trials: subject,
      decisions,
      meanVolume,
    } = await imported({
      resampleImages: { to: 'reference', path: 'run-1.nii' },
      missingVoxels: 'leave-out',
    })
    expect(subject.grid).toEqual(coarse)
    const own = write('run-1.nii', coarse, 1)
    const resampler = new LinearResampler(fine, coarse)
    const other = write('run-2.nii.gz', fine, 2).map((volume) => {
      const out = new Float32Array(120)
      resampler.apply(volume, out)
      return out
    })
    const expected = [...own, ...other].map((volume) => fromFileOrder(volume, coarse.shape))
    const inside = [...Array(120).keys()].filter((at) => expected.every((volume) => Number.isFinite(volume[at]!)))
    expect([...subject.index]).toEqual(inside)
    expect(inside.length).toBeGreaterThan(20)
    for (const [t, volume] of expected.entries())
      for (const [v, at] of inside.entries()) expect(subject.betas[t * inside.length + v]).toBe(volume[at])
    expect(meanVolume[inside[0]!]).toBeCloseTo(
      expected.reduce((sum, volume) => sum + volume[inside[0]!]! / 8, 0),
      3,
    )
    expect(decisions).toContainEqual(
      expect.stringMatching(
        /^1 of 2 images were resampled to the grid of run-1\.nii \(6 × 5 × 4 voxels of 3 × 3 × 3 mm\), from 7 × 6 × 5 voxels of 2 × 2 × 2 mm: linear interpolation/,
      ),
    )
    expect(decisions).toContainEqual(
      `${120 - inside.length} voxels without a finite number in some volumes left out, as the recipe says.`,
    )
  })

  it('show in the preview what is in the files, and the grid on which they are read', async () => {
    const preview = await previewRecipe(
      recipe({ resampleImages: { to: 'reference', path: 'run-1.nii' }, missingVoxels: 'leave-out' }),
      folder,
    )
    expect(preview.images).toMatchObject([
      { shape: [6, 5, 4, 4], voxelMillimetres: [2, 2, 2], orientation: 'RAS' },
      { shape: [7, 6, 5, 4], orientation: 'LAS', dtype: 'float32' },
    ])
    expect(preview.grid).toEqual(coarse)
    const notes = preview.problems.map(({ problem }) => problem.message)
    expect(notes).toContainEqual(expect.stringContaining('1 of 2 images were resampled'))
  })

  it('can be read on voxels of a size, in the space of the first', async () => {
    const { trials: subject, decisions } = await imported({
      resampleImages: { to: 'voxelSize', millimetres: 4.5 },
      missingVoxels: 'leave-out',
    })
    expect(subject.grid.shape).toEqual([4, 4, 3])
    expect(decisions).toContainEqual(
      expect.stringContaining('All 2 images were resampled to the grid of voxels of 4.5 mm'),
    )
  })

  it('cannot be read on more voxels than memory holds', async () => {
    writeNifti(join(folder, 'run-1.nii'), {
      shape: [300, 300, 4, 4],
      type: 'uint8',
      affine: coarse.affine,
      values: (at) => at % 200,
    })
    expect(
      await importSubject(recipe({ resampleImages: { to: 'voxelSize', millimetres: 0.2 } }), folder, silent),
    ).toMatchObject({
      ok: false,
      problem: { code: 'TOO_LARGE', where: 'resampleImages' },
    })
  })
})

describe('a brain mask on another grid than the images', () => {
  beforeEach(() => {
    write('run-1.nii', coarse, 1)
    write('run-2.nii.gz', coarse, 2)
    const inner = (at: number) =>
      at % 7 > 1 && at % 7 < 5 && Math.floor(at / 7) % 6 > 1 && Math.floor(at / 42) > 0 ? 1 : 0
    writeNifti(join(folder, 'mask.nii'), { shape: fine.shape, type: 'uint8', affine: fine.affine, values: inner })
  })

  it('asks which of them is resampled', async () => {
    const asked = await previewRecipe(recipe({ brainMask: 'mask.nii' }), folder)
    expect(asked.problems).toMatchObject([
      {
        level: 'question',
        problem: { code: 'LENGTH_MISMATCH', fix: expect.stringContaining('resampleImages') },
        choices: [
          { question: 'maskGrid', answer: 'mask' },
          { question: 'maskGrid', answer: 'images' },
        ],
      },
    ])
    const mask = await previewWithAnswers(recipe({ brainMask: 'mask.nii' }), folder, { maskGrid: 'mask' })
    expect([mask.recipe.resampleMasks, mask.preview.grid]).toEqual(['nearest', coarse])
    const images = await previewWithAnswers(recipe({ brainMask: 'mask.nii' }), folder, { maskGrid: 'images' })
    expect([images.recipe.resampleImages, images.preview.grid]).toEqual([{ to: 'brainMask' }, fine])
    expect(images.preview.problems.map(({ level }) => level)).toEqual(['note'])
  })

  it('can be the grid, and its voxels are the subject', async () => {
    const { trials: subject, decisions } = await imported({
      brainMask: 'mask.nii',
      resampleImages: { to: 'brainMask' },
    })
    expect(subject.grid).toEqual(fine)
    expect(subject.index).toHaveLength(3 * 4 * 4)
    expect(decisions).toContainEqual(
      expect.stringContaining('All 2 images were resampled to the grid of the brain mask'),
    )
  })

  it('gives one subject, whichever way round the images are stored', async () => {
    const rest = { brainMask: 'mask.nii', resampleImages: { to: 'brainMask' } }
    const plain = await imported(rest)
    const [nx] = coarse.shape
    const flip = (at: number) => at - (at % nx) + nx - 1 - (at % nx)
    for (const [name, seed] of [
      ['run-1.nii', 1],
      ['run-2.nii.gz', 2],
    ] as const)
      write(name, coarse, seed, {
        affine: [-3, 0, 0, -8 + 3 * (nx - 1), 0, 3, 0, -6, 0, 0, 3, -4],
        values: (at) => value(coarse, seed)(flip(at)),
      })
    const flipped = await imported(rest)
    expect(flipped.trials.index).toEqual(plain.trials.index)
    expect(flipped.trials.grid).toEqual(plain.trials.grid)
    let worst = 0
    for (const [at, beta] of plain.trials.betas.entries())
      worst = Math.max(worst, Math.abs(flipped.trials.betas[at]! - beta))
    // Weights come out of another order of sums; values are near 100 in float32.
    expect(worst).toBeLessThan(2e-5)
  })

  it('says so where nothing had to be resampled, and keeps the numbers', async () => {
    write('mask.nii', coarse, 3)
    const { trials: subject, decisions } = await imported({
      brainMask: 'mask.nii',
      resampleImages: { to: 'brainMask' },
    })
    const plainly = await imported({ brainMask: 'mask.nii' })
    expect(subject).toEqual(plainly.trials)
    expect(decisions).toContainEqual(
      expect.stringMatching(/^All images are on the grid of the brain mask .* already; none was resampled\.$/),
    )
  })

  it('must be a file for that', () => {
    expect(() => recipe({ resampleImages: { to: 'brainMask' } })).toThrow('name its file in')
  })
})

describe('betas of HDF5 on the grid of a finer mask', () => {
  it('are those of the same betas as NIfTI', async () => {
    copyFileSync(
      fileURLToPath(new URL('../../../test/fixtures/arrays/nsd-layout.hdf5', import.meta.url)),
      join(folder, 'betas.hdf5'),
    )
    const own: Grid = { shape: [4, 3, 2], affine: [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, -30, 0, 0, 0, 1] }
    const stored = (i: number) =>
      1000 * Math.floor(i / 24) + 100 * (i % 4) + 10 * (Math.floor(i / 4) % 3) + (Math.floor(i / 12) % 2)
    writeNifti(join(folder, 'bold.nii'), {
      shape: [...own.shape, 6],
      type: 'int16',
      affine: own.affine,
      values: stored,
    })
    const { shape, affine } = gridOfVoxelSize(own, 1.3)
    writeNifti(join(folder, 'mask.nii'), { shape, type: 'uint8', affine, values: (at) => (at % 3 === 1 ? 1 : 0) })
    const table = { path: 'six.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' }
    writeFileSync(join(folder, 'six.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
    const rest = { table, brainMask: 'mask.nii', resampleImages: { to: 'brainMask' } }
    const nifti = await imported({ ...rest, images: [{ path: 'bold.nii' }], missingVoxels: 'leave-out' })
    const array = { path: 'betas.hdf5', dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] }
    const hdf5 = await imported({ ...rest, images: [array], grid: 'bold.nii', missingVoxels: 'leave-out' })
    expect(nifti.trials.index.length).toBeGreaterThan(50)
    expect(hdf5.trials).toEqual(nifti.trials)
  })
})
