/** Events that are not as they should be: what is offered, what stops, and that nothing is repaired silently. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  boldOf,
  eventsOf,
  type StudyEvent,
  type StudyOptions,
  tableText,
  writeStudy,
  writeText,
} from '../../../test/support/event-study.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { importSubject } from './import-subject.ts'
import { previewRecipe, previewWithAnswers } from './preview.ts'

const silent = { progress: () => {}, breathe: async () => {} }
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi events ö '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function imported(recipe: Recipe) {
  const result = await importSubject(recipe, folder, silent)
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

describe('oddities are offered, never repaired silently', () => {
  const text = (run: number) => tableText(eventsOf(run))
  const rewrite = (change: (text: string, run: number) => string, options: StudyOptions = {}) => {
    const recipe = writeStudy(folder, options)
    for (const run of [1, 2, 3]) writeText(join(folder, `run-${run}.tsv`), change(text(run), run))
    return recipe
  }
  const offered = [
    ['blanks between columns', (s: string) => s.replaceAll('\t', '  '), 'separator', 'space', 24],
    [
      'quoted cells parted by blanks',
      (s: string) => s.replaceAll(/[^\t\n]+/g, '"$&"').replaceAll('\t', ' '),
      'separator',
      'space',
      24,
    ],
    ['commas between columns', (s: string) => s.replaceAll('\t', ','), 'separator', 'comma', 24],
    ['commas for decimals', (s: string) => s.replaceAll(/(\d)\t4/g, '$1,0\t4'), 'decimal', 'comma', 24],
    ['a label that is n/a', (s: string) => s.replace('face', 'n/a'), 'labels', 'leave-out', 21],
    ['an onset that is n/a', (s: string) => s.replace(/\n\d+/, '\nn/a'), 'unplaced', 'leave-out', 21],
    ['a duration that is n/a', (s: string) => s.replace('\t4\t', '\tn/a\t'), 'duration', '0', 24],
    [
      'no column for durations',
      (s: string) => s.replace('\tduration', '').replaceAll('\t4\t', '\t'),
      'duration',
      '0',
      24,
    ],
    ['events after the end of the run', (s: string) => `${s}170\t4\tface\n`, 'unplaced', 'leave-out', 24],
  ] as const
  it.each(offered)('%s', async (_name, change, question, answer, trials) => {
    const recipe = rewrite(change)
    const before = await previewRecipe(recipe, folder)
    expect(before.problems[0]).toMatchObject({ level: 'question', choices: [{ question, answer }] })
    expect(before.trials).toBe(0)
    expect(await importSubject(recipe, folder, silent)).toMatchObject({ ok: false })
    const after = await previewWithAnswers(recipe, folder, { [question]: answer })
    expect(after.preview.problems.filter(({ level }) => level !== 'note')).toEqual([])
    expect(after.preview.trials).toBe(trials)
    expect((await importSubject(after.recipe, folder, silent)).ok).toBe(true)
  })

  it('what is left out is listed one by one, with the reason', async () => {
    const odd = (s: string, run: number) => (run === 2 ? `${s}n/a\t4\tface\n170\t4\tface\n158\t2\thouse\n` : s)
    const recipe = rewrite(odd)
    const { pairing } = await previewRecipe({ ...recipe, table: { ...recipe.table, unplaced: 'leave-out' } }, folder)
    expect(pairing!.unmatchedRows!.first.map(({ what, item, reason }) => [what, item, reason])).toEqual([
      ['event without trial', 'run 2, line 10 of run-2.tsv', 'It has no onset.'],
      ['event without trial', 'run 2, line 11 of run-2.tsv', 'It begins at 170 s, and the run ends at 160 s.'],
      ['event without trial', 'run 2, line 12 of run-2.tsv', 'Its response lies mostly outside the run.'],
    ])
  })

  it.each([
    ['a byte order mark', (s: string) => `\uFEFF${s}`, 'byte order mark'],
    ['Windows line ends', (s: string) => s.replaceAll('\n', '\r\n'), 'Windows line ends'],
    ['rows out of order', (s: string) => s.replace(/\n(.*)\n(.*)\n/, '\n$2\n$1\n'), 'order of their onsets'],
  ] as const)('%s changes nothing and is noted once, with its count', async (_name, change, words) => {
    const before = await imported(writeStudy(folder))
    const recipe = rewrite(change)
    const { problems } = await previewRecipe(recipe, folder)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ level: 'note', problem: { message: expect.stringContaining(words), count: 3 } })
    expect((await imported(recipe)).trials).toEqual(before.trials)
  })
})

describe('what stops', () => {
  const problemOf = async (recipe: Recipe) => {
    const { problems } = await previewRecipe(recipe, folder)
    expect(await importSubject(recipe, folder, silent)).toMatchObject({ ok: false, problem: problems[0]!.problem })
    return problems[0]!
  }
  const withRun2 = (events: readonly StudyEvent[] | string) => {
    const recipe = writeStudy(folder)
    writeText(join(folder, 'run-2.tsv'), typeof events === 'string' ? events : tableText(events))
    return recipe
  }

  it.each([
    ['an empty events table', 'onset\tduration\ttrial_type\n', 'The events table has no rows.'],
    ['an empty file', '', 'The events table has no rows.'],
    ['no onset column', tableText(eventsOf(2), 'start\tduration\ttrial_type'), 'The events have no column "onset".'],
    ['no label column', tableText(eventsOf(2), 'onset\tduration\tstimulus'), 'The events have no column "trial_type".'],
    ['an onset that is a word', tableText(eventsOf(2)).replace(/\n\d+/, '\nsoon'), 'The onset in line 2 is "soon".'],
    ['a negative duration', tableText(eventsOf(2)).replace('\t4\t', '\t-4\t'), 'The duration in line 2 is "-4".'],
  ])('%s', async (_name, events, message) => {
    const found = await problemOf(withRun2(events))
    expect(found).toMatchObject({ level: 'stop', problem: { code: 'BAD_TABLE', message } })
    expect(found.problem.where).toContain('run-2.tsv')
  })

  it('two trials at one time', async () => {
    const found = await problemOf(withRun2([...eventsOf(2), { ...eventsOf(2)[3]!, label: 'tool' }]))
    expect(found.problem).toMatchObject({ code: 'BAD_TABLE', message: expect.stringContaining('at the same time') })
    expect(found.problem.where).toContain('line 10')
  })

  it('but trials that overlap are only noted', async () => {
    const { problems, trials } = await previewRecipe(
      withRun2(eventsOf(2).flatMap((e, at) => (at === 3 ? [e, { ...e, onset: e.onset + 2 }] : [e]))),
      folder,
    )
    expect(trials).toBe(25)
    expect(problems).toMatchObject([{ level: 'note', problem: { message: expect.stringContaining('has ended') } }])
  })

  it('trials whose response the run does not hold are left out and counted', async () => {
    const { problems, perRun } = await previewRecipe(
      withRun2([...eventsOf(2), { onset: 158, duration: 2, label: 'face' }]),
      folder,
    )
    expect(perRun).toEqual({ 1: 8, 2: 8, 3: 8 })
    expect(problems).toMatchObject([
      { level: 'note', problem: { message: expect.stringContaining('outside the run') } },
    ])
  })

  it('a run without events, named', async () => {
    const recipe = writeStudy(folder)
    const images = recipe.images.map(({ path, run, table }) => (run === 2 ? { path, run } : { path, run, table }))
    const found = await problemOf({ ...recipe, images })
    expect(found.problem).toMatchObject({ code: 'BAD_RECIPE', message: 'This run has no events.' })
    expect(found.problem.where).toContain('run-2.nii')
    const gone = { ...recipe, images: recipe.images.map((image) => ({ ...image, table: 'nowhere.tsv' })) }
    expect((await problemOf(gone)).problem.code).toBe('NOT_FOUND')
  })

  it('confounds of another length, or without a chosen column', async () => {
    const recipe = writeStudy(folder)
    const images = recipe.images.map((image) => ({ ...image, confounds: `run-${image.run}_confounds.tsv` }))
    const filtered = { ...recipe, images, confounds: { presets: ['motion-6' as const], columns: [] } }
    expect((await problemOf(filtered)).problem).toMatchObject({
      code: 'BAD_TABLE',
      expected: expect.stringContaining('fast'),
    })
    const path = join(folder, 'run-3_confounds.tsv')
    writeText(path, readFileSync(path, 'utf8').split('\n').slice(0, 50).join('\n'))
    const short = { ...filtered, confounds: { presets: [], columns: ['fast'] } }
    expect((await problemOf(short)).problem).toMatchObject({
      code: 'LENGTH_MISMATCH',
      message: 'The confounds have 49 rows, the image has 80 volumes.',
      where: path,
    })
    const none = { ...short, images: recipe.images }
    expect((await problemOf(none)).problem).toMatchObject({
      code: 'BAD_RECIPE',
      message: expect.stringContaining('no confounds'),
    })
  })

  it('more regressors than volumes', async () => {
    const recipe = writeStudy(folder)
    const found = await problemOf({ ...recipe, trials: { ...recipe.trials, highPassSeconds: 4 } })
    expect(found.problem).toMatchObject({ code: 'LENGTH_MISMATCH', message: expect.stringContaining('regressors') })
  })

  it('a window that no volume falls into', async () => {
    const recipe = writeStudy(folder)
    const found = await problemOf({
      ...recipe,
      trials: { ...recipe.trials, from: 'event-window', windowSeconds: [5.5, 5.6] },
    })
    expect(found.problem.code).toBe('BAD_RECIPE')
  })

  it.each([
    ['events where volumes are wanted', { trials: { from: 'blocks' } }],
    [
      'a run number that is given twice',
      { images: [1, 2].map((n) => ({ path: `run-${n}.nii`, run: 1, table: `run-${n}.tsv` })) },
    ],
    ['volumes where events are wanted', { table: { columns: { label: 'trial_type' }, rows: 'volumes' } }],
  ] as const)('%s', async (_name, overrides) => {
    const recipe = writeStudy(folder, {}, structuredClone(overrides) as Parameters<typeof writeStudy>[2])
    expect((await problemOf(recipe)).problem.code).toBe('BAD_RECIPE')
  })
})

describe('the repetition time', () => {
  const withHeader = (header: number, seconds: number | null = null, believe: Recipe['timing']['believe'] = 'ask') => {
    const recipe = writeStudy(folder)
    for (const run of [1, 2, 3])
      writeNifti(join(folder, `run-${run}.nii`), boldOf(run, { image: { repetition: header } }))
    return { ...recipe, timing: { repetitionSeconds: seconds, believe, startSeconds: 0 } }
  }
  const first = async (recipe: Recipe) => (await previewRecipe(recipe, folder)).problems[0]

  it('that the header lacks or has absurd is asked for', async () => {
    expect(await first(withHeader(0))).toMatchObject({ level: 'stop', problem: { code: 'BAD_FILE' } })
    const recipe = withHeader(2000)
    expect(await first(recipe)).toMatchObject({ level: 'question', choices: [{ question: 'repetition', answer: '2' }] })
    const { preview, recipe: answered } = await previewWithAnswers(recipe, folder, { repetition: '2' })
    expect(answered.timing).toMatchObject({ repetitionSeconds: 2, believe: 'recipe' })
    expect(preview.trials).toBe(24)
  })

  it('on which header and recipe disagree is asked for', async () => {
    const recipe = withHeader(2, 2.5)
    expect(await first(recipe)).toMatchObject({
      level: 'question',
      problem: { code: 'LENGTH_MISMATCH' },
      choices: [{ answer: 'header' }, { answer: 'recipe' }],
    })
    const header = await previewWithAnswers(recipe, folder, { repetition: 'header' })
    expect(header.preview.steps?.[0]).toBe('Repetition time: 2 s.')
    const own = await previewWithAnswers(recipe, folder, { repetition: 'recipe' })
    expect(own.preview.steps?.[0]).toBe('Repetition time: 2.5 s.')
    expect(own.preview.problems[0]).toMatchObject({ level: 'note', problem: { count: 3 } })
  })

  it('of the recipe stands in for a missing one, which is noted', async () => {
    expect(await first(withHeader(0, 2))).toMatchObject({ level: 'note', problem: { count: 3 } })
    expect(await first(withHeader(2, null, 'recipe'))).toMatchObject({ problem: { code: 'BAD_RECIPE' } })
  })
})
