/** Voxels that have a number in some volumes only: refused, unless the recipe leaves them out; then counted in words and in provenance. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNifti } from '../../../test/support/make-nifti.ts'
import { twoLabels } from '../../../test/support/two-labels.ts'
import { importSubject } from './import-subject.ts'
import { previewWithAnswers } from './preview.ts'

const silent = { progress: () => {}, breathe: async () => {} }
const voxels = 24
/** Voxels, in the order of the file, that have no number in an image; voxel 23 has none in any. */
const holes = [[23], [5, 23], [5, 6, 23], [7, 23]] as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi holes '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Volumes of one image; `lacks` says whether a volume has no number at a voxel. */
function image(name: string, volumes: number, lacks: (voxel: number, volume: number) => boolean): void {
  const values = (at: number) => {
    const [voxel, volume] = [at % voxels, Math.floor(at / voxels)]
    return lacks(voxel, volume) ? Number.NaN : 10 + ((voxel * 7 + volume * 5) % 11) + name.length + Number(name.at(6))
  }
  writeNifti(join(folder, name), { shape: [4, 3, 2, volumes], type: 'float32', values })
}

function contrasts(): string[] {
  return holes.map((own, at) => {
    image(`image-${at + 1}.nii`, 1, (voxel) => (own as readonly number[]).includes(voxel))
    return `image-${at + 1}.nii`
  })
}

const recipe = (images: readonly string[], volumes: number, rest?: object) => twoLabels(folder, images, volumes, rest)

/** Flat index (z fastest) of a voxel in the order of the file. */
const flat = (voxel: number) => ((voxel % 4) * 3 + (Math.floor(voxel / 4) % 3)) * 2 + Math.floor(voxel / 12)
const allBut = (left: readonly number[]) =>
  [...Array(voxels).keys()]
    .filter((voxel) => !left.includes(voxel))
    .map(flat)
    .sort((a, b) => a - b)

describe('contrasts without a number at some voxels', () => {
  it('are refused, with the count, the place, and the choice named', async () => {
    expect(await importSubject(recipe(contrasts(), 1), folder, silent)).toMatchObject({
      ok: false,
      problem: {
        code: 'NOT_FINITE',
        message: `Voxel (1, 1, 0) of volume 1 is not a finite number, but it is one in volume 1 of ${join(folder, 'image-1.nii')}. So are 2 more voxels.`,
        where: join(folder, 'image-2.nii'),
        fix: expect.stringContaining('"missingVoxels": "leave-out"'),
        count: 3,
      },
    })
    const refusing = recipe(contrasts(), 1, { missingVoxels: 'refuse' })
    expect(await importSubject(refusing, folder, silent)).toMatchObject({ ok: false, problem: { code: 'NOT_FINITE' } })
  })

  it('ask in the preview, and the answer leaves the voxels out, counted', async () => {
    const asked = await previewWithAnswers(recipe(contrasts(), 1), folder, {})
    expect(asked.preview.problems).toMatchObject([
      {
        level: 'question',
        choices: [{ question: 'missingVoxels', answer: 'leave-out', text: 'Leave out these 3 voxels.' }],
      },
    ])
    const { recipe: answered, preview } = await previewWithAnswers(recipe(contrasts(), 1), folder, {
      missingVoxels: 'leave-out',
    })
    const counted = preview.problems.filter(({ problem }) => problem.code === 'NOT_FINITE')
    expect(counted.map(({ level, problem }) => [level, problem.message, problem.count])).toEqual([
      ['note', '1 voxels without numbers in any volume lie outside the brain and are left out.', 1],
      ['note', '3 voxels without a number in some volumes are left out, as the recipe says.', 3],
    ])
    const done = await importSubject(answered, folder, silent)
    if (!done.ok) throw new Error(done.problem.message)
    const { trials, outsideVoxels, missingVoxels, constantVoxels, decisions } = done.value
    expect([...trials.index]).toEqual(allBut([5, 6, 7, 23]))
    expect([outsideVoxels, missingVoxels, constantVoxels]).toEqual([1, 3, 0])
    expect(trials.betas.every(Number.isFinite)).toBe(true)
    expect(decisions).toContain('3 voxels without a finite number in some volumes left out, as the recipe says.')
  })

  it('give what a mask without these voxels gives', async () => {
    writeNifti(join(folder, 'mask.nii'), {
      shape: [4, 3, 2],
      type: 'uint8',
      values: (v) => ([5, 6, 7, 23].includes(v) ? 0 : 1),
    })
    const masked = await importSubject(recipe(contrasts(), 1, { brainMask: 'mask.nii' }), folder, silent)
    const left = await importSubject(recipe(contrasts(), 1, { missingVoxels: 'leave-out' }), folder, silent)
    if (!masked.ok || !left.ok) throw new Error('both are imported')
    expect(left.value.trials).toEqual(masked.value.trials)
  })
})

