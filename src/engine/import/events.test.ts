/** From BOLD and events to trials, through the import: what is formed, and how it is told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventsOf, height, tableText, voxels, writeStudy, writeText } from '../../../test/support/event-study.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { type Recipe, recipeSchema } from '../../core/contract/recipe.ts'
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

/** Mean of a voxel's trials of one label; voxel in flat order (z fastest). */
async function means(recipe: Recipe) {
  const { trials } = await imported(recipe)
  const mean = (voxel: number, name: string) => {
    const rows = [...trials.label.keys()].filter((row) => trials.labels[trials.label[row]!] === name)
    return rows.reduce((sum, row) => sum + trials.betas[row * voxels + voxel]!, 0) / rows.length
  }
  // Voxel 0 of the file is flat 0; voxel 1, (1, 0, 0), is flat 4.
  return { face: [mean(0, 'face'), mean(0, 'house')], house: [mean(4, 'house'), mean(4, 'face')] }
}

describe('trials from events', () => {
  it('have the height of the response, in percent, whatever drifts', async () => {
    const recipe = writeStudy(folder)
    // With one regressor per label the model is the one that made the data; with one for all others it is not.
    const { face, house } = await means({ ...recipe, trials: { ...recipe.trials, otherTrials: 'by-label' } })
    expect(face[0]).toBeCloseTo(height, 1)
    expect(house[0]).toBeCloseTo(height, 1)
    expect(face[1]).toBeCloseTo(0, 1)
    expect(house[1]).toBeCloseTo(0, 1)
  })

  it.each(['event-glm', 'event-window', 'event-volume'] as const)('of %s tell labels apart', async (from) => {
    const { face, house } = await means(
      writeStudy(folder, {}, { trials: { from, detrend: false, highPassSeconds: 60 } }),
    )
    expect(face[0]! - face[1]!).toBeGreaterThan(0.5)
    expect(house[0]! - house[1]!).toBeGreaterThan(0.5)
  })

  it('do not see a confound that is removed, whose first row may be n/a', async () => {
    const removing = (recipe: Recipe): Recipe => ({
      ...recipe,
      images: recipe.images.map((image) => ({ ...image, confounds: `run-${image.run}_confounds.tsv` })),
      confounds: { presets: [], columns: ['fast', 'slow'] },
    })
    const clean = (await imported(removing(writeStudy(folder)))).trials.betas
    const recipe = writeStudy(folder, { confound: 40 })
    const dirty = (await imported(recipe)).trials.betas
    const { trials, inputs, decisions } = await imported(removing(recipe))
    const far = (a: Float32Array) => Math.max(...a.map((value, at) => Math.abs(value - clean[at]!)))
    expect(far(dirty)).toBeGreaterThan(0.3)
    // The confound's mean moves a voxel's mean a little, and with it what a percent is.
    expect(far(trials.betas)).toBeLessThan(0.05)
    expect(inputs).toHaveLength(9)
    expect(decisions.join(' ')).toContain('the confounds fast, slow')
  })

  it('are the same whichever runs are held out, and whatever held-out trials are called', async () => {
    const recipe = writeStudy(folder)
    const before = (await imported(recipe)).trials.betas
    const held = (await imported({ ...recipe, split: { rule: 'runs', test: [3] } })).trials.betas
    expect(held).toEqual(before)
    const swapped = eventsOf(3).map((event, at) => ({ ...event, label: at < 4 ? 'face' : 'house' }))
    writeText(join(folder, 'run-3.tsv'), tableText(swapped))
    expect((await imported(recipe)).trials.betas).toEqual(before)
  })

  it('with other trials by label: said that labels enter', async () => {
    const recipe = writeStudy(folder)
    const { problems, steps } = await previewRecipe(
      { ...recipe, trials: { ...recipe.trials, otherTrials: 'by-label' } },
      folder,
    )
    expect(problems.map(({ level, problem }) => [level, problem.message])).toContainEqual([
      'note',
      'Labels enter the response model of every run, held-out runs included.',
    ])
    expect(steps?.join(' ')).toContain('one regressor per label')
  })

  it('are told in words, and the words become decisions', async () => {
    const recipe = writeStudy(folder)
    const { steps, trials, perRun, problems } = await previewRecipe(recipe, folder)
    expect([trials, perRun, problems]).toEqual([24, { 1: 8, 2: 8, 3: 8 }, []])
    expect(steps).toEqual([
      'Repetition time: 2 s.',
      'Each run in percent of its mean over all volumes, without cosines slower than 60 s (5 per run).',
      "Trials: height of the canonical response (SPM's double gamma), one model per trial with all other trials as one regressor; no label enters.",
    ])
    expect((await imported(recipe)).decisions).toEqual(expect.arrayContaining(steps!))
  })

  it('may come from one table with a run column', async () => {
    const recipe = writeStudy(folder)
    const apart = await imported(recipe)
    const rows = [1, 2, 3].flatMap((run) => eventsOf(run).map((e) => `${e.onset}\t${e.duration}\t${e.label}\t${run}`))
    writeText(join(folder, 'all.tsv'), ['onset\tduration\ttrial_type\trun', ...rows].join('\n'))
    const together = await imported({
      ...recipe,
      images: recipe.images.map(({ path, run }) => ({ path, run })),
      table: { ...recipe.table, path: 'all.tsv', columns: { label: 'trial_type', run: 'run' } },
    })
    expect(together.trials).toEqual(apart.trials)
  })

  it('join the pictures of a block, and this is offered where most events repeat their label', async () => {
    const recipe = writeStudy(folder)
    for (const run of [1, 2, 3]) {
      const pictures = eventsOf(run).flatMap(({ onset, label }) =>
        [0, 1, 2, 3].map((at) => ({ onset: onset + at, duration: 0.5, label })),
      )
      writeText(join(folder, `run-${run}.tsv`), tableText(pictures))
    }
    const single = await previewRecipe(recipe, folder)
    expect(single.trials).toBe(96)
    expect(single.problems.flatMap(({ choices = [] }) => choices)).toEqual([
      { question: 'join', answer: '0.5', text: 'Join events of one label with gaps of at most 0.5 s.' },
    ])
    const joined = await previewWithAnswers(recipe, folder, { join: '0.5' })
    expect(joined.recipe.table.joinSeconds).toBe(0.5)
    expect(joined.preview).toMatchObject({ trials: 24, problems: [] })
  })

  it('leave nuisance events out of the trials and in the model', async () => {
    const recipe = writeStudy(folder)
    const before = (await imported(recipe)).trials
    for (const run of [1, 2, 3])
      writeText(
        join(folder, `run-${run}.tsv`),
        tableText([...eventsOf(run), ...eventsOf(run).map((e) => ({ ...e, onset: e.onset + 8, label: 'press' }))]),
      )
    const table = { ...recipe.table, nuisanceLabels: ['press'] }
    const { trials } = await imported({ ...recipe, table })
    expect(trials.labels).toEqual(before.labels)
    expect(trials.label).toEqual(before.label)
    expect(trials.betas).not.toEqual(before.betas)
  })
})

