import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestNifti, writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { holdOut } from '../../core/data/imported-trials.ts'
import { runFolds } from '../../core/data/split.ts'
import { flatIndex } from '../../core/volume/grid.ts'
import { importSubject } from './import-subject.ts'
import { previewRecipe } from './preview.ts'
import { readRecipe } from './recipe-file.ts'

const silent = { progress: () => {}, breathe: async () => {} }
const shape = [4, 3, 2] as const
/** Volumes per run and their labels: two blocks of each label, rest between. */
const runLabels = ['rest', 'face', 'face', 'rest', 'house', 'house', 'rest', 'house', 'rest', 'face']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi import é '))
  mkdirSync(join(folder, 'données'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Voxel (x, y, z) answers to faces if x is 0, to houses if x is 1; the rest drifts only. Voxel (3, 0, 0) is constant. */
function value(x: number, y: number, z: number, t: number): number {
  if (x === 3 && y === 0 && z === 0) return 500
  const label = runLabels[t % runLabels.length]
  const answer = (x === 0 && label === 'face') || (x === 1 && label === 'house') ? 10 : 0
  return 1000 + answer + 3 * (t % runLabels.length) + ((x * 7 + y * 5 + z * 3 + t * 11) % 4)
}

function series(overrides: Partial<TestNifti> = {}, runs = 3): TestNifti {
  const [nx, ny, nz] = shape
  const voxels = nx * ny * nz
  return {
    shape: [...shape, runs * runLabels.length],
    type: 'float32',
    values: (i) => {
      const v = i % voxels
      return value(v % nx, Math.floor(v / nx) % ny, Math.floor(v / (nx * ny)), Math.floor(i / voxels))
    },
    ...overrides,
  }
}

function write(options: { image?: Partial<TestNifti>; rows?: string[]; recipe?: object; runs?: number } = {}) {
  const runs = options.runs ?? 3
  writeNifti(join(folder, 'données', 'bold 1.nii.gz'), series(options.image, runs))
  const rows =
    options.rows ??
    Array.from(
      { length: runs * runLabels.length },
      (_, t) => `${runLabels[t % runLabels.length]}\t${1 + Math.floor(t / runLabels.length)}`,
    )
  writeFileSync(join(folder, 'données', 'table.tsv'), ['condition\trun', ...rows].join('\n'))
  return recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [{ path: 'données/bold 1.nii.gz' }],
    table: {
      path: 'données/table.tsv',
      columns: { label: 'condition', run: 'run' },
      rows: 'volumes',
      ignoreLabels: ['rest'],
    },
    trials: { from: 'blocks' },
    split: { rule: 'leave-one-run-out' },
    ...options.recipe,
  })
}

describe('a clean import', () => {
  it('forms blocks, leaves constant voxels out and keeps every voxel in its place', async () => {
    const recipe = write()
    const preview = await previewRecipe(recipe, folder)
    expect(preview).toMatchObject({
      trials: 12,
      volumes: 30,
      folds: 3,
      perLabel: { face: 6, house: 6 },
      perRun: { 1: 4, 2: 4, 3: 4 },
      problems: [],
    })
    expect(preview.images[0]).toMatchObject({ orientation: 'RAS', dtype: 'float32', voxelMillimetres: [2, 2, 2] })
    const imported = await importSubject(recipe, folder, silent)
    if (!imported.ok) throw new Error(imported.problem.message)
    const { trials, constantVoxels, inputs } = imported.value
    expect(constantVoxels).toBe(1)
    expect(trials.index).toHaveLength(23)
    expect([...trials.index]).not.toContain(flatIndex(shape, 3, 0, 0))
    expect(trials.labels).toEqual(['face', 'house'])
    expect(inputs.map((input) => input.path)).toEqual(['données/bold 1.nii.gz', 'données/table.tsv'])
    const face = [...trials.index].indexOf(flatIndex(shape, 0, 1, 1))
    const house = [...trials.index].indexOf(flatIndex(shape, 1, 2, 0))
    for (let trial = 0; trial < 12; trial++) {
      const isFace = trials.label[trial] === 0
      const [f, h] = [trials.betas[trial * 23 + face]!, trials.betas[trial * 23 + house]!]
      expect(isFace ? f : h).toBeGreaterThan(0.2)
      expect(isFace ? h : f).toBeLessThan(0.2)
    }
  })

  it('is the same bit for bit when run again', async () => {
    const recipe = write()
    const [a, b] = [await importSubject(recipe, folder, silent), await importSubject(recipe, folder, silent)]
    expect(a).toEqual(b)
  })

  it('holds a run out without letting it touch the statistics', async () => {
    const imported = await importSubject(write(), folder, silent)
    if (!imported.ok) throw new Error(imported.problem.message)
    const { trials } = imported.value
    const { part } = runFolds(trials.run, trials.session)[1]!
    const before = holdOut(trials, part)
    expect([before.train.trials, before.test.trials]).toEqual([8, 4])
    expect([...new Set(before.test.run)]).toEqual([2])
    const changed = trials.betas.map((number, at) => (trials.run[Math.floor(at / 23)] === 2 ? number * 100 : number))
    const after = holdOut({ ...trials, betas: changed }, part)
    expect(after.train.betas).toEqual(before.train.betas)
    expect(after.test.betas).not.toEqual(before.test.betas)
  })
})

