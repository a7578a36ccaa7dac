/** Every command on the real engine, from files to an exported mask, with a study of a few voxels. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { main } from '../../src/cli/main.ts'
import {
  evaluationSchema,
  exportSchema,
  maskExportSchema,
  maskSchema,
  subjectSchema,
  tableSchema,
} from '../../src/core/contract/result.ts'
import { reviewSchema } from '../../src/core/contract/review.ts'
import { maskStatisticsSchema, stabilitySchema } from '../../src/core/contract/statistics.ts'
import { type Problem, problemSchema } from '../../src/core/problem.ts'
import { ProjectStore } from '../../src/engine/project/project-store.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

let base: string
let project: string
let informative: number
const before = process.env.TROI_USER_DATA
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'pipeline-'))
  project = join(base, 'project')
  process.env.TROI_USER_DATA = join(base, 'data')
  informative = writeTinyStudy(join(base, 'study'))
})
afterAll(() => {
  if (before === undefined) delete process.env.TROI_USER_DATA
  else process.env.TROI_USER_DATA = before
  rmSync(base, { recursive: true, force: true })
})

/** Runs a command that must succeed and checks its one document. */
async function troi<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
  let out = ''
  let err = ''
  const streams = { out: (text: string) => (out += text), err: (text: string) => (err += text), columns: () => null }
  const code = await main([args[0]!, '--json', ...args.slice(1)], streams)
  expect(code, err).toBe(0)
  return schema.parse(JSON.parse(out))
}

/** Runs a command that must end with bad input and returns its document. */
async function bad(...args: string[]): Promise<unknown> {
  let out = ''
  const streams = { out: (text: string) => (out += text), err: () => {}, columns: () => null }
  expect(await main([args[0]!, '--json', ...args.slice(1)], streams)).toBe(3)
  return JSON.parse(out)
}

/** The same, and its problem. */
async function failing(...args: string[]): Promise<Problem> {
  return z.object({ problem: problemSchema }).parse(await bad(...args)).problem
}

