/** What is proposed for an image that lies beside its table, and that nothing which could be wrong is taken without a question. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boldOf, eventsOf, shape, tableText } from '../../../test/support/event-study.ts'
import { matBytes } from '../../../test/support/make-mat.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { ProblemError } from '../../core/problem.ts'
import { everywhere } from '../places.ts'
import { previewAt } from './recipe-places.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'troi image '))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function preview(name: string, answers: Record<string, string> = {}) {
  const places = everywhere([root])
  const located = places.locate(join(root, name))
  if (!located.ok) throw new Error(located.problem.message)
  return previewAt({ place: located.value, answers }, places)
}

const questionsOf = ({ preview: { problems } }: Awaited<ReturnType<typeof preview>>) =>
  problems.filter(({ level }) => level === 'question').map(({ choices = [] }) => choices[0]?.question)

function writeStudy(): void {
  for (const run of [1, 2, 3]) {
    writeNifti(join(root, `run-${run}.nii`), boldOf(run))
    writeFileSync(join(root, `run-${run}.tsv`), tableText(eventsOf(run)))
  }
  writeNifti(join(root, 'mask.nii'), { shape: [...shape], type: 'uint8', values: (v) => (v < 10 ? 1 : 0) })
}

describe('an image with what lies beside it', () => {
  it('asks for the series, the tables and the mask, and is whole then', async () => {
    writeStudy()
    expect(questionsOf(await preview('run-1.nii'))).toEqual(expect.arrayContaining(['images', 'table', 'brainMask']))
    const found = await preview('run-1.nii', { images: 'all', table: 'each:run-#.tsv', brainMask: 'mask.nii' })
    expect(questionsOf(found)).toEqual([])
    expect(found.recipe.images.map(({ path, run, table }) => [path, run, table])).toEqual(
      [1, 2, 3].map((run) => [`run-${run}.nii`, run, `run-${run}.tsv`]),
    )
    expect(found.recipe).toMatchObject({ table: { rows: 'events', columns: { label: 'trial_type' } } })
    expect([found.preview.trials, found.preview.voxels]).toEqual([24, 10])
  })

  it('asks what a row is where the table holds no onsets, and which column says what', async () => {
    writeNifti(join(root, 'betas.nii'), boldOf(1))
    const rows = Array.from({ length: 80 }, (_, at) => `${at % 2 ? 'cat' : 'dog'},${1 + (at % 4)}`)
    writeFileSync(
      join(root, 'trials.csv'),
      ['condition,run', ...rows.sort((a, b) => a.localeCompare(b)), ''].join('\n'),
    )
    expect(questionsOf(await preview('betas.nii'))).toEqual(expect.arrayContaining(['rows', 'label', 'run']))
    const { recipe } = await preview('betas.nii', { rows: 'trials', label: 'condition', run: 'run' })
    expect(recipe).toMatchObject({ table: { separator: 'comma', rows: 'trials' }, trials: { from: 'volumes' } })
  })

  it('stops, and says what to do, where there is no table or only one volume', async () => {
    writeNifti(join(root, 'betas.nii'), boldOf(1))
    writeNifti(join(root, 'mask.nii'), { shape: [...shape], type: 'uint8', values: () => 1 })
    await expect(preview('betas.nii')).rejects.toBeInstanceOf(ProblemError)
    await expect(preview('betas.nii')).rejects.toMatchObject({ problem: { code: 'NOT_FOUND' } })
    await expect(preview('mask.nii')).rejects.toMatchObject({ problem: { code: 'BAD_FILE' } })
  })

  it('asks of an array for dataset, grid and axes, even where only one fits', async () => {
    const values = (index: number) => (index % 7) + index / 1000
    writeFileSync(
      join(root, 'betas.mat'),
      matBytes([
        { name: 'betas', sizes: [...shape, 16], values },
        { name: 'other', sizes: [4, 4], values },
      ]),
    )
    writeNifti(join(root, 'mask.nii'), { shape: [...shape], type: 'uint8', values: () => 1 })
    const rows = Array.from({ length: 16 }, (_, at) => `${at % 2 ? 'cat' : 'dog'}\t${1 + Math.floor(at / 4)}`)
    writeFileSync(join(root, 'trials.tsv'), ['condition\trun', ...rows, ''].join('\n'))
    const said = { rows: 'trials', label: 'condition', run: 'run', brainMask: 'mask.nii' }
    expect(questionsOf(await preview('betas.mat', said))).toEqual(expect.arrayContaining(['dataset', 'grid']))
    const open = await preview('betas.mat', { ...said, dataset: 'betas', grid: 'mask.nii' })
    expect(questionsOf(open)).toEqual(['axes'])
    const { recipe, preview: found } = await preview('betas.mat', {
      ...{ ...said, dataset: 'betas', grid: 'mask.nii' },
      axes: 'x,y,z,volume',
    })
    expect(recipe.images[0]).toMatchObject({ dataset: 'betas', axes: ['x', 'y', 'z', 'volume'] })
    expect(found.problems.filter(({ level }) => level !== 'note')).toEqual([])
    expect([found.trials, found.voxels]).toEqual([16, 12])
  })

  it('refuses an answer that is none of the choices', async () => {
    writeStudy()
    await expect(preview('run-1.nii', { table: 'other.tsv' })).rejects.toMatchObject({
      problem: { code: 'BAD_PARAMETER' },
    })
  })
})