describe('a beta series', () => {
  /** Four trials per run; the level of a run is ten times its number. */
  const series = (trials: object = {}) => {
    for (const run of [1, 2]) {
      writeNifti(join(folder, `betas-${run}.nii`), {
        shape: [3, 2, 2, 1, 4],
        type: 'float32',
        values: (index) => 10 * run + (index % 12) * Math.floor(index / 12),
      })
      writeText(join(folder, `trials-${run}.txt`), '"Kind" "Nr"\n"face" 1\n"a house" 2\n"face" 3\n"a house" 4\n')
    }
    return recipeSchema.parse({
      version: 1,
      subject: '01',
      images: [1, 2].map((run) => ({ path: `betas-${run}.nii`, run, table: `trials-${run}.txt` })),
      table: { columns: { label: 'Kind' }, rows: 'trials' },
      trials: { from: 'volumes', ...trials },
      split: { rule: 'leave-one-run-out' },
    })
  }

  it('has a table per image, whose separator is offered', async () => {
    const before = await previewRecipe(series(), folder)
    expect(before.problems).toMatchObject([
      { level: 'question', choices: [{ question: 'separator', answer: 'space' }] },
    ])
    const { recipe, preview } = await previewWithAnswers(series(), folder, { separator: 'space' })
    expect(preview).toMatchObject({ trials: 8, perLabel: { face: 4, 'a house': 4 }, problems: [] })
    expect((await imported(recipe)).trials.betas[0]).toBe(10)
  })

  it('is centred run by run if asked for', async () => {
    const { recipe } = await previewWithAnswers(series({ centreRuns: true }), folder, { separator: 'space' })
    const { trials, decisions } = await imported(recipe)
    const wide = trials.index.length
    expect(trials.betas.slice(0, 4 * wide)).toEqual(trials.betas.slice(4 * wide))
    for (let v = 0; v < wide; v++)
      expect([0, 1, 2, 3].reduce((sum, row) => sum + trials.betas[row * wide + v]!, 0)).toBeCloseTo(0, 4)
    expect(decisions.join(' ')).toContain('less the mean over all trials of the run')
    expect(
      await importSubject({ ...recipe, trials: { ...recipe.trials, highPassSeconds: 90 } }, folder, silent),
    ).toMatchObject({
      ok: false,
      problem: { code: 'BAD_RECIPE' },
    })
  })

  it('of which a table has another length stops, naming the table', async () => {
    const recipe = series()
    writeText(join(folder, 'trials-2.txt'), 'Kind\nface\n')
    writeText(join(folder, 'trials-1.txt'), 'Kind\nface\nhouse\nface\nhouse\n')
    expect((await previewRecipe(recipe, folder)).problems).toMatchObject([
      { level: 'stop', problem: { code: 'LENGTH_MISMATCH', where: join(folder, 'trials-2.txt') } },
    ])
  })
})
