/** NSD from its list of pictures as text, with pictures of the HDF5 brick by nsdId and by cocoId. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { importSubject } from './import-subject.ts'
import { readTrialTable } from './trial-table.ts'

const silent = { progress: () => {}, breathe: async () => {} }
/** 250 pictures, each shown three times in one session; trial t of 750 shows picture order[t]. */
const order = Array.from({ length: 750 }, (_, t) => (t * 7 + 3 * Math.floor(t / 250)) % 250)
const cocoOf = (nsdId: number) => 500_000 - 13 * nsdId
const columns = [
  '',
  'cocoId',
  'cocoSplit',
  'nsdId',
  'shared1000',
  'subject2',
  'subject2_rep0',
  'subject2_rep1',
  'subject2_rep2',
]

/** As pandas writes it, with its index first; the rows come in the order of the pictures. */
function stimInfo(separator: string, change: (cells: string[], nsdId: number) => string[] = (cells) => cells): string {
  const rows = Array.from({ length: 260 }, (_, nsdId) => {
    const showings = order.flatMap((picture, t) => (picture === nsdId ? [t + 1] : []))
    const cells = [nsdId, cocoOf(nsdId), 'val2017', nsdId, nsdId < 50 ? 'True' : 'False', Number(nsdId < 250)]
    return change([...cells, ...[0, 1, 2].map((repeat) => showings[repeat] ?? 0)].map(String), nsdId).join(separator)
  })
  return [columns.join(separator), ...rows, ''].join('\n')
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi nsd '))
  copyFileSync(
    fileURLToPath(new URL('../../../test/fixtures/nsd/stimuli.hdf5', import.meta.url)),
    join(folder, 'stimuli.hdf5'),
  )
  for (const [ending, separator] of [
    ['csv', ','],
    ['tsv', '\t'],
  ] as const)
    writeFileSync(join(folder, `nsd_stim_info_merged.${ending}`), stimInfo(separator))
  writeNifti(join(folder, 'betas.nii'), {
    shape: [2, 2, 2, 750],
    type: 'float32',
    values: (at) => ((order[Math.floor(at / 8)]! * (1 + (at % 8))) % 17) + (at % 5) / 10,
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const recipe = (table: object, pictures: object = {}) =>
  recipeSchema.parse({
    version: 1,
    subject: '02',
    images: [{ path: 'betas.nii', session: 1 }],
    table: {
      path: 'nsd_stim_info_merged.csv',
      nsd: { subject: 2, sessions: [1] },
      columns: { picture: 'picture', run: 'run', shared: 'shared' },
      rows: 'trials',
      ...table,
    },
    pictures: { from: 'hdf5', path: 'stimuli.hdf5', dataset: 'imgBrick', firstIndex: 0, ...pictures },
    trials: { from: 'volumes' },
    standardise: 'session',
    split: { rule: 'pictures' },
  })

async function read(name: string, text: string) {
  writeFileSync(join(folder, name), text)
  const { table } = recipe({ path: name })
  return readTrialTable(join(folder, name), table)
}

describe("NSD's list of pictures", () => {
  it.each(['csv', 'tsv'])('gives every trial its picture, run and mark, as .%s', async (ending) => {
    const { table } = recipe({})
    const rows = await readTrialTable(join(folder, `nsd_stim_info_merged.${ending}`), table)
    if (!rows.ok) throw new Error(rows.problem.message)
    expect(rows.value.map(({ picture }) => Number(picture))).toEqual(order)
    expect(rows.value.map(({ shared }) => shared)).toEqual(order.map((picture) => picture < 50))
    expect([0, 62, 63, 124, 125, 749].map((at) => rows.value[at]!.run)).toEqual([1, 1, 2, 2, 3, 12])
  })

  it('says which trial has no picture, or two, and which column is missing', async () => {
    const without = await read(
      'without.csv',
      stimInfo(',', (cells, nsdId) => (nsdId === 9 ? [...cells.slice(0, 6), '0', '0', '0'] : cells)),
    )
    expect(without).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', message: expect.stringMatching(/^No picture is said to be shown in trial \d+\.$/) },
    })
    const twice = await read(
      'twice.csv',
      stimInfo(',', (cells, nsdId) => (nsdId === 255 ? [...cells.slice(0, 6), '1', '0', '0'] : cells)),
    )
    expect(twice).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', message: 'Trial 1 is said to show the pictures 0 and 255.' },
    })
    const other = await read('other.csv', stimInfo(',').replaceAll('subject2_rep2', 'third'))
    expect(other).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', message: 'The stim_info table has no column "subject2_rep2".' },
    })
    const word = await read(
      'word.csv',
      stimInfo(',', (cells, nsdId) => (nsdId === 3 ? [...cells.slice(0, 7), 'x', '0'] : cells)),
    )
    expect(word).toMatchObject({ ok: false, problem: { message: 'The subject2_rep1 in line 5 is "x".' } })
    const { table } = recipe({ nsd: { subject: 2, sessions: [2] } })
    expect(await readTrialTable(join(folder, 'nsd_stim_info_merged.csv'), table)).toMatchObject({
      problem: {
        message: 'No picture is said to be shown in trial 751.',
        fix: expect.stringContaining('sessions that the subject has'),
      },
    })
  })

  it('is not read as a pickle', async () => {
    const pickle = Buffer.from([0x80, 4, 0x95, 1, 2, 3, 0x2e])
    writeFileSync(join(folder, 'nsd_stim_info_merged.pkl'), pickle)
    for (const table of [{}, { nsd: undefined, columns: { picture: 'nsdId' } }]) {
      const asked = recipe({
        path: 'nsd_stim_info_merged.pkl',
        ...table,
        columns: { picture: 'picture', shared: 'shared' },
      })
      expect(await readTrialTable(join(folder, 'nsd_stim_info_merged.pkl'), asked.table)).toMatchObject({
        ok: false,
        problem: { code: 'BAD_FILE', message: expect.stringContaining('pickle'), fix: expect.stringContaining('.csv') },
      })
    }
  })
})

