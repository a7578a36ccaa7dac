import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { type PictureStudy, pictureName, studyShape, writePictureStudy } from '../../../test/support/picture-study.ts'
import { type Recipe, recipeSchema } from '../../core/contract/recipe.ts'
import { heldOut } from '../../core/data/split.ts'
import { unwrap } from '../../core/problem.ts'
import { flatIndex } from '../../core/volume/grid.ts'
import { importSubject } from './import-subject.ts'
import { previewRecipe } from './preview.ts'

const silent = { progress: () => {}, breathe: async () => {} }
const folder = freshFolder()
const study = (options: PictureStudy = {}, change: object = {}) => writePictureStudy(folder(), options, change)
const imported = async (recipe: Recipe) => unwrap(await importSubject(recipe, folder(), silent))
const problemOf = async (recipe: Recipe) => {
  const result = await importSubject(recipe, folder(), silent)
  return result.ok ? null : result.problem
}
const stimulus = (picture: number) => join(folder(), 'stimuli', pictureName(picture))
/** The table's lines, changed and written back. */
function changeTable(change: (lines: string[]) => string[]): void {
  const path = join(folder(), 'trials.tsv')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  writeFileSync(path, `${change(lines).join('\n')}\n`)
}

describe('an import with pictures', () => {
  it('says beforehand what belongs together and how trials are split', async () => {
    const preview = await previewRecipe(await study(), folder())
    expect(preview.problems).toEqual([])
    expect(preview).toMatchObject({
      trials: 48,
      volumes: 48,
      folds: 1,
      voxels: 144,
      annotatedVoxels: 48,
      constantVoxels: null,
    })
    expect(preview.perLabel).toMatchObject({ [pictureName(0)]: 2 })
    expect(preview.pairing).toEqual({
      ...{ rows: 48, volumes: 48, pictures: 24, unmatched: [], unusedPictures: 0, repeats: { 2: 24 } },
      ...{ duplicates: { count: 0, first: [] }, unmatchedRows: { count: 0, first: [] } },
    })
    expect(preview.split).toEqual({
      folds: [
        { name: 'held out: test pictures', trainTrials: 36, testTrials: 12, leftOut: 0, trainItems: 18, testItems: 6 },
      ],
      straddling: { pictures: 0, trials: 0 },
    })
  })

  it('keeps every picture once, small, with the hash of its file, and the trials that show it', async () => {
    const recipe = await study()
    const { trials, pictures, inputs, split, decisions } = await imported(recipe)
    expect(pictures!.set.pictures).toMatchObject({ count: 24, width: 64, height: 64 })
    expect(trials).toMatchObject({ targets: 'pictures', labels: Array.from({ length: 24 }, (_, i) => pictureName(i)) })
    const rows = readFileSync(join(folder(), 'trials.tsv'), 'utf8').trimEnd().split('\n').slice(1)
    expect([...trials.label].map((item) => trials.labels[item])).toEqual(rows.map((row) => `${row.split('\t')[0]}.png`))
    expect([...split.folds[0]!.part].map((part) => part === heldOut)).toEqual(rows.map((row) => row.endsWith('\t1')))
    expect(inputs).toHaveLength(4 + 24)
    expect(inputs.at(-1)).toMatchObject({
      path: `stimuli/${pictureName(23)}`,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(decisions).toContain('24 different pictures, made 64 × 64 by averaging.')
  })

  it('is the same bit for bit when run again', async () => {
    const recipe = await study()
    expect(await imported(recipe)).toEqual(await imported(recipeSchema.parse(JSON.parse(JSON.stringify(recipe)))))
  })

  it('takes the same picture under two names as one', async () => {
    const recipe = await study()
    copyFileSync(stimulus(3), stimulus(30))
    changeTable((lines) =>
      lines.map((line, at) =>
        at === lines.findIndex((one) => one.startsWith('bild 03')) ? line.replace('03', '30') : line,
      ),
    )
    const same = [pictureName(3), pictureName(30)]
    expect((await previewRecipe(recipe, folder())).pairing).toMatchObject({
      pictures: 25,
      duplicates: { count: 1, first: [same] },
    })
    const { trials, pictures } = await imported(recipe)
    expect(pictures!.duplicates).toEqual([same])
    expect(trials.labels).toHaveLength(24)
    expect([...trials.label].filter((item) => trials.labels[item] === pictureName(3))).toHaveLength(2)
  })

  it('does not let a picture leak into the test under another name', async () => {
    const recipe = await study({}, { split: { rule: 'pictures', test: ['bild 00 é', pictureName(1)] } })
    copyFileSync(stimulus(0), stimulus(9))
    // All trials of a picture follow its mark, so the copy is held out with it.
    const { split, trials } = await imported(recipe)
    const tested = [...trials.label].filter((_, i) => split.folds[0]!.part[i] === heldOut)
    expect(tested).toHaveLength(6)
    const bySession = await study({}, { split: { rule: 'sessions', test: [2], repeats: 'leave-out-of-training' } })
    expect(await problemOf(bySession)).toMatchObject({
      code: 'BAD_RECIPE',
      message: expect.stringContaining('0 training trials'),
    })
  })

  it('leaves betas and rows that belong to nothing out, and lists them', async () => {
    const recipe = await study(
      {},
      {
        table: {
          path: 'trials.tsv',
          columns: { picture: 'stimulus', run: 'run', session: 'session', shared: 'shared', volume: 'volume' },
          firstVolume: 1,
          rows: 'trials',
        },
      },
    )
    changeTable(([head, ...rows]) => [
      `${head}\tvolume`,
      // Volumes 3 and 4 have no row, and the row of volume 6 no picture; order does not matter.
      ...rows
        .map((row, at) => `${at === 5 ? row.replace(/^[^\t]*/, 'n/a') : row}\t${at + 1}`)
        .filter((_, at) => at !== 2 && at !== 3)
        .reverse(),
    ])
    const preview = await previewRecipe(recipe, folder())
    expect(preview.pairing).toMatchObject({
      rows: 46,
      volumes: 48,
      unmatched: [
        { what: 'row without picture', count: 1, first: ['line 44'] },
        { what: 'volume without row', count: 2, first: ['volume 3', 'volume 4'] },
      ],
    })
    expect(preview.problems.map(({ level }) => level)).toEqual(['note', 'note'])
    expect((await imported(recipe)).trials.label).toHaveLength(45)
  })
})

describe('pictures of events', () => {
  it('call the trials, and what has no picture is rest or goes by its label', async () => {
    await study({ pictures: 4 })
    for (const run of [1, 2]) {
      writeNifti(join(folder(), `bold-${run}.nii.gz`), {
        shape: [...studyShape, 30],
        type: 'float32',
        values: (at) => 500 + ((at * 7919 + run) % 101),
      })
      // Volumes are 2.5 s apart.
      const events = Array.from({ length: 8 }, (_, t) => `${7.5 * t}\t2\tpicture\tbild 0${(t + run) % 4} é`)
      const other = ['5\t2\trest\tn/a', '12.5\t1\tbutton\tn/a', '20\t1\t\tn/a']
      writeFileSync(
        join(folder(), `events-${run}.tsv`),
        ['onset\tduration\ttrial_type\tstim_file', ...events, ...other, ''].join('\n'),
      )
    }
    const recipe = recipeSchema.parse({
      version: 1,
      subject: 'events',
      images: [1, 2].map((run) => ({ path: `bold-${run}.nii.gz`, run, table: `events-${run}.tsv` })),
      table: {
        rows: 'events',
        columns: { picture: 'stim_file', label: 'trial_type' },
        ignoreLabels: ['rest'],
        nuisanceLabels: ['button'],
      },
      pictures: { from: 'folder', path: 'stimuli' },
      trials: { from: 'event-glm' },
      split: { rule: 'leave-one-run-out', repeats: 'average-in-test' },
    })
    const preview = await previewRecipe(recipe, folder())
    expect(preview.problems.filter(({ level }) => level !== 'note')).toEqual([])
    expect(preview).toMatchObject({
      trials: 16,
      folds: 2,
      pairing: { pictures: 4, repeats: { 4: 4 }, unusedPictures: 0 },
    })
    const { trials } = await imported(recipe)
    expect([...trials.label].map((item) => trials.labels[item])).toEqual(
      [1, 2].flatMap((run) => Array.from({ length: 8 }, (_, t) => pictureName((t + run) % 4))),
    )
  })
})

describe('what stops an import with pictures', () => {
  it('pictures that are not there, all of them in one problem', async () => {
    const recipe = await study()
    rmSync(stimulus(2))
    renameSync(stimulus(5), join(folder(), 'stimuli', 'other.png'))
    const problem = {
      code: 'NOT_FOUND',
      count: 2,
      message: '2 pictures of the table are not there: bild 02 é, bild 05 é.',
    }
    expect(await problemOf(recipe)).toMatchObject(problem)
    const preview = await previewRecipe(recipe, folder())
    expect(preview.problems).toMatchObject([{ level: 'stop', problem }])
    expect(preview.pairing).toMatchObject({
      unusedPictures: 1,
      unmatched: [{ what: 'missing picture', count: 2, first: ['bild 02 é', 'bild 05 é'] }],
    })
  })

  it('more than twenty missing pictures are counted, and the first twenty named', async () => {
    const recipe = await study()
    for (let picture = 0; picture < 22; picture++) rmSync(stimulus(picture))
    const { unmatched } = (await previewRecipe(recipe, folder())).pairing!
    expect(unmatched).toMatchObject([{ count: 22 }])
    expect(unmatched[0]!.first).toHaveLength(20)
    expect(await problemOf(recipe)).toMatchObject({
      count: 22,
      message: expect.stringContaining('bild 19 é and 2 more.'),
    })
  })

  it('a split that would show a test picture in training, with what to do', async () => {
    const recipe = await study({}, { split: { rule: 'sessions', test: [2] } })
    expect(await problemOf(recipe)).toMatchObject({
      code: 'BAD_RECIPE',
      count: 24,
      fix: expect.stringContaining('leave-out-of-training'),
    })
    const preview = await previewRecipe(recipe, folder())
    expect(preview.problems).toMatchObject([{ level: 'stop', problem: { count: 24 } }])
    expect(preview.pairing).toMatchObject({ pictures: 24, repeats: { 2: 24 } })
    const known = await study({}, { split: { rule: 'sessions', test: [2], repeats: 'average-in-test' } })
    expect((await previewRecipe(known, folder())).problems).toMatchObject([{ level: 'note', problem: { count: 24 } }])
  })

  it('a picture marked as shared in one row and not in another', async () => {
    const recipe = await study()
    changeTable((lines) =>
      lines.map((line, at) => (at === 1 ? line.replace(/\t[01]$/, (mark) => (mark === '\t1' ? '\t0' : '\t1')) : line)),
    )
    expect(await problemOf(recipe)).toMatchObject({ code: 'BAD_TABLE', count: 1 })
  })

  it('a trial that is in the table twice, or names a volume that is not there', async () => {
    const table = {
      path: 'trials.tsv',
      columns: { picture: 'stimulus', run: 'run', session: 'session', volume: 'volume', shared: 'shared' },
      firstVolume: 0,
      rows: 'trials',
    }
    const recipe = await study({}, { table, standardise: 'run' })
    const numbered = (number: (at: number) => number) =>
      changeTable(([head, ...rows]) => [`${head}\tvolume`, ...rows.map((row, at) => `${row}\t${number(at)}`)])
    numbered((at) => (at === 7 ? 6 : at))
    expect(await problemOf(recipe)).toMatchObject({
      code: 'BAD_TABLE',
      message: 'One trial is in the table twice: lines 8 and 9 (volume 6).',
    })
    await study({}, { table })
    numbered((at) => at + 1)
    expect(await problemOf(recipe)).toMatchObject({
      code: 'LENGTH_MISMATCH',
      message: '1 rows name a volume that the images do not have: line 49 (volume 48).',
    })
  })

  it('a table of another length than the betas', async () => {
    const recipe = await study()
    changeTable((lines) => lines.slice(0, -3))
    expect(await problemOf(recipe)).toMatchObject({
      code: 'LENGTH_MISMATCH',
      message: 'The table has 45 rows, the images have 48 volumes.',
    })
  })

  it('a test list that names pictures nobody was shown', async () => {
    const recipe = await study({}, { split: { rule: 'pictures', test: ['bild 01 é', 'nobody'] } })
    expect(await problemOf(recipe)).toMatchObject({
      code: 'BAD_RECIPE',
      count: 1,
      message: expect.stringContaining('nobody'),
    })
  })

  it.each<[string, object]>([
    [
      'pictures without a picture column',
      { table: { path: 'trials.tsv', columns: { label: 'stimulus' }, rows: 'trials' } },
    ],
    ['a picture column without pictures or labels', { pictures: null }],
    ['positions that do not say where they start', { pictures: { from: 'folder', path: 'stimuli', by: 'position' } }],
    [
      'a split by marks without a column of marks',
      { table: { path: 'trials.tsv', columns: { picture: 'stimulus' }, rows: 'trials' } },
    ],
    [
      'volumes that do not say where they start',
      {
        table: { path: 'trials.tsv', columns: { picture: 'stimulus', volume: 'run' }, rows: 'trials' },
        split: { rule: 'leave-one-run-out' },
      },
    ],
  ])('a recipe with %s', async (_name, change) => {
    await expect(study({}, change)).rejects.toThrow()
  })

  it('a picture that goes away while it is imported', async () => {
    const recipe = await study()
    const hooks = {
      progress: () => {},
      // The first breath is taken after the survey.
      breathe: async () => rmSync(stimulus(20), { force: true }),
    }
    expect(await importSubject(recipe, folder(), hooks)).toMatchObject({
      ok: false,
      problem: { code: 'NOT_FOUND', where: stimulus(20) },
    })
  })
})

describe('voxels of an import', () => {
  it('are those of the crop, on the grid of the images, with the coverage shown', async () => {
    const recipe = await study({}, { crop: { rule: 'voxels', start: [0, 0, 0], shape: [2, 6, 4] } })
    const preview = await previewRecipe(recipe, folder())
    expect(preview).toMatchObject({ voxels: 48, crop: { start: [0, 0, 0], shape: [2, 6, 4], annotatedCoverage: 0.5 } })
    expect(preview.crop!.brainCoverage).toBeCloseTo(1 / 3, 10)
    const { trials, decisions } = await imported(recipe)
    expect(trials.grid.shape).toEqual([...studyShape])
    expect(trials.index).toHaveLength(48)
    expect(Math.max(...trials.index)).toBeLessThan(flatIndex(studyShape, 2, 0, 0))
    expect(decisions.join(' ')).toContain(
      'Crop: 2 × 6 × 4 voxels from (0, 0, 0) on, 33.3 % of the brain mask, 50.0 % of the annotated ROI.',
    )
  })

  it('cannot be a crop outside the images, or the occipital one without a brain', async () => {
    const outside = await study({}, { crop: { rule: 'voxels', start: [4, 0, 0], shape: [3, 6, 4] } })
    expect(await problemOf(outside)).toMatchObject({ code: 'BAD_PARAMETER' })
    const blind = await study({}, { crop: { rule: 'occipital' }, brainMask: null })
    expect(await problemOf(blind)).toMatchObject({ code: 'BAD_RECIPE' })
    const whole = await study({}, { crop: { rule: 'occipital' } })
    expect((await previewRecipe(whole, folder())).crop).toMatchObject({ shape: [...studyShape], brainCoverage: 1 })
  })

  it('may come from a mask on another grid, only when that is asked for', async () => {
    const recipe = await study()
    // Twice as fine along the first axis, the same place in millimetres; the left half is brain.
    writeNifti(join(folder(), 'brain.nii.gz'), {
      shape: [12, 6, 4],
      type: 'uint8',
      affine: [1, 0, 0, -10.5, 0, 2, 0, -20, 0, 0, 2, -30],
      pixdim: [1, 2, 2],
      values: (at) => (at % 12 < 6 ? 1 : 0),
    })
    expect(await problemOf(recipe)).toMatchObject({
      code: 'LENGTH_MISMATCH',
      fix: expect.stringContaining('resampleMasks'),
    })
    const asked = recipeSchema.parse({ ...recipe, resampleMasks: 'nearest' })
    const { trials, decisions } = await imported(asked)
    expect([...trials.index]).toEqual(Array.from({ length: 72 }, (_, i) => i))
    expect(decisions).toContain('The brain mask was read on the grid of the images by nearest neighbour.')
  })

  it('may be the bright part of the mean volume, but not of betas', async () => {
    const recipe = await study({}, { brainMask: { rule: 'otsu' } })
    expect(await problemOf(recipe)).toMatchObject({ code: 'BAD_RECIPE' })
    writeNifti(join(folder(), 'bold.nii.gz'), {
      shape: [...studyShape, 48],
      type: 'float32',
      values: (at) => (at % 6 < 4 ? 1000 : 10) + ((at * 7919) % 13),
    })
    const series = recipeSchema.parse({
      ...{ ...recipe, images: [{ path: 'bold.nii.gz' }], table: { ...recipe.table, rows: 'volumes' } },
    })
    expect(await previewRecipe(series, folder())).toMatchObject({
      voxels: 96,
      brain: { voxels: 96, from: expect.stringMatching(/^mean volume above [\d.]+ \(Otsu\), its largest piece$/) },
    })
    expect((await imported(series)).trials.index.length).toBeLessThanOrEqual(96)
  })
})
