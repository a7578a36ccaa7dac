import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freshFolder } from '../../../test/reliability/support/folder.ts'
import { type TestNifti, writeNifti } from '../../../test/support/make-nifti.ts'
import { ProblemError } from '../../core/problem.ts'
import { flatIndex, type Grid } from '../../core/volume/grid.ts'
import { labelTableNames, readAtlas, readLabelNames } from './atlas.ts'

const folder = freshFolder()
const affine = [-2, 0, 0, 4, 0, 2, 0, -3, 0, 0, 2, 1]
const grid: Grid = { shape: [4, 3, 2], affine: [...affine, 0, 0, 0, 1] }

function atlas(own: Partial<TestNifti> = {}): string {
  const path = join(folder(), 'atlas.nii.gz')
  writeNifti(path, { shape: [4, 3, 2], type: 'int16', affine, values: (at) => at % 5, ...own })
  return path
}

async function problemOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof ProblemError) return error.problem
  throw new Error(`no problem but ${String(error)}`)
}

function table(name: string, text: string): string {
  const path = join(folder(), name)
  writeFileSync(path, text)
  return path
}

describe('an atlas', () => {
  it('is read in our order, with its names', async () => {
    const names = table('atlas.tsv', 'index\tname\tcolor\n1\tV1\t#f00\n4\thV4\t#0f0\n')
    const found = await readAtlas(atlas(), names, grid, false)
    expect(found).toMatchObject({ file: 'atlas.nii.gz', labelsFile: 'atlas.tsv', resampled: false })
    // The file runs x fastest: voxel (3, 1, 1) is its 3 + 4 + 12 = 19th number.
    expect(found.labels[flatIndex(grid.shape, 3, 1, 1)]).toBe(19 % 5)
    expect([...found.names]).toEqual([
      [1, 'V1'],
      [4, 'hV4'],
    ])
  })

  it('on another grid is refused, and read by nearest neighbour when asked', async () => {
    const other = { affine: [-2, 0, 0, 4, 0, 2, 0, -3, 0, 0, 1, 1], shape: [4, 3, 4] }
    expect(await problemOf(readAtlas(atlas(other), null, grid, false))).toMatchObject({
      code: 'LENGTH_MISMATCH',
      fix: expect.stringContaining('--resample'),
    })
    const shifted = { affine: affine.map((value, at) => (at === 3 ? value + 2 : value)) }
    expect(await problemOf(readAtlas(atlas(shifted), null, grid, false))).toMatchObject({ code: 'LENGTH_MISMATCH' })
    const found = await readAtlas(atlas(other), null, grid, true)
    expect(found).toMatchObject({ resampled: true, labelsFile: null })
    // Our (1, 2, 1) lies at z = 3 mm, which is slice 2 of the atlas: its 1 + 8 + 24 = 33rd number.
    expect(found.labels[flatIndex(grid.shape, 1, 2, 1)]).toBe(33 % 5)
  })

  it('holds whole numbers in one volume', async () => {
    const half: Partial<TestNifti> = { type: 'float32', values: (at) => at / 2 }
    expect(await problemOf(readAtlas(atlas(half), null, grid, false))).toMatchObject({
      code: 'BAD_FILE',
      message: 'The atlas holds 0.5, which is no label.',
    })
    const endless: Partial<TestNifti> = { type: 'float32', values: () => Number.POSITIVE_INFINITY }
    expect(await problemOf(readAtlas(atlas(endless), null, grid, false))).toMatchObject({ code: 'BAD_FILE' })
    expect(await problemOf(readAtlas(atlas({ shape: [4, 3, 2, 3] }), null, grid, false))).toMatchObject({
      code: 'BAD_FILE',
      message: 'The atlas has 3 volumes.',
    })
    expect(await problemOf(readAtlas(join(folder(), 'none.nii'), null, grid, false))).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('whose left and right are unsettled is refused', async () => {
    const path = atlas({ sformCode: 0, qformCode: 0 })
    expect(await problemOf(readAtlas(path, null, grid, false))).toMatchObject({ code: 'ORIENTATION_UNSETTLED' })
  })
})

describe('names of labels', () => {
  it('come as a table or as JSON of two forms', () => {
    for (const path of [
      table('a.tsv', '\uFEFFname\tindex\r\nV1\t1\r\nV2\t-2\r\n'),
      table('b.json', '{"1": "V1", "-2": "V2"}'),
      table('c.json', '[{"index": 1, "name": "V1"}, {"index": -2, "name": "V2", "colour": "red"}]'),
    ])
      expect(new Map(readLabelNames(path)), path).toEqual(
        new Map([
          [1, 'V1'],
          [-2, 'V2'],
        ]),
      )
  })

  it.each([
    ['a.tsv', 'label\tname\n1\tV1\n', 'no column "index"'],
    ['a.tsv', 'index\tname\n1\tV1\nx\tV2\n', '"x" in line 3'],
    ['a.tsv', 'index\tname\n1\tV1\n1\tV2\n', 'Label 1 is named twice'],
    ['a.json', '{"V1": 1}', 'not understood'],
    ['a.json', '{', 'not understood'],
  ])('in %s of "%s" are refused', (name, text, message) => {
    const path = table(name, text)
    expect(() => readLabelNames(path)).toThrow(message)
  })

  it('are looked for beside the atlas', () => {
    expect(labelTableNames('rois/a_dseg.nii.gz')).toEqual(['rois/a_dseg.tsv', 'rois/a_dseg.json'])
    expect(labelTableNames('a.img')).toEqual(['a.tsv', 'a.json'])
  })
})
