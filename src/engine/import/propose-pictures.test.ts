/** Pictures for an image with its table beside it, and the header of that table: asked, never taken for granted. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { pictureName, writePictures } from '../../../test/support/picture-study.ts'
import { everywhere } from '../places.ts'
import { importSubject } from './import-subject.ts'
import { previewAt } from './recipe-places.ts'
import { headerOf } from './table-look.ts'

const silent = { progress: () => {}, breathe: async () => {} }
let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'troi bare '))
  writeNifti(join(root, 'betas.nii'), {
    shape: [3, 2, 2, 12],
    type: 'float32',
    values: (at) => ((at * 31) % 47) + (at % 3),
  })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (name: string, lines: readonly string[]) => writeFileSync(join(root, name), [...lines, ''].join('\n'))
const tableOf = (header: string, row: (trial: number) => string) => [
  header,
  ...Array.from({ length: 12 }, (_, t) => row(t)),
]
const run = (trial: number) => 1 + Math.floor(trial / 4)

async function preview(answers: Record<string, string> = {}) {
  const places = everywhere([root])
  const located = places.locate(join(root, 'betas.nii'))
  if (!located.ok) throw new Error(located.problem.message)
  const found = await previewAt({ place: located.value, answers }, places)
  const open = found.preview.problems.filter(({ level }) => level === 'question')
  return {
    ...found,
    open,
    choicesOf: (question: string) =>
      open
        .flatMap(({ choices = [] }) => choices)
        .filter((choice) => choice.question === question)
        .map(({ answer }) => answer),
  }
}
const said = { rows: 'trials', run: 'run', brainMask: 'none' }

describe('a table that names pictures in a folder beside it', () => {
  beforeEach(async () => {
    await writePictures(join(root, 'stimuli'), 4)
    write(
      'trials.tsv',
      tableOf('item\trun\tkind', (t) => `${pictureName(t % 4)}\t${run(t)}\t${t % 2 ? 'cat' : 'dog'}`),
    )
  })

  it('asks labels or pictures, and offers labels first', async () => {
    const { choicesOf, recipe } = await preview(said)
    expect(choicesOf('targets')).toEqual(['labels', 'pictures', 'known-pictures'])
    expect(recipe.pictures ?? null).toBeNull()
    const labels = await preview({ ...said, targets: 'labels', label: 'kind' })
    expect([labels.recipe.table.columns, labels.open]).toEqual([{ label: 'kind', run: 'run' }, []])
  })

  it('takes the only column and the only folder that fit, and can be imported', async () => {
    const { recipe, open, preview: found } = await preview({ ...said, targets: 'known-pictures' })
    expect(recipe).toMatchObject({
      table: { columns: { picture: 'item', run: 'run' } },
      pictures: { from: 'folder', path: 'stimuli', by: 'name' },
      split: { rule: 'leave-one-run-out', repeats: 'average-in-test' },
    })
    expect(open).toEqual([])
    expect(found.pairing).toMatchObject({ pictures: 4, unusedPictures: 0, repeats: { 3: 4 } })
    const done = await importSubject(recipe, root, silent)
    expect(done.ok && done.value.pictures?.set.names).toEqual([0, 1, 2, 3].map(pictureName))
  })

  it('finds names without ending and with a folder before them, and asks where two folders fit', async () => {
    await writePictures(join(root, 'drawings'), 5)
    const stem = (t: number) => pictureName(t % 4).replace('.png', '')
    write(
      'trials.tsv',
      tableOf('stem\tpath\trun', (t) => `${stem(t)}\tstimuli/${pictureName(t % 4)}\t${run(t)}`),
    )
    const first = await preview({ ...said, targets: 'pictures' })
    expect(first.choicesOf('picture')).toEqual(['stem', 'path'])
    const stems = await preview({ ...said, targets: 'pictures', picture: 'stem' })
    expect(stems.choicesOf('pictures').sort()).toEqual(['drawings', 'stimuli'])
    const chosen = await preview({ ...said, targets: 'known-pictures', picture: 'stem', pictures: 'drawings' })
    expect(chosen.open).toEqual([])
    expect(chosen.recipe.pictures).toMatchObject({ path: 'drawings' })
    expect(chosen.preview.pairing!.unmatchedRows!.first).toEqual([
      { what: 'picture without trial', item: pictureName(4), reason: 'No trial shows it.' },
    ])
    const paths = await preview({ ...said, targets: 'known-pictures', picture: 'path' })
    expect([paths.recipe.pictures?.path, paths.open, paths.preview.trials]).toEqual(['.', [], 12])
  })

  it('asks nothing where no picture is there', async () => {
    write(
      'trials.tsv',
      tableOf('item\trun', (t) => `other-${t % 4}.png\t${run(t)}`),
    )
    expect((await preview(said)).choicesOf('targets')).toEqual([])
  })
})

describe('a table that numbers pictures of an HDF5 file', () => {
  beforeEach(() =>
    copyFileSync(
      fileURLToPath(new URL('../../../test/fixtures/nsd/stimuli.hdf5', import.meta.url)),
      join(root, 'stimuli.hdf5'),
    ),
  )

  it('asks for column, dataset, and from where they are counted', async () => {
    write(
      'trials.tsv',
      tableOf('kind\trun\tnsdId\tshared1000', (t) => `k${t % 2}\t${run(t)}\t${5 + (t % 4)}\t${t % 4 === 0 ? 1 : 0}`),
    )
    const asked = await preview({ ...said, targets: 'known-pictures' })
    expect(asked.choicesOf('picture')).toEqual(['nsdId', 'run', 'shared1000'])
    expect(asked.choicesOf('pictures')).toEqual(['stimuli.hdf5:imgBrick'])
    expect(asked.choicesOf('firstIndex')).toEqual(['0', '1'])
    const answers = {
      ...said,
      targets: 'known-pictures',
      picture: 'nsdId',
      pictures: 'stimuli.hdf5:imgBrick',
      firstIndex: '0',
    }
    const { recipe, open } = await preview(answers)
    expect(open).toEqual([])
    expect(recipe).toMatchObject({
      table: { columns: { picture: 'nsdId', run: 'run', shared: 'shared1000' } },
      pictures: { from: 'hdf5', path: 'stimuli.hdf5', dataset: 'imgBrick', firstIndex: 0 },
    })
    const done = await importSubject(recipe, root, silent)
    expect(done.ok && done.value.pictures?.set.names).toEqual([5, 6, 7, 8].map((n) => `picture 00${n}`))
  })

  it('does not ask what a 0 among the numbers settles', async () => {
    write(
      'trials.tsv',
      tableOf('kind\trun\tnsdId', (t) => `k${t % 2}\t${run(t)}\t${t % 4}`),
    )
    const { choicesOf, recipe } = await preview({
      ...said,
      targets: 'known-pictures',
      picture: 'nsdId',
      pictures: 'stimuli.hdf5:imgBrick',
    })
    expect([choicesOf('firstIndex'), recipe.pictures]).toEqual([[], expect.objectContaining({ firstIndex: 0 })])
  })

  it('finds COCO ids in the list of pictures beside it', async () => {
    write('nsd_stim_info_merged.csv', ['cocoId,nsdId', ...Array.from({ length: 20 }, (_, id) => `${9000 - id},${id}`)])
    write(
      'trials.tsv',
      tableOf('kind\trun\tcocoId', (t) => `k${t % 2}\t${run(t)}\t${9000 - (t % 4)}`),
    )
    const { recipe, open } = await preview({
      ...{ ...said, table: 'trials.tsv', targets: 'known-pictures', picture: 'cocoId' },
      pictures: 'stimuli.hdf5:imgBrick',
    })
    expect(open).toEqual([])
    expect(recipe.pictures).toMatchObject({
      ids: { path: 'nsd_stim_info_merged.csv', column: 'cocoId', position: 'nsdId' },
    })
    const done = await importSubject(recipe, root, silent)
    expect(done.ok && done.value.pictures?.set.names).toEqual([0, 1, 2, 3].map((n) => `picture 00${n}`))
  })

  it('leaves a damaged HDF5 file alone that has nothing to do with it', async () => {
    writeFileSync(join(root, 'stimuli.hdf5'), Buffer.from('\x89HDF\r\n\x1a\nno more', 'latin1'))
    write(
      'trials.tsv',
      tableOf('kind\trun\tnsdId', (t) => `k${t % 2}\t${run(t)}\t${t % 4}`),
    )
    expect((await preview({ ...said, label: 'kind' })).open).toEqual([])
  })
})

describe('the first row of a table', () => {
  const rows = (...lines: string[]) => lines.map((text, at) => ({ line: at + 1, cells: text.split(' ') }))

  it.each([
    ['words over numbers', rows('face beta', 'a 2', 'b 3'), { hasHeader: true, isClear: true }],
    ['a usual name over words', rows('condition word', 'cat x', 'dog y'), { hasHeader: true, isClear: true }],
    ['numbers over numbers', rows('face 1', 'house 1', 'face 2'), { hasHeader: false, isClear: true }],
    ['words over other words', rows('what which', 'cat x', 'dog y'), { hasHeader: true, isClear: false }],
    ['words that come back', rows('cat x', 'dog y', 'cat x'), { hasHeader: false, isClear: false }],
    ['a number over words', rows('1 label', 'a b', 'c d'), { hasHeader: false, isClear: false }],
    [
      'a number over numbers beside a word over numbers',
      rows('beta 1', '3 1', '4 2'),
      { hasHeader: false, isClear: false },
    ],
    ['a name over numbers with gaps', rows('cat score', 'a n/a', 'b 3'), { hasHeader: true, isClear: true }],
  ])('%s', (_name, table, expected) => {
    expect(headerOf(table)).toEqual(expected)
  })

  it('is asked about where it could be either, and read as answered', async () => {
    write(
      'trials.tsv',
      Array.from({ length: 13 }, (_, t) => `${t % 2 ? 'cat' : 'dog'}\tw${t}`),
    )
    const asked = await preview({ rows: 'trials', brainMask: 'none' })
    expect(asked.choicesOf('header')).toEqual(['no', 'yes'])
    expect(asked.open[0]).toMatchObject({
      choices: [{ text: 'The first row of data: dog, w0' }, { text: 'Names of the columns: dog, w0' }],
    })
    const names = await preview({ rows: 'trials', brainMask: 'none', header: 'yes', label: 'dog', run: 'none' })
    expect(names.recipe.table).toMatchObject({ header: true, columns: { label: 'dog' } })
    const data = await preview({ rows: 'trials', brainMask: 'none', header: 'no', label: '0', run: 'none' })
    expect(data.recipe.table).toMatchObject({ header: false, columns: { label: 0 } })
    // Thirteen rows of data for twelve volumes: the other answer was right.
    expect(data.preview.problems).toContainEqual(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'LENGTH_MISMATCH' }) }),
    )
  })
})
