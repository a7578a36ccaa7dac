/** What is asked of HDF5 and MATLAB arrays, answered one after the other, gives the subject of the same numbers as NIfTI. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { affine, chosen, value } from '../../../test/support/array-study.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { everywhere } from '../places.ts'
import { importSubject } from './import-subject.ts'
import { previewAt } from './recipe-places.ts'

const silent = { progress: () => {}, breathe: async () => {} }

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'troi array questions '))
  for (const [from, name] of [
    ...['nsd-layout.hdf5', 'mindeye.hdf5'].map((same) => [same, same] as const),
    // Names that differ in digits only would be taken for a series.
    ...([
      ['v7.mat', 'plain.mat'],
      ['v73.mat', 'in-hdf5.mat'],
    ] as const),
  ])
    copyFileSync(fileURLToPath(new URL(`../../../test/fixtures/arrays/${from}`, import.meta.url)), join(root, name))
  writeNifti(join(root, 'bold.nii'), { shape: [4, 3, 2, 6], type: 'int16', affine, values: value })
  writeNifti(join(root, 'chosen.nii'), { shape: [4, 3, 2], type: 'uint8', affine, values: (i) => (chosen(i) ? 1 : 0) })
  writeNifti(join(root, 'other.nii'), { shape: [4, 4, 2], type: 'uint8', affine, values: () => 1 })
  writeFileSync(join(root, 'trials.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const said = { rows: 'trials', label: 'label', run: 'run', brainMask: 'chosen.nii' }

/** Answers what is asked of an array, one question after the other; returns each with its possible answers, and what is found in the end. */
async function goThrough(name: string, answers: Record<string, string>, before: Record<string, string> = said) {
  const places = everywhere([root])
  const located = places.locate(join(root, name))
  if (!located.ok) throw new Error(located.problem.message)
  const given = { ...before }
  const asked = new Map<string, string[]>()
  for (let round = 0; round < 8; round++) {
    const { recipe, preview } = await previewAt({ place: located.value, answers: given }, places)
    const open = preview.problems.filter(({ level }) => level === 'question')
    const [choices] = open.flatMap(({ choices: of = [] }) =>
      of.some(({ question }) => question in answers) ? [of] : [],
    )
    if (choices === undefined) return { recipe, preview, asked, open }
    const { question } = choices[0]!
    if (question in given && asked.has(question)) throw new Error(`${question} is asked again`)
    asked.set(
      question,
      choices.map(({ answer }) => answer),
    )
    given[question] = answers[question]!
  }
  throw new Error('the questions do not end')
}

async function reference(rest: object = {}) {
  const recipe = recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [{ path: 'bold.nii' }],
    table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
    brainMask: 'chosen.nii',
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out' },
    ...rest,
  })
  const done = await importSubject(recipe, root, silent)
  if (!done.ok) throw new Error(done.problem.message)
  return done.value.trials
}

async function subjectOf(recipe: Parameters<typeof importSubject>[0]) {
  const done = await importSubject(recipe, root, silent)
  if (!done.ok) throw new Error(done.problem.message)
  return done.value.trials
}

describe('an HDF5 array of whole volumes', () => {
  it('is asked about by grid and axes, with every order that fits', async () => {
    const { recipe, asked, open, preview } = await goThrough('nsd-layout.hdf5', {
      ...{ dataset: 'betas', grid: 'chosen.nii', axes: 'volume,z,y,x' },
    })
    expect(asked.get('grid')).toEqual(['chosen.nii', 'other.nii'])
    expect(asked.get('axes')).toContain('volume,z,y,x')
    expect(asked.get('axes')).not.toContain('volume,x,y,z')
    // One array only: there is nothing to choose.
    expect(asked.has('dataset')).toBe(false)
    expect([open, preview.trials, preview.voxels]).toEqual([[], 6, 12])
    expect(await subjectOf(recipe)).toEqual(await reference())
  })

  it('has no axes to propose where the chosen grid does not fit, and says why', async () => {
    const { open, preview } = await goThrough('nsd-layout.hdf5', { grid: 'other.nii' }, { ...said, brainMask: 'none' })
    expect(open).toEqual([])
    expect(preview.problems).toContainEqual(
      expect.objectContaining({
        level: 'stop',
        problem: expect.objectContaining({
          code: 'BAD_RECIPE',
          message: expect.stringContaining('axes of "betas" (6 × 2 × 3 × 4)'),
        }),
      }),
    )
  })
})

describe('an array of chosen voxels', () => {
  it.each([
    ['mindeye.hdf5', 'betas32', 'C', 'volume,voxel'],
    ['in-hdf5.mat', 'betas', 'C', 'volume,voxel'],
    ['plain.mat', 'betas', 'C', 'volume,voxel'],
  ])('of %s, %s, is asked about by array, mask, order and axes', async (name, dataset, order, axes) => {
    const { recipe, asked, open } = await goThrough(name, { dataset, grid: 'chosen.nii', order, axes })
    expect(asked.get('dataset')).toContain(dataset)
    expect(asked.get('order')).toEqual(['C', 'F'])
    expect(asked.get('axes')).toEqual([axes])
    expect(open).toEqual([])
    expect(recipe).toMatchObject({
      images: [{ dataset, axes: axes.split(',') }],
      voxels: { mask: 'chosen.nii', order },
    })
    expect(await subjectOf(recipe)).toEqual(await reference())
  })

  it.each([
    ['voxels-first', 'C', 'voxel,volume'],
    ['fortran', 'F', 'volume,voxel'],
  ])('may be stored otherwise: %s', async (dataset, order, axes) => {
    const answers = { ...said, dataset, grid: 'chosen.nii', order, axes }
    const { recipe, open } = await goThrough('mindeye.hdf5', {}, answers)
    expect(open).toEqual([])
    expect(await subjectOf(recipe)).toEqual(await reference())
  })

  it('in the wrong order puts voxels in wrong places, which nothing else could tell', async () => {
    const { recipe, open } = await goThrough(
      'mindeye.hdf5',
      {},
      { ...said, ...said, dataset: 'fortran', grid: 'chosen.nii', order: 'C', axes: 'volume,voxel' },
    )
    expect(open).toEqual([])
    expect((await subjectOf(recipe)).betas).not.toEqual((await reference()).betas)
  })
})
