/** What belongs to nothing, one by one: in the preview cut to a length, in a file whole. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { writePictures } from '../../../test/support/picture-study.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { previewRecipe } from './preview.ts'
import { saveUnmatched } from './save-unmatched.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi unmatched '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** 500 volumes, of which the table knows six. */
async function study(rows: readonly string[]) {
  await writePictures(join(folder, 'stimuli'), 4)
  writeNifti(join(folder, 'betas.nii'), { shape: [2, 2, 2, 500], type: 'float32', values: (at) => (at * 7) % 31 })
  writeFileSync(join(folder, 'trials.tsv'), ['picture\trun\tvolume', ...rows, ''].join('\n'))
  return recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [{ path: 'betas.nii' }],
    table: {
      path: 'trials.tsv',
      columns: { picture: 'picture', run: 'run', volume: 'volume' },
      firstVolume: 0,
      rows: 'trials',
    },
    pictures: { from: 'folder', path: 'stimuli' },
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out', repeats: 'average-in-test' },
  })
}

const rows = ['bild 00 é\t1\t0', 'bild 01 é\t1\t1', 'n/a\t1\t2', 'bild 00 é\t2\t3', '=bild\t2\t4', 'bild 01 é\t2\t900']

describe('what belongs to nothing', () => {
  it('is shown one by one with the reason, the first few hundred, and the count of all', async () => {
    const { pairing } = await previewRecipe(await study(rows), folder)
    const { count, first } = pairing!.unmatchedRows!
    // 495 volumes, one row beyond, one without picture, one picture that is missing, two that no trial shows.
    expect(count).toBe(495 + 1 + 1 + 1 + 2)
    expect(first).toHaveLength(300)
    expect(first.slice(0, 3)).toEqual([
      { what: 'row without picture', item: 'line 4', reason: 'The picture column is empty or says n/a here.' },
      { what: 'row without volume', item: 'line 7 (volume 900)', reason: 'The images have volumes 0 to 499.' },
      { what: 'volume without row', item: 'volume 5', reason: 'No row of the table names this volume.' },
    ])
    expect(pairing!.unmatched.map(({ what, count: own, first: shown }) => [what, own, shown.length])).toEqual([
      ['row without picture', 1, 1],
      ['row without volume', 1, 1],
      ['volume without row', 495, 20],
      ['missing picture', 1, 1],
    ])
  })

  it('is saved whole, though something stops the import, and no cell becomes a formula', async () => {
    const file = join(folder, 'lists', 'unmatched.tsv')
    expect(await saveUnmatched(await study(rows), folder, file)).toEqual({ file, rows: 500 })
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('what\titem\treason')
    expect(lines).toHaveLength(501)
    expect(lines.every((line) => line.split('\t').length === 3)).toBe(true)
    expect(lines.slice(-3)).toEqual([
      "missing picture\t'=bild\t1 trial shows it, and it is not in stimuli.",
      'picture without trial\tbild 02 é.png\tNo trial shows it.',
      'picture without trial\tbild 03 é.png\tNo trial shows it.',
    ])
  })

  it('overwrites nothing', async () => {
    const file = join(folder, 'mine.tsv')
    writeFileSync(file, 'mine')
    await expect(saveUnmatched(await study(rows), folder, file)).rejects.toMatchObject({
      problem: { code: 'ALREADY_EXISTS' },
    })
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('is nothing where all belongs together', async () => {
    const labels = ['cat', 'dog', 'cat', 'dog']
    writeFileSync(
      join(folder, 'labels.tsv'),
      ['label\trun', ...labels.map((label, at) => `${label}\t${1 + (at >> 1)}`), ''].join('\n'),
    )
    const recipe = await study(rows)
    writeNifti(join(folder, 'betas.nii'), { shape: [2, 2, 2, 4], type: 'float32', values: (at) => (at * 7) % 31 })
    const { pictures: _without, ...rest } = recipe
    const table = { path: 'labels.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' }
    const plain = recipeSchema.parse({ ...rest, table, split: { rule: 'leave-one-run-out' } })
    const { pairing, trialStrip } = await previewRecipe(plain, folder)
    expect(pairing!.unmatchedRows).toEqual({ count: 0, first: [] })
    expect(trialStrip).toEqual({
      trials: 4,
      names: ['cat', 'dog'],
      runs: [
        { run: 1, session: 0, items: [0, 1] },
        { run: 2, session: 0, items: [0, 1] },
      ],
      folds: [
        { name: 'held out: run 1', parts: '1100' },
        { name: 'held out: run 2', parts: '0011' },
      ],
    })
  })
})