describe('inside a brain mask', () => {
  const mask = { brainMask: 'mask.nii' }
  beforeEach(() =>
    writeNifti(join(folder, 'mask.nii'), {
      shape: [4, 3, 2],
      type: 'uint8',
      values: (v) => (v < 7 || v === 23 ? 1 : 0),
    }),
  )

  it('a voxel without any number is asked about too, before anything is imported', async () => {
    const { preview } = await previewWithAnswers(recipe(contrasts(), 1, mask), folder, {})
    expect(preview.problems).toMatchObject([
      {
        level: 'question',
        problem: { code: 'NOT_FINITE', count: 3, expected: 'finite numbers inside the brain mask' },
      },
    ])
  })

  it('and left out and counted where the recipe says so', async () => {
    const done = await importSubject(recipe(contrasts(), 1, { ...mask, missingVoxels: 'leave-out' }), folder, silent)
    if (!done.ok) throw new Error(done.problem.message)
    expect([...done.value.trials.index]).toEqual([0, 1, 2, 3, 4].map(flat).sort((a, b) => a - b))
    expect([done.value.outsideVoxels, done.value.missingVoxels]).toEqual([0, 3])
  })
})

describe('series in which a number goes missing later', () => {
  const series = () => {
    image('image-1.nii', 6, (voxel) => voxel === 23)
    image(
      'image-2.nii',
      6,
      (voxel, volume) => voxel === 23 || (voxel === 4 && volume === 3) || (voxel === 9 && volume > 3),
    )
    return ['image-1.nii', 'image-2.nii']
  }

  it('are refused at import, and the preview offers the choice where it has seen a voxel without a number', async () => {
    expect(await importSubject(recipe(series(), 6), folder, silent)).toMatchObject({
      ok: false,
      problem: {
        code: 'NOT_FINITE',
        where: join(folder, 'image-2.nii'),
        message: expect.stringContaining('of volume 4'),
      },
    })
    const { preview } = await previewWithAnswers(recipe(series(), 6), folder, {})
    expect(preview.problems).toMatchObject([
      { level: 'note', choices: [{ question: 'missingVoxels', answer: 'leave-out' }] },
    ])
  })

  it('lose those voxels where the recipe says so', async () => {
    const { recipe: answered, taken } = await previewWithAnswers(recipe(series(), 6), folder, {
      missingVoxels: 'leave-out',
    })
    expect([...taken]).toEqual(['missingVoxels'])
    const done = await importSubject(answered, folder, silent)
    if (!done.ok) throw new Error(done.problem.message)
    expect([...done.value.trials.index]).toEqual(allBut([4, 9, 23]))
    expect([done.value.outsideVoxels, done.value.missingVoxels]).toEqual([1, 2])
  })

  it('stop where no voxel is left', async () => {
    image('image-1.nii', 2, (voxel, volume) => (voxel + volume) % 2 === 0)
    image('image-2.nii', 2, (voxel, volume) => (voxel + volume) % 2 === 1)
    const all = recipe(['image-1.nii', 'image-2.nii'], 2, { missingVoxels: 'leave-out' })
    expect(await importSubject(all, folder, silent)).toMatchObject({
      ok: false,
      problem: { code: 'BAD_FILE', message: expect.stringContaining('24 of 24 have no number in some volume') },
    })
  })
})