describe('images without a brain mask whose outside is NaN', () => {
  const outside = (i: number) => i % 24 < 4
  const image = () => ({ values: (i: number) => (outside(i) ? Number.NaN : series().values(i)) })

  it('lose those voxels, which is counted and said', async () => {
    const recipe = write({ image: image() })
    const { problems } = await previewRecipe(recipe, folder)
    expect(problems).toMatchObject([
      { level: 'note', problem: { code: 'NOT_FINITE', message: expect.stringContaining('4 voxels'), count: 4 } },
    ])
    const imported = await importSubject(recipe, folder, silent)
    if (!imported.ok) throw new Error(imported.problem.message)
    const { trials, meanVolume, outsideVoxels, constantVoxels, decisions } = imported.value
    // The constant voxel (3, 0, 0) is one of the four.
    expect([outsideVoxels, constantVoxels, trials.index.length]).toEqual([4, 0, 20])
    for (let x = 0; x < 4; x++) {
      expect([...trials.index]).not.toContain(flatIndex(shape, x, 0, 0))
      expect(meanVolume[flatIndex(shape, x, 0, 0)]).toBe(0)
    }
    expect(trials.betas.every(Number.isFinite) && meanVolume.every(Number.isFinite)).toBe(true)
    expect(decisions).toContainEqual(expect.stringContaining('4 voxels without numbers in any volume'))
    // Every other voxel is as it is without the NaN.
    const sound = await importSubject(write(), folder, silent)
    if (!sound.ok) throw new Error(sound.problem.message)
    const [all, own] = [sound.value.trials, trials]
    for (const [v, at] of own.index.entries())
      for (let trial = 0; trial < 12; trial++)
        expect(own.betas[trial * 20 + v]).toBe(all.betas[trial * 23 + all.index.indexOf(at)])
  })

  it('stop with a brain mask that holds them', async () => {
    writeNifti(join(folder, 'mask.nii'), { shape: [...shape], type: 'uint8', values: () => 1 })
    const imported = await importSubject(write({ image: image(), recipe: { brainMask: 'mask.nii' } }), folder, silent)
    expect(imported).toMatchObject({
      ok: false,
      problem: { code: 'NOT_FINITE', expected: expect.stringContaining('mask') },
    })
  })
})

