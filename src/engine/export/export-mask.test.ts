import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { dossierOf, provenance, repeatsOf } from '../../../test/support/dossier.ts'
import { type MaskItem, maskItem } from '../../../test/support/mask-item.ts'
import { exportSchema } from '../../core/contract/result.ts'
import { type Review, reviewSchema } from '../../core/contract/review.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { applyAffine } from '../../core/volume/affine.ts'
import type { Box } from '../../core/volume/crop.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import { forEachVolume, openNifti } from '../import/nifti-volumes.ts'
import type { ExperimentTable, MaskDossier } from '../mask-dossier.ts'
import { exportMask, filesOfMask } from './export-mask.ts'

const folder = freshFolder()
const hasNiftiTool = spawnSync('nifti_tool', ['-ver'], { stdio: 'ignore' }).status === 0

const crop: Box = { start: [1, 1, 0], shape: [6, 4, 5] }

function exported(
  item: MaskItem,
  to: string,
  more: Partial<MaskDossier> = {},
  tables: ExperimentTable[] = [],
  box: Box | null = null,
) {
  return exportMask(dossierOf(item, more), tables, { version: '9.8.7', crop: box }, to)
}

function problemOf(work: () => unknown): Problem | null {
  try {
    work()
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    throw error
  }
  return null
}

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const everything = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()

/** Values of the voxels in use, in their order, as a reader of the file finds them. */
async function readBack(path: string, item: MaskItem): Promise<number[]> {
  const file = unwrap(await openNifti(path))
  const { mask: meant } = item
  expect(file.header.shape).toEqual(meant.grid.shape)
  expect(file.header.sform).toEqual(meant.grid.affine)
  let whole: Float32Array | null = null
  unwrap(
    await forEachVolume(file, (values) => {
      whole = fromFileOrder(values.slice(), meant.grid.shape)
    }),
  )
  const volume = whole as unknown as Float32Array
  const outside = volume.filter((value, at) => value !== 0 && !item.index.includes(at))
  expect(outside.length).toBe(0)
  return [...item.index].map((at) => volume[at]!)
}

const stem = 'sub-01/func/sub-01_task-unnamed_space-orig_label-visual_desc-troim01'
const cropStem = stem.replace('space-orig', 'space-crop')