describe("pictures of NSD's brick", () => {
  it('come by nsdId and by cocoId, the same', async () => {
    const byId = await importSubject(recipe({}), folder, silent)
    if (!byId.ok) throw new Error(byId.problem.message)
    const { set, pictureOf } = byId.value.pictures!
    expect(set.names).toHaveLength(250)
    expect(set.names[3]).toBe('picture 003')
    // Resizing keeps the mean of each quarter: the first pixel of picture 3 comes from row 0, column 0.
    const at = 3 * 64 * 64 * 3
    expect([...set.pictures.pixels.subarray(at, at + 3)]).toEqual([0, 1, 2].map((c) => (31 * 3 + 85 * c) % 251))
    expect(pictureOf[3]).toBe(3)
    const byCoco = await importSubject(
      recipe(
        { columns: { picture: 'cocoId', run: 'run', shared: 'shared' } },
        { ids: { path: 'nsd_stim_info_merged.tsv', column: 'cocoId', position: 'nsdId' } },
      ),
      folder,
      silent,
    )
    if (!byCoco.ok) throw new Error(byCoco.problem.message)
    expect(byCoco.value.pictures!.set).toEqual(set)
    expect(byCoco.value.trials).toEqual(byId.value.trials)
    expect(byCoco.value.shared).toEqual(byId.value.shared)
    expect(byCoco.value.inputs.map(({ path }) => path)).toContain('nsd_stim_info_merged.tsv')
  })

  it('stop where an id is in no row, or stands for two', async () => {
    const columns = { picture: 'cocoId', run: 'run', shared: 'shared' }
    const ids = (path: string) => ({ ids: { path, column: 'cocoId', position: 'nsdId' } })
    writeFileSync(join(folder, 'few.tsv'), `cocoId\tnsdId\n${cocoOf(0)}\t0\n${cocoOf(1)}\t1\n`)
    expect(await importSubject(recipe({ columns }, ids('few.tsv')), folder, silent)).toMatchObject({
      ok: false,
      problem: { code: 'NOT_FOUND', count: 248 },
    })
    writeFileSync(join(folder, 'two.tsv'), `cocoId\tnsdId\n${cocoOf(0)}\t0\n${cocoOf(0)}\t1\n`)
    expect(await importSubject(recipe({ columns }, ids('two.tsv')), folder, silent)).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', message: `1 ids stand for several pictures: ${cocoOf(0)}.` },
    })
  })
})