describe('what stops an import', () => {
  const problemOf = async (recipe: ReturnType<typeof write>) => {
    const result = await importSubject(recipe, folder, silent)
    return result.ok ? null : result.problem
  }

  it('a table of another length', async () => {
    const problem = await problemOf(write({ rows: ['face\t1', 'house\t1'] }))
    expect(problem).toMatchObject({
      code: 'LENGTH_MISMATCH',
      where: join(folder, 'données/table.tsv'),
      message: 'The table has 2 rows, the images have 30 volumes.',
    })
  })

  it('a number that is not finite, with its voxel and volume', async () => {
    const image = series()
    const at = 5 * 24 + (2 + 4 * (1 + 3 * 1))
    const problem = await problemOf(write({ image: { values: (i) => (i === at ? Number.NaN : image.values(i)) } }))
    expect(problem).toMatchObject({
      code: 'NOT_FINITE',
      message: 'Voxel (2, 1, 1) of volume 6 is not a finite number.',
    })
  })

  it('a number that is there in some volumes only, whichever comes first', async () => {
    const image = series()
    // Voxel (2, 1, 1) has no number in the first 5 volumes.
    const missing = (i: number) => i % 24 === 2 + 4 * (1 + 3 * 1) && i < 5 * 24
    const recipe = write({ image: { values: (i) => (missing(i) ? Number.NaN : image.values(i)) } })
    expect(await problemOf(recipe)).toMatchObject({
      code: 'NOT_FINITE',
      message: expect.stringMatching(
        /^Voxel \(2, 1, 1\) of volume 1 is not a finite number, but it is one in volume 6 of /,
      ),
    })
  })

  it('a mask on another grid', async () => {
    writeNifti(join(folder, 'mask.nii'), { shape: [4, 3, 3], type: 'uint8', values: () => 1 })
    expect(await problemOf(write({ recipe: { brainMask: 'mask.nii' } }))).toMatchObject({
      code: 'LENGTH_MISMATCH',
      where: join(folder, 'mask.nii'),
    })
    writeNifti(join(folder, 'mask.nii'), {
      shape: [...shape],
      type: 'uint8',
      values: () => 1,
      affine: [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 2, -30],
    })
    expect(await problemOf(write({ recipe: { brainMask: 'mask.nii' } }))).toMatchObject({ code: 'LENGTH_MISMATCH' })
  })

  it.each([
    [
      'a missing column',
      { table: { path: 'données/table.tsv', columns: { label: 'stimulus' }, rows: 'volumes' } },
      'BAD_TABLE',
    ],
    ['a missing image', { images: [{ path: 'nowhere.nii' }] }, 'NOT_FOUND'],
    [
      'a missing table',
      { table: { path: 'nowhere.tsv', columns: { label: 'condition' }, rows: 'volumes' } },
      'NOT_FOUND',
    ],
    [
      'one label only',
      {
        table: {
          path: 'données/table.tsv',
          columns: { label: 'condition', run: 'run' },
          rows: 'volumes',
          ignoreLabels: ['rest', 'house'],
        },
      },
      'BAD_TABLE',
    ],
    ['a held-out run that is not there', { split: { rule: 'runs', test: [9] } }, 'BAD_RECIPE'],
    ['no run left to train on', { split: { rule: 'runs', test: [1, 2, 3] } }, 'BAD_RECIPE'],
  ])('%s', async (_name, recipe, code) => {
    expect(await problemOf(write({ recipe }))).toMatchObject({ code })
    expect((await previewRecipe(write({ recipe }), folder)).problems[0]).toMatchObject({
      level: 'stop',
      problem: { code },
    })
  })

  it('an orientation that is not settled, as a question with the answers that would settle it', async () => {
    const asked = async (image: Partial<TestNifti>) => {
      const [problem] = (await previewRecipe(write({ image }), folder)).problems
      expect(problem?.problem.code).toBe('ORIENTATION_UNSETTLED')
      return [problem?.level, ...(problem?.choices ?? []).map(({ answer }) => answer)]
    }
    // Neither is set: believing one of them cannot help.
    expect(await asked({ sformCode: 0, qformCode: 0 })).toEqual(['stop'])
    // Half a turn about z apart.
    const turned = { qformCode: 1, quaternion: [0, 0, 1] } as const
    expect(await asked(turned)).toEqual(['question', 'sform', 'qform'])
    // An sform that gives several voxels one place is no answer.
    expect(await asked({ ...turned, affine: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0] })).toEqual(['question', 'qform'])
  })

  it('a run number that is not a number, with its line', async () => {
    const rows = Array.from({ length: 30 }, (_, t) => `face\t${t === 4 ? 'two' : 1}`)
    expect(await problemOf(write({ rows }))).toMatchObject({
      code: 'BAD_TABLE',
      message: 'The run in line 6 is "two".',
    })
  })
})

describe('the shipped example', () => {
  it('imports as its recipe says', async () => {
    const path = new URL('../../../resources/examples/haxby2001/recipe.json', import.meta.url).pathname
    const file = await readRecipe(decodeURIComponent(path))
    if (!file.ok) throw new Error(file.problem.message)
    const imported = await importSubject(file.value.recipe, file.value.folder, silent)
    if (!imported.ok) throw new Error(imported.problem.message)
    const { trials } = imported.value
    expect(trials.index).toHaveLength(530)
    expect(trials.labels).toEqual(['bottle', 'cat', 'chair', 'face', 'house', 'scissors', 'scrambledpix', 'shoe'])
    expect(trials.label).toHaveLength(96)
    expect(new Set(trials.run).size).toBe(12)
    expect(trials.grid.affine[0]).toBeCloseTo(-3.1, 5)
  })
})
