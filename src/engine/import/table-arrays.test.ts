import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matBytes } from '../../../test/support/make-mat.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { Random } from '../../core/random/random.ts'
import { readTrialTable } from './trial-table.ts'

const fixtures = fileURLToPath(new URL('../../../test/fixtures/arrays', import.meta.url))
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi tables '))
  for (const name of ['v7.mat', 'v5.mat', 'v73.mat', 'mindeye.hdf5'])
    copyFileSync(join(fixtures, name), join(folder, name))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string, table: object) =>
  readTrialTable(
    join(folder, path),
    recipeSchema.shape.table.parse({ path, rows: 'trials', columns: { label: 'label' }, ...table }),
  )

describe('label arrays', () => {
  it.each(['v5.mat', 'v7.mat'])('%s: cells of texts, rows of a character matrix, numbers', async (path) => {
    const expected = ['face', 'house', 'face', 'house', 'face', 'cat'].map((label, at) => ({
      line: at + 1,
      label,
      run: at < 3 ? 1 : 2,
      session: 0,
      picture: null,
      volume: null,
      shared: false,
    }))
    for (const label of ['names', 'rows'])
      expect(await read(path, { columns: { label, run: 'run' } })).toEqual({ ok: true, value: expected })
    const numbers = await read(path, { columns: { label: 'label', run: 'run' } })
    expect(numbers.ok && numbers.value.map((row) => row.label)).toEqual(['2', '1', '2', '1', '2', '1'])
  })

  it.each([
    ['mindeye.hdf5', { label: 'labels', run: 'runs' }, ['3', '1', '2', '3', '1', '2']],
    ['v73.mat', { label: 'label' }, ['2', '1', '2', '1', '2', '1']],
  ])('%s: numbers', async (path, columns, labels) => {
    const table = await read(path, { columns })
    expect(table.ok && table.value.map((row) => row.label)).toEqual(labels)
  })

  it.each([
    ['v7.mat', { label: 'names', run: 'bold' }, 'BAD_TABLE', '4 × 3 × 2 × 6, no list of rows'],
    ['v7.mat', { label: 'names', run: 'nothing' }, 'BAD_RECIPE', 'no variable "nothing"'],
    ['v7.mat', { label: 'info' }, 'BAD_FILE', 'a struct'],
    ['v7.mat', { label: 0 }, 'BAD_RECIPE', 'by its number'],
    ['mindeye.hdf5', { label: 'labels', run: 'betas32' }, 'BAD_TABLE', '6 × 12, no list of rows'],
    ['mindeye.hdf5', { label: 'nothing' }, 'BAD_RECIPE', 'no dataset "nothing"'],
    ['v73.mat', { label: 'names' }, 'BAD_FILE', 'class char'],
  ])('%s %o is refused', async (path, columns, code, words) => {
    expect(await read(path, { columns })).toMatchObject({
      ok: false,
      problem: { code, message: expect.stringContaining(words), where: expect.stringContaining(path) },
    })
  })

  it('arrays of different lengths', async () => {
    const variable = (name: string, count: number) => ({ name, sizes: [1, count], values: (i: number) => i })
    writeFileSync(join(folder, 'uneven.mat'), matBytes([variable('label', 5), variable('run', 4)]))
    expect(await read('uneven.mat', { columns: { label: 'label', run: 'run' } })).toMatchObject({
      ok: false,
      problem: { code: 'LENGTH_MISMATCH', message: '"run" has 4 entries and "label" has 5.' },
    })
  })
})

describe("NSD's experiment design", () => {
  // The shape of the real file with pictures of our own: 8 subjects × 10,000 pictures of 73,000, 30,000 trials.
  const ordering = Int32Array.from({ length: 30000 }, (_, t) => (t % 10000) + 1)
  const pictures = (subject: number, image: number) => ((image * 7 + subject * 1013) % 73000) + 1
  beforeAll(() => {
    const random = Random.of(20261125, 'order')
    for (let at = ordering.length - 1; at > 0; at--) {
      const other = random.integer(at + 1)
      const kept = ordering[at]!
      ordering[at] = ordering[other]!
      ordering[other] = kept
    }
    const variables = [
      { name: 'masterordering', sizes: [1, 30000], stored: 4, values: (t: number) => ordering[t]! },
      { name: 'subjectim', sizes: [8, 10000], stored: 6, values: (i: number) => pictures(i % 8, Math.floor(i / 8)) },
    ] as const
    writeFileSync(join(folder, 'nsd_expdesign.mat'), matBytes(variables, true))
    writeFileSync(join(folder, 'short.mat'), matBytes([{ ...variables[0], sizes: [1, 900] }, variables[1]], true))
  })

  it('gives every trial its picture, run and session', async () => {
    const table = await read('nsd_expdesign.mat', {
      columns: { label: 'picture', run: 'run', session: 'session' },
      nsd: { subject: 2, sessions: [3, 4] },
    })
    if (!table.ok) throw new Error(table.problem.message)
    expect(table.value).toHaveLength(1500)
    for (const [at, row] of table.value.entries()) {
      expect(row.label).toBe(String(pictures(1, ordering[1500 + at]! - 1) - 1))
      expect(row.session).toBe(at < 750 ? 3 : 4)
    }
    // Runs are numbered through: session 3 begins with run 25.
    expect([0, 62, 63, 749, 750].map((at) => table.value[at]!.run)).toEqual([25, 25, 26, 36, 37])
  })

  it('says where it is too short, or is no design', async () => {
    const nsd = { columns: { label: 'picture' }, nsd: { subject: 1, sessions: [2] } }
    expect(await read('short.mat', nsd)).toMatchObject({
      ok: false,
      problem: { code: 'BAD_TABLE', message: '"masterordering" has 900 trials.' },
    })
    expect(await read('v7.mat', nsd)).toMatchObject({ ok: false, problem: { code: 'BAD_RECIPE' } })
  })
})