describe('an exported mask', () => {
  it('has the names of a BIDS derivative, and says the size and hash of every file', () => {
    const written = exportSchema.parse(exported(maskItem(), folder()))
    const images = ['mask', 'weights'].map((suffix) => `${stem}_${suffix}`)
    const names = [
      ...['.bidsignore', 'README.md', 'dataset_description.json'],
      ...images.flatMap((name) => [`${name}.json`, `${name}.nii.gz`]),
      ...['tables/sub-01_troim01_voxels.csv', 'tables/sub-01_troim01_voxels.tsv'],
    ]
    expect(everything(folder())).toEqual(names.sort())
    expect(written.files.map(({ name }) => name).sort()).toEqual(names.sort())
    expect(written.folder).toBe(folder())
    for (const { name, bytes, sha256 } of written.files) {
      const content = readFileSync(join(folder(), name))
      expect(bytes).toBe(content.length)
      expect(sha256).toBe(createHash('sha256').update(content).digest('hex'))
    }
  })

  it('has the task of the imported files in its name, where they agree on one', () => {
    const named = (...paths: string[]) => {
      const own = { recipe: { images: paths.map((path) => ({ path })) } }
      return filesOfMask(dossierOf(maskItem(), { provenance: own }), [], { version: '9.8.7', crop: null }).map(
        ([name]) => name,
      )
    }
    expect(named('func/sub-01_task-nsd_run-1_bold.nii.gz', 'sub-01_task-nsd_run-2_bold.nii.gz')).toContain(
      `${stem.replace('unnamed', 'nsd')}_mask.nii.gz`,
    )
    for (const paths of [['a_task-one_bold.nii', 'a_task-two_bold.nii'], ['a_task-one_bold.nii', 'bold.nii'], []])
      expect(named(...paths)).toContain(`${stem}_mask.nii.gz`)
  })

  it('turns any subject name into a participant label of letters and digits', () => {
    const written = exported(maskItem({ subjectName: 'sub-Ü 0_1/../x' }), folder())
    const own = written.files.filter(({ name }) => name.startsWith('sub-'))
    expect(own.length).toBe(4)
    for (const { name } of own) expect(name).toMatch(/^sub-01x\/func\/sub-01x_[A-Za-z0-9_.-]+$/)
  })

  it('is read back as the same voxels, and its weights as the same numbers', async () => {
    const item = maskItem()
    exported(item, folder())
    expect(await readBack(join(folder(), `${stem}_mask.nii.gz`), item)).toEqual([...item.result.mask])
    expect(await readBack(join(folder(), `${stem}_weights.nii.gz`), item)).toEqual([...item.result.score])
  })

  it('is described as a derivative, with what BIDS does not know left to .bidsignore', () => {
    exported(maskItem(), folder())
    expect(json(join(folder(), 'dataset_description.json'))).toMatchObject({
      BIDSVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      DatasetType: 'derivative',
      Name: expect.any(String),
      GeneratedBy: [{ Name: 'TROI Workstation', Version: '9.8.7' }],
    })
    expect(readFileSync(join(folder(), '.bidsignore'), 'utf8').split('\n')).toEqual([
      ...['*_weights.nii.gz', '*_weights.json', '*_frequency.nii.gz', '*_frequency.json', 'tables', ''],
    ])
    expect(json(join(folder(), `${stem}_weights.json`))).toMatchObject({
      Description: expect.stringContaining('Not a probability'),
      Threshold: 1,
    })
  })

  it('says in its sidecar how it came about, with every setting', () => {
    const item = maskItem()
    exported(item, folder())
    const { mask, run } = item
    expect(run.request.kind).toBe('mask')
    expect(json(join(folder(), `${stem}_mask.json`))).toMatchObject({
      Type: 'ROI',
      Sources: ['bids::sub-01'],
      TROIWorkstation: {
        version: '9.8.7',
        run: { id: run.id, name: 'm-01', device: 'wasm, 2 threads' },
        request: JSON.parse(JSON.stringify(run.request)),
        settings: run.request.kind === 'mask' ? run.request.settings : null,
        voxels: { budget: mask.budget, mask: mask.voxels, left: mask.leftVoxels, right: mask.rightVoxels },
        overlap: [{ with: 'annotated', dice: 0.5 }],
        provenance,
      },
    })
  })

  it('says who judged it, and that nobody did', () => {
    exported(maskItem(), join(folder(), 'open'))
    const status = (name: string) =>
      z
        .object({
          TROIWorkstation: z.object({ review: z.object({ status: z.string(), history: z.array(reviewSchema) }) }),
        })
        .parse(json(join(folder(), name, `${stem}_mask.json`))).TROIWorkstation.review
    expect(status('open')).toEqual({ status: 'Not reviewed: no person has judged this mask.', history: [] })
    const review: Review = {
      ...{ id: crypto.randomUUID(), mask: crypto.randomUUID(), verdict: 'rejected', reviewer: 'A. Rossi' },
      ...{ note: 'outside the brain', sha256: 'e'.repeat(64), created: '2026-11-25T09:00:00.000Z', holds: true },
    }
    const first: Review = { ...review, verdict: 'accepted', created: '2026-11-24T09:00:00.000Z' }
    exported(maskItem(), join(folder(), 'judged'), { reviews: [review, first] })
    expect(status('judged')).toEqual({ status: 'Rejected by A. Rossi on 2026-11-25.', history: [review, first] })
  })

  it('has a frequency map and says how stable it is, where it was repeated', async () => {
    const item = maskItem()
    exported(item, folder(), { stability: repeatsOf(item, item.run) })
    const map = await readBack(join(folder(), `${stem}_frequency.nii.gz`), item)
    expect(map).toEqual([...item.result.mask].map((value) => (value ? 1 : 0.5)))
    expect(json(join(folder(), `${stem}_frequency.json`))).toMatchObject({
      Description: expect.stringContaining('4 repeats'),
    })
    expect(json(join(folder(), `${stem}_mask.json`))).toMatchObject({
      TROIWorkstation: { stability: { run: 'e-07', shareOften: 1, often: 0.8, pairwiseDice: { n: 4 } } },
    })
  })

  it('lies on the crop at the same millimetres, and its sidecar says which voxels those are', async () => {
    const item = maskItem()
    exported(item, folder(), {}, [], crop)
    const whole = unwrap(await openNifti(join(folder(), `${stem}_mask.nii.gz`)))
    const cropped = unwrap(await openNifti(join(folder(), `${cropStem}_mask.nii.gz`)))
    expect(cropped.header.shape).toEqual([6, 4, 5])
    const places = async (file: typeof whole) => {
      const found: string[] = []
      const [nx, ny] = file.header.shape
      unwrap(
        await forEachVolume(file, (values) => {
          values.forEach((value, at) => {
            const voxel = [at % nx!, Math.floor(at / nx!) % ny!, Math.floor(at / (nx! * ny!))] as const
            if (value > 0) found.push(applyAffine(file.header.sform!, voxel).join(' '))
          })
        }),
      )
      return found.sort()
    }
    expect(await places(cropped)).toEqual(await places(whole))
    expect(json(join(folder(), `${cropStem}_mask.json`))).toMatchObject({
      SpatialReference: expect.stringContaining('voxels 1, 1, 0 to 6, 4, 4'),
    })
  })

  it('comes with its voxels and the results on it as tables', () => {
    const item = maskItem()
    const metric = {
      value: 0.61,
      direction: 'higher' as const,
      chance: 0.25,
      n: 48,
      interval: [0.5, 0.7] satisfies [number, number],
    }
    const evaluation = { metrics: { accuracy: metric } }
    const row = {
      ...{ seed: 0, voxels: 12, dice: null, brainToImage: null, imageToBrain: null, pixCorr: null, ssim: null },
      ...{ accuracy: 0.61, seconds: 1.5 },
    }
    const rows = [
      { ...row, condition: 'troi', metrics: { accuracy: metric } },
      { ...row, condition: '=1+1, "x"', metrics: {} },
    ]
    exported(item, folder(), { decoders: [{ name: 'd-01', restart: 'scratch', run: item.run, evaluation }] }, [
      { name: 'e-01', experiment: 'controls', run: item.run, rows },
    ])
    const read = (name: string) => readFileSync(join(folder(), 'tables', `sub-01_troim01_${name}`), 'utf8')
    const voxels = read('voxels.tsv').trimEnd().split('\n')
    expect(voxels.length).toBe(1 + item.mask.voxels)
    // The first voxel in use is (1, 1, 0): x = 7 − 2, y = −50 + 2, z = −10 mm.
    expect(voxels.slice(0, 2)).toEqual(['i\tj\tk\tx\ty\tz\tscore\tfrequency', '1\t1\t0\t5\t-48\t-10\t1\tn/a'])
    expect(read('decoding.tsv')).toBe(
      'decoder\trestart\tmetric\tvalue\tdirection\tchance\tn\tlow\thigh\nd-01\tscratch\taccuracy\t0.61\thigher\t0.25\t48\t0.5\t0.7\n',
    )
    expect(read('conditions.csv')).toBe(
      '\uFEFFrun,experiment,seed,condition,voxels,dice,seconds,metric,value,direction,chance,n,low,high\n' +
        'e-01,controls,0,troi,12,,1.5,accuracy,0.61,higher,0.25,48,0.5,0.7\n' +
        `e-01,controls,0,"'=1+1, ""x""",12,,1.5,,,,,,,\n`,
    )
  })

  it('of a demo names the settings the demo used', () => {
    const item = maskItem()
    const run = {
      ...item.run,
      kind: 'demo' as const,
      request: { kind: 'demo' as const, size: 'tiny' as const, seeds: [4, 5] },
    }
    exported({ ...item, run }, folder())
    expect(json(join(folder(), `${stem}_mask.json`))).toMatchObject({
      TROIWorkstation: { settings: { preset: 'troi', budget: item.mask.budget, seed: 4, sigma: 0.6 } },
    })
  })

  it('is the same bytes a second time, and nothing is written again', () => {
    const first = exported(maskItem(), folder())
    const path = join(folder(), `${stem}_mask.nii.gz`)
    const before = statSync(path)
    expect(exported(maskItem(), folder())).toEqual(first)
    const after = statSync(path)
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  })

  it('is refused over another mask of the same name, and nothing changes', () => {
    exported(maskItem(), folder())
    const names = everything(folder())
    const contents = names.map((name) => readFileSync(join(folder(), name), 'latin1'))
    const other = maskItem({ inside: ([x]) => x < 0 })
    expect(problemOf(() => exported(other, folder()))).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(names.map((name) => readFileSync(join(folder(), name), 'latin1'))).toEqual(contents)
  })

  it('shares its folder with other masks', () => {
    const item = maskItem()
    const second = { ...item, mask: { ...item.mask, name: 'm-02' } }
    const [first, next] = [exported(item, folder()), exported(second, folder())]
    expect(everything(folder()).length).toBe(first.files.length + next.files.length - 3)
  })

  it('keeps what people or another version wrote into the description of a data set of ours', () => {
    const item = maskItem()
    exported(item, folder())
    const path = join(folder(), 'dataset_description.json')
    const own = JSON.stringify({ ...Object(json(path)), Authors: ['A. Rossi', 'B. Weiß'], License: 'CC0' })
    writeFileSync(path, own)
    const second = exported({ ...item, mask: { ...item.mask, name: 'm-02' } }, folder())
    expect(readFileSync(path, 'utf8')).toBe(own)
    expect(second.files.some(({ name }) => name === 'dataset_description.json')).toBe(false)
    // Somebody else's data set is not mixed with ours.
    writeFileSync(path, JSON.stringify({ Name: 'Raw data', BIDSVersion: '1.9.0' }))
    expect(problemOf(() => exported(item, folder()))).toMatchObject({ code: 'ALREADY_EXISTS', where: path })
  })

  const toolNote = hasNiftiTool ? '' : ' (left out: nifti_tool is not on this machine)'
  it.skipIf(!hasNiftiTool)(`has only images that nifti_tool finds good${toolNote}`, () => {
    const item = maskItem()
    const written = exported(item, folder(), { stability: repeatsOf(item, item.run) }, [], crop)
    const images = written.files.filter(({ name }) => name.endsWith('.nii.gz')).map(({ name }) => join(folder(), name))
    expect(images.length).toBe(6)
    const output = execFileSync('nifti_tool', ['-check_hdr', '-infiles', ...images], { encoding: 'utf8' })
    expect(output.match(/header IS GOOD/g)?.length, output).toBe(6)
  })
})
