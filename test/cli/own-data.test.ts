/**
 * A subject of one's own on the real engine: a test run that keeps nothing, the names of places by the ROI's labels and by an atlas on
 * another grid, and input files that moved and are found again by their content.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session } from '../../src/cli/session.ts'
import { Terminal } from '../../src/cli/terminal.ts'
import type { Project } from '../../src/core/contract/contract.ts'
import type { Regions } from '../../src/core/contract/regions.ts'
import { regionAt } from '../../src/core/volume/region-at.ts'
import { writeNifti } from '../support/make-nifti.ts'
import { enterHome, troi } from './support/in-process.ts'
import { writeTinyStudy } from './support/tiny-study.ts'

const home = enterHome('troi-own-data-')
const study = join(home.base, 'study')
const project = join(home.base, 'project')
const silent = new Terminal({ out: () => {}, err: () => {}, columns: () => null }, false)

/** What a client is told while the project is open in an engine of its own. */
async function asking<T>(ask: (session: Session, open: Project) => Promise<T>, paths: string[] = []): Promise<T> {
  const session = new Session(silent, [project, ...paths])
  try {
    return await ask(session, await session.open(project))
  } finally {
    await session.close()
  }
}

async function json(...args: string[]): Promise<{ code: number; answer: Record<string, unknown> }> {
  const { code, out } = await troi(...args, '--json')
  return { code, answer: JSON.parse(out) as Record<string, unknown> }
}

beforeAll(async () => {
  writeTinyStudy(study)
  // Labels 1 and 2 in the ROI's file, told apart by side; its table of names lies beside it. The grid is that of the images.
  writeNifti(join(study, 'roi.nii.gz'), {
    ...{ shape: [6, 6, 4], type: 'uint8' },
    values: (voxel) => (voxel % 12 === 5 || voxel % 7 === 0 ? (voxel % 6 < 3 ? 1 : 2) : 0),
  })
  writeFileSync(join(study, 'roi.tsv'), 'index\tname\n1\tV1\n2\tV1\n')
  const imported = await troi('import', join(study, 'recipe.json'), '--project', project)
  expect(imported.code, imported.err).toBe(0)
}, 120_000)
afterAll(() => home.leave())

describe('a test run', () => {
  const asked = ['--project', project, '--subject', 'tiny', '--budget', '10', '--test-run']

  it('goes the whole way, says what it went through, and leaves no mask, decoder or table', async () => {
    const { code, answer } = await json('mask', ...asked)
    expect(code).toBe(0)
    expect(answer).toMatchObject({ run: 't-01', testRun: true, epochs: 2, ofTrainTrials: 18, ofTestTrials: 6 })
    expect(answer.checks).toEqual(expect.arrayContaining([expect.stringContaining('Decoder')]))
    expect(Number(answer.peakMemoryBytes)).toBeGreaterThan(5e7)
    const kept = await asking(async ({ client }, { id }) => ({
      masks: await client.results.masks({ project: id }),
      decoders: await client.results.decoders({ project: id }),
      runs: await client.runs.list({ project: id }),
    }))
    expect(kept.masks).toEqual([])
    expect(kept.decoders).toEqual([])
    expect(kept.runs.at(-1)).toMatchObject({ name: 't-01', status: 'done', request: { testRun: true } })
  }, 120_000)

  it('of an experiment goes through every condition and has no table', async () => {
    const { code, answer } = await json('experiment', 'cross-validation', ...asked)
    expect(code).toBe(0)
    expect(answer).toMatchObject({ run: 't-02', testRun: true })
    const table = await asking(async ({ client }, { id }) => {
      const runs = await client.runs.list({ project: id })
      return client.runs.table({ project: id, run: runs.at(-1)!.id })
    })
    expect(table).toBeNull()
  }, 120_000)

  it('is not in the report, and the next full run has the first name of its kind', async () => {
    const full = await json('mask', ...asked.slice(0, -1))
    expect(full.answer).toMatchObject({ run: 'm-01' })
    const file = join(home.base, 'report.html')
    expect((await troi('report', '--project', project, '--subject', 'tiny', '--out', file)).code).toBe(0)
    const report = readFileSync(file, 'utf8')
    expect(report).toContain('m-01')
    expect(report).not.toMatch(/t-0[12]/)
  }, 120_000)
})

