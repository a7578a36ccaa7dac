import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { type MaskItem, maskItem } from '../../../test/support/mask-item.ts'
import { exportSchema } from '../../core/contract/result.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { applyAffine } from '../../core/volume/affine.ts'
import type { Box } from '../../core/volume/crop.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import { forEachVolume, openNifti } from '../import/nifti-volumes.ts'
import { exportMask, writeFiles } from './export-mask.ts'

const folder = freshFolder()
const provenance = { recipe: { subject: '01' }, inputs: [{ path: 'bold.nii.gz', sha256: 'a'.repeat(64) }] }

function exported(item: MaskItem, to: string, crop: Box | null = null) {
  const { mask, result, subject, index, run } = item
  return exportMask({ mask, result, subject, index, crop, run, version: '9.8.7', provenance, reviews: [] }, to)
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

const stem = 'sub-01/func/sub-01_space-orig_label-visual_desc-troim01'

describe('an exported mask', () => {
  it('has the names of a BIDS derivative, and says the size and hash of every file', () => {
    const written = exportSchema.parse(exported(maskItem(), folder()))
    const names = [
      ...['.bidsignore', 'dataset_description.json'],
      ...[`${stem}_mask.json`, `${stem}_mask.nii.gz`, `${stem}_weights.json`, `${stem}_weights.nii.gz`],
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

  it('turns any subject name into a participant label of letters and digits', () => {
    const written = exported(maskItem({ subjectName: 'sub-Ü 0_1/../x' }), folder())
    for (const { name } of written.files.slice(2)) expect(name).toMatch(/^sub-01x\/func\/sub-01x_[A-Za-z0-9_.-]+$/)
  })

  it('is read back as the same voxels, and its weights as the same numbers', async () => {
    const item = maskItem()
    exported(item, folder())
    expect(await readBack(join(folder(), `${stem}_mask.nii.gz`), item)).toEqual([...item.result.mask])
    expect(await readBack(join(folder(), `${stem}_weights.nii.gz`), item)).toEqual([...item.result.score])
  })

  it('is also written on the grid of a crop when asked, every voxel where it was in millimetres', async () => {
    const item = maskItem()
    const { shape, affine } = item.mask.grid
    const box: Box = { start: [1, 2, 1], shape: [shape[0] - 1, shape[1] - 3, shape[2] - 1] }
    exported(item, folder(), box)
    const [, ny, nz] = shape
    const inMillimetres = async (path: string, grid: { shape: readonly number[]; affine: readonly number[] }) => {
      const file = unwrap(await openNifti(path))
      expect(file.header.shape).toEqual(grid.shape)
      const chosen: string[] = []
      unwrap(
        await forEachVolume(file, (values) => {
          for (const [at, value] of values.entries()) {
            const [nx, mx] = [file.header.shape[0]!, file.header.shape[1]!]
            const place = [at % nx, Math.floor(at / nx) % mx, Math.floor(at / (nx * mx))] as const
            if (value === 1)
              chosen.push(
                applyAffine(file.header.sform!, place)
                  .map((mm) => mm.toFixed(3))
                  .join(' '),
              )
          }
        }),
      )
      return chosen.sort()
    }
    const whole = await inMillimetres(join(folder(), `${stem}_mask.nii.gz`), { shape, affine })
    const cropStem = stem.replace('space-orig', 'space-crop')
    const cropped = await inMillimetres(join(folder(), `${cropStem}_mask.nii.gz`), { shape: box.shape, affine })
    const kept = [...item.index].filter((at, v) => {
      const place = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
      return item.result.mask[v] === 1 && place.every((p, a) => p >= box.start[a]! && p < box.start[a]! + box.shape[a]!)
    })
    expect(cropped).toHaveLength(kept.length)
    expect(cropped.length).toBeGreaterThan(0)
    expect(cropped.length).toBeLessThan(whole.length)
    for (const place of cropped) expect(whole).toContain(place)
    expect(json(join(folder(), `${cropStem}_mask.json`))).toMatchObject({
      SpatialReference: expect.stringContaining(`from voxel (1, 2, 1) on`),
    })
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
      '*_weights.nii.gz',
      '*_weights.json',
      '',
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
})

describe('writing', () => {
  it('never replaces a file with other content, and writes nothing at all then', () => {
    const path = join(folder(), 'b.txt')
    writeFileSync(path, 'mine')
    const problem = problemOf(() =>
      writeFiles(folder(), [
        ['a.txt', Buffer.from('a')],
        ['b.txt', Buffer.from('ours')],
      ]),
    )
    expect(problem).toMatchObject({ code: 'ALREADY_EXISTS', where: path })
    expect(readFileSync(path, 'utf8')).toBe('mine')
    expect(everything(folder())).toEqual(['b.txt'])
  })

  it('refuses an export over another mask of the same name', () => {
    exported(maskItem(), folder())
    const names = everything(folder())
    const contents = names.map((name) => readFileSync(join(folder(), name), 'latin1'))
    const other = maskItem({ inside: ([x]) => x < 0 })
    expect(problemOf(() => exported(other, folder()))).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(names.map((name) => readFileSync(join(folder(), name), 'latin1'))).toEqual(contents)
  })

  it('takes a folder in the place of a file, and a file in the place of a folder, as being there already', () => {
    mkdirSync(join(folder(), 'one', 'x.txt'), { recursive: true })
    writeFileSync(join(folder(), 'two'), '')
    const files = [
      ['first.txt', Buffer.from('1')],
      ['x.txt', Buffer.from('2')],
    ] as const
    expect(problemOf(() => writeFiles(join(folder(), 'one'), files))).toMatchObject({ code: 'ALREADY_EXISTS' })
    const below = [['first.txt', Buffer.from('1')] as const, ['two/x.txt', Buffer.from('2')] as const]
    expect(problemOf(() => writeFiles(folder(), below))).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(everything(folder())).toEqual(['two'])
  })

  it('says READ_ONLY where the folder may not be written to, and leaves nothing', () => {
    const closed = join(folder(), 'closed')
    mkdirSync(closed)
    chmodSync(folder(), 0o755)
    chmodSync(closed, 0o555)
    // Root may write anywhere, so the work is done as nobody.
    const isRoot = process.getuid?.() === 0
    const item = maskItem()
    if (isRoot) process.seteuid?.(65534)
    let problems: (Problem | null)[]
    try {
      problems = [
        problemOf(() => exported(item, closed)),
        problemOf(() => writeFiles(closed, [['a.txt', Buffer.from('a')]])),
      ]
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
    for (const problem of problems)
      expect(problem).toMatchObject({
        code: 'READ_ONLY',
        where: expect.stringContaining(closed),
        fix: expect.any(String),
      })
    chmodSync(closed, 0o755)
    expect(everything(closed)).toEqual([])
    expect(existsSync(join(closed, 'sub-01'))).toBe(false)
  })
})