describe('from files to an exported mask', () => {
  it('imports a subject', async () => {
    const imported = await troi(
      z.object({ run: z.string(), subject: subjectSchema }),
      'import',
      join(base, 'study'),
      '--project',
      project,
      '--subject',
      'ann',
    )
    expect(imported.subject).toMatchObject({ name: 'sub-ann', voxels: 144, trainTrials: 18, testTrials: 6, items: 2 })
  })

  it('does not import a second subject of the same name', async () => {
    let out = ''
    const streams = { out: (text: string) => (out += text), err: () => {}, columns: () => null }
    const words = ['import', join(base, 'study'), '--project', project, '--subject', 'ann', '--json']
    expect(await main(words, streams)).toBe(3)
    expect(JSON.parse(out)).toMatchObject({ problem: { code: 'ALREADY_EXISTS' } })
  })

  const maskDocument = z.object({ run: z.string(), backbone: z.string().nullable(), mask: maskSchema })
  it('finds a mask of exactly the budget, the same for the same seed', async () => {
    const words = ['--project', project, '--subject', 'ann', '--budget', String(informative), '--preset', 'instant']
    const first = await troi(maskDocument, 'mask', ...words)
    expect(first).toMatchObject({ run: 'm-01', backbone: null, mask: { voxels: informative, preset: 'instant' } })
    const again = await troi(maskDocument, 'mask', ...words)
    expect({ ...again.mask, id: '', run: '', name: '', created: '' }).toEqual({
      ...first.mask,
      id: '',
      run: '',
      name: '',
      created: '',
    })
  })

  it('refuses a budget above the voxels with exit code 3 and starts nothing', async () => {
    let out = ''
    const streams = { out: (text: string) => (out += text), err: () => {}, columns: () => null }
    const words = ['mask', '--project', project, '--subject', 'ann', '--budget', '145', '--json']
    expect(await main(words, streams)).toBe(3)
    expect(JSON.parse(out).problem).toMatchObject({ code: 'BAD_PARAMETER', expected: '1 to 144' })
  })

  it('trains a decoder and evaluates it', async () => {
    const decoded = await troi(
      z.object({ run: z.string(), decoder: z.object({ name: z.string() }), metrics: evaluationSchema.shape.metrics }),
      'decode',
      '--project',
      project,
      '--mask',
      'm-01',
      '--seed',
      '1',
    )
    expect(decoded.run).toBe('d-01')
    const evaluation = await troi(evaluationSchema, 'evaluate', '--project', project, '--decoder', 'd-01')
    expect(evaluation.metrics).toEqual(decoded.metrics)
    expect(evaluation.metrics.accuracy).toMatchObject({ direction: 'higher', chance: 0.5, n: 6 })
    const [low, high] = evaluation.metrics.accuracy!.interval
    expect(low).toBeLessThanOrEqual(evaluation.metrics.accuracy!.value)
    expect(high).toBeGreaterThanOrEqual(evaluation.metrics.accuracy!.value)
  })

  it('exports the mask with hashes that are true', async () => {
    const folder = join(base, 'exported')
    const written = await troi(exportSchema, 'export', '--project', project, '--mask', 'm-01', '--out', folder)
    for (const file of written.files) {
      const bytes = readFileSync(join(folder, file.name))
      expect([file.name, bytes.length]).toEqual([file.name, file.bytes])
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256)
    }
    const mask = written.files.find(({ name }) => name.endsWith('_mask.nii.gz'))
    expect(mask).toBeDefined()
    const nifti = gunzipSync(readFileSync(join(folder, mask!.name)))
    const offset = new DataView(nifti.buffer, nifti.byteOffset).getFloat32(108, true)
    expect(nifti.subarray(offset).reduce((sum, value) => sum + value, 0)).toBe(informative)
  })

  it('takes an exported mask as the annotated ROI of another import, voxel by voxel', async () => {
    const folder = join(base, 'exported')
    const recipe = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(join(base, 'study/recipe.json'), 'utf8')))
    const masks = readdirSync(join(folder, 'sub-ann/func')).filter((name) => /space-orig.*_mask\.nii\.gz$/.test(name))
    const again = join(base, 'study', 'again.json')
    const annotatedRoi = { path: `../exported/sub-ann/func/${masks[0]}` }
    writeFileSync(again, JSON.stringify({ ...recipe, annotatedRoi }))
    const schema = z.object({ subject: subjectSchema })
    const { subject } = await troi(schema, 'import', again, '--project', project, '--subject', 'again')
    expect(subject.annotatedVoxels).toBe(informative)
    const store = await ProjectStore.open(project)
    const [mask] = await store.masks()
    const roi = store.readData(await store.fileOf('subject', subject.id)).arrays.annotated
    const chosen = store.readData(await store.fileOf('mask', mask!.id)).arrays.mask
    await store.close()
    expect([...roi!]).toEqual([...chosen!])
  })

  it('counts what a reviewer wants to know, with an atlas of the subject’s own grid', async () => {
    const words = ['statistics', '--project', project, '--mask', 'm-01']
    const plain = await troi(maskStatisticsSchema, ...words)
    expect(plain).toMatchObject({ voxels: informative, voxelsInUse: 144, atlas: null })
    expect(plain.left + plain.right + plain.middle).toBe(informative)
    expect(plain.overlap).toMatchObject([{ with: 'annotated' }])
    writeFileSync(join(base, 'study', 'roi.tsv'), 'index\tname\n1\tvisual\n')
    const roi = join(base, 'study', 'roi.nii.gz')
    const { atlas } = await troi(maskStatisticsSchema, ...words, '--atlas', roi)
    const [overlap] = plain.overlap
    expect(atlas).toMatchObject({ file: 'roi.nii.gz', labelsFile: 'roi.tsv', resampled: false })
    expect(atlas?.regions).toMatchObject([{ label: 1, name: 'visual', voxels: overlap!.voxels }])
    expect(atlas?.regions[0]?.shareOfMask).toBeCloseTo(overlap!.precision, 12)
    expect(atlas?.regions[0]?.shareOfRegion).toBeCloseTo(overlap!.recall, 12)
    expect(atlas?.outside).toBe(informative - atlas!.regions[0]!.covered)
    expect(await failing(...words, '--atlas-labels', join(base, 'study', 'roi.tsv'))).toMatchObject({
      code: 'BAD_PARAMETER',
    })
  })

  it('repeats the mask, and says of the mask how many of its voxels are chosen again', async () => {
    const words = ['experiment', 'stability', '--project', project, '--subject', 'ann', '--mask', 'm-01']
    const schema = tableSchema.extend({ stability: stabilitySchema.omit({ frequency: true, grid: true }) })
    const found = await troi(schema, ...words, '--repeats', 'runs', '--seeds', '2')
    expect(found.rows.map(({ seed, condition }) => `${seed} ${condition}`)).toEqual(
      [0, 1].flatMap((seed) => [1, 2, 3].map((run) => `${seed} without run ${run}`)),
    )
    const { pairwiseDice, ofMask } = found.stability
    expect(pairwiseDice).toMatchObject({ direction: 'higher', n: 6, chance: informative / 144 })
    expect(ofMask).toMatchObject({ voxels: informative, often: 0.8 })
    expect(ofMask!.shareOften).toBeGreaterThan(ofMask!.shareOftenByChance + 0.3)
    expect(pairwiseDice.value).toBeGreaterThan(pairwiseDice.chance! + 0.3)
    expect(await failing(...words, '--seeds', '2')).toMatchObject({ code: 'BAD_PARAMETER', expected: 'at least 3' })
  })

  it('signs the mask, and refuses to export a rejected one unless that is asked for', async () => {
    const signed = z.object({ status: z.string(), reviews: z.array(reviewSchema) })
    const words = ['review', '--project', project, '--mask', 'm-02']
    expect((await troi(signed, ...words)).status).toMatch(/^Not reviewed/)
    const first = await troi(signed, ...words, '--verdict', 'accepted', '--reviewer', 'Ann', '--note', 'as drawn')
    expect(first.reviews).toMatchObject([{ verdict: 'accepted', reviewer: 'Ann', note: 'as drawn', holds: true }])
    const second = await troi(signed, ...words, '--verdict', 'rejected', '--reviewer', 'Bob')
    expect(second.reviews.map(({ verdict }) => verdict)).toEqual(['rejected', 'accepted'])
    const folder = join(base, 'rejected')
    const out = ['export', '--project', project, '--mask', 'm-02', '--out', folder]
    expect(await failing(...out)).toMatchObject({
      code: 'NOT_ALLOWED',
      fix: expect.stringContaining('--even-if-rejected'),
    })
    expect(existsSync(folder)).toBe(false)
    const batch = z.object({ masks: z.array(maskExportSchema) })
    const all = batch.parse(await bad('export', '--project', project, '--mask', 'all', '--out', join(base, 'all')))
    expect(all.masks.map(({ name, problem, files }) => [name, problem?.code ?? null, files.length > 0])).toEqual([
      ['m-01', null, true],
      ['m-02', 'NOT_ALLOWED', false],
    ])
    const written = await troi(exportSchema, ...out, '--even-if-rejected')
    const sidecar = written.files.find(({ name }) => name.endsWith('_mask.json'))!
    expect(JSON.parse(readFileSync(join(folder, sidecar.name), 'utf8'))).toMatchObject({
      TROIWorkstation: { review: { status: expect.stringMatching(/^Rejected by Bob/), history: [{}, {}] } },
    })
  })

  it('does not take a verdict on other bytes', async () => {
    const words = ['review', '--project', project, '--mask', 'm-01', '--verdict', 'accepted', '--reviewer', 'Ann']
    expect(await failing(...words, '--sha256', 'd'.repeat(64))).toMatchObject({ code: 'CHECKSUM' })
    const { reviews } = await troi(z.object({ reviews: z.array(reviewSchema) }), ...words.slice(0, 5))
    expect(reviews).toEqual([])
  })

  it('writes a report', async () => {
    const file = join(base, 'report.html')
    await troi(exportSchema, 'report', '--project', project, '--subject', 'ann', '--out', file)
    expect(readFileSync(file, 'utf8')).toContain('sub-ann')
  })

  it('runs an experiment as a table with one row per seed and condition', async () => {
    const table = await troi(
      tableSchema,
      'experiment',
      'ablation',
      '--project',
      project,
      '--subject',
      'ann',
      '--preset',
      'instant',
      '--seeds',
      '2',
    )
    expect(table).toMatchObject({ experiment: 'ablation', budget: informative, seeds: [0, 1] })
    const keys = table.rows.map(({ seed, condition }) => `${seed} ${condition}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(table.rows.map(({ seed }) => seed))).toEqual(new Set([0, 1]))
    for (const seed of [0, 1])
      expect(keys).toEqual(expect.arrayContaining([`${seed} instant`, `${seed} without-filter`]))
  })

  it('leaves a project that another process can open', () => {
    expect(existsSync(join(project, 'project.sqlite'))).toBe(true)
    expect(existsSync(join(project, 'project.lock'))).toBe(false)
  })
})