describe('the name of a place', () => {
  const regionsOf = (atlas?: string) =>
    asking(
      async (session, { id }) => {
        const [subject] = await session.client.data.subjects({ project: id })
        const place = atlas === undefined ? {} : { atlas: session.place(atlas) }
        const found = await session.client.results.regions({ project: id, subject: subject!.id, ...place })
        const bytes = readFileSync(join(project, 'blobs', found!.labels.id))
        return { found: found!, labels: new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4) }
      },
      atlas === undefined ? [] : [atlas],
    )
  const at = ({ found, labels }: { found: Regions; labels: Int32Array }, place: readonly [number, number, number]) =>
    regionAt(
      labels,
      { shape: found.grid.shape, affine: found.grid.affine },
      new Map(Object.entries(found.names).map(([label, name]) => [Number(label), name])),
      place,
    )

  it('comes from the labels of the annotated ROI that were kept with the subject', async () => {
    const kept = await regionsOf()
    expect(kept.found).toMatchObject({ source: 'annotated', file: 'roi.nii.gz', labelsFile: 'roi.tsv' })
    // The writer's grid is RAS, 2 mm from (−10, −20, −30): voxel 0 is on the left, voxel 5 five voxels to the right of it.
    expect(at(kept, [-10, -20, -30])).toEqual({ label: 1, name: 'V1', shared: true })
    expect(at(kept, [0, -20, -30])).toEqual({ label: 2, name: 'V1', shared: true })
    expect(at(kept, [-8, -20, -30])).toBeNull()
  })

  it('comes from an atlas on its own grid, with left and right from its affine', async () => {
    const atlas = join(home.base, 'atlas.nii.gz')
    // Left-anterior-superior, 5 mm: the first voxels lie on the right.
    const affine = [-5, 0, 0, 2, 0, 5, 0, -22, 0, 0, 5, -32]
    writeNifti(atlas, { shape: [4, 4, 4], type: 'int16', affine, values: (voxel) => (voxel % 4 < 2 ? 2 : 1) })
    writeFileSync(join(home.base, 'atlas.json'), '{"1": "left twin", "2": "right twin"}')
    const found = await regionsOf(atlas)
    expect(found.found).toMatchObject({ source: 'atlas', file: 'atlas.nii.gz', labelsFile: 'atlas.json' })
    expect(at(found, [2, -22, -32])?.name).toBe('right twin')
    expect(at(found, [-12, -22, -32])?.name).toBe('left twin')
    expect(at(found, [-20, -22, -32])).toBeNull()
  })
})

describe('input files that moved', () => {
  const elsewhere = join(home.base, 'elsewhere', 'deep')

  it('are named, found by content under any name, and refused where the content is another', async () => {
    expect((await troi('relink', '--project', project)).out).toMatch(/All \d+ input files are at their places/)
    mkdirSync(elsewhere, { recursive: true })
    renameSync(join(study, 'bold.nii.gz'), join(elsewhere, 'renamed.nii.gz'))
    renameSync(join(study, 'trials.tsv'), join(home.base, 'kept.tsv'))
    writeFileSync(join(elsewhere, 'trials.tsv'), 'label\trun\nface\t1\n')
    const told = await troi('relink', '--project', project)
    expect(told.out).toContain('bold.nii.gz  missing')
    expect(told.out).toContain('trials.tsv  missing')

    const { code, answer } = await json('relink', '--project', project, '--in', join(home.base, 'elsewhere'))
    expect(code).toBe(3)
    expect(answer.found).toEqual([{ path: 'bold.nii.gz', at: expect.stringContaining('renamed.nii.gz') }])
    expect(answer.refused).toEqual([
      expect.objectContaining({ code: 'CHECKSUM', message: expect.stringContaining('trials.tsv') }),
    ])
  })

  it('are remembered with the hash they always had, and nothing is left to do when all are found', async () => {
    const before = await json('relink', '--project', project)
    renameSync(join(home.base, 'kept.tsv'), join(elsewhere, 'other name.tsv'))
    const { code, answer } = await json('relink', '--project', project, '--in', join(home.base, 'elsewhere'))
    expect(code).toBe(0)
    const hashes = (inputs: unknown) => (inputs as { path: string; sha256: string }[]).map(({ sha256 }) => sha256)
    expect(hashes(answer.inputs)).toEqual(hashes(before.answer.inputs))
    const after = await troi('relink', '--project', project)
    expect(after.out).toMatch(/All \d+ input files are at their places/)
  })
})
