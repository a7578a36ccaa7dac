/** The bad inputs of every format, through the whole import: code, place and words of the refusal; nothing is kept of them. */
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { matBytes } from '../../../test/support/make-mat.ts'
import { niftiBytes, type TestNifti, writeNifti } from '../../../test/support/make-nifti.ts'
import { recipeSchema } from '../../core/contract/recipe.ts'
import { importSubject } from './import-subject.ts'
import { parseNiftiHeader } from './nifti-header.ts'

const fixtures = fileURLToPath(new URL('../../../test/fixtures/arrays', import.meta.url))
const silent = { progress: () => {}, breathe: async () => {} }
const base: TestNifti = { shape: [4, 3, 2, 6], type: 'float32', values: (i) => 100 + ((i * 7) % 11) }
const sound = niftiBytes(base)

let folder: string
const inFolder = (name: string) => join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi bad '))
  writeNifti(inFolder('grid.nii'), { ...base, shape: [4, 3, 2] })
  writeFileSync(inFolder('trials.tsv'), 'label\trun\na\t1\nb\t1\na\t1\nb\t2\na\t2\nb\t2\n')
  for (const name of ['nsd-layout.hdf5', 'v7.mat']) copyFileSync(join(fixtures, name), inFolder(name))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function refusal(image: object) {
  const recipe = recipeSchema.parse({
    version: 1,
    subject: '01',
    images: [image],
    grid: 'grid.nii',
    table: { path: 'trials.tsv', columns: { label: 'label', run: 'run' }, rows: 'trials' },
    trials: { from: 'volumes' },
    split: { rule: 'leave-one-run-out' },
  })
  const result = await importSubject(recipe, folder, silent)
  return result.ok ? null : result.problem
}

/** The sound file with some bytes replaced. */
function patched(at: number, bytes: readonly number[], from: Uint8Array = sound): Uint8Array {
  const out = Uint8Array.from(from)
  out.set(bytes, at)
  return out
}
const withNumber = (value: number) => niftiBytes({ ...base, values: (i) => (i === 29 ? value : base.values(i)) })
const gzip = (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes))

describe('NIfTI', () => {
  it.each<[string, string, () => Uint8Array, string, string]>([
    ['empty', 'empty.nii', () => new Uint8Array(0), 'BAD_FILE', 'empty'],
    ['a header cut off', 'cut.nii', () => sound.slice(0, 200), 'BAD_FILE', '200 bytes'],
    ['numbers cut off', 'short.nii', () => sound.slice(0, sound.length - 5), 'BAD_FILE', 'ends early'],
    ['gzip data cut off', 'cut.nii.gz', () => gzip(sound).slice(0, 90), 'BAD_FILE', 'damaged or cut off'],
    ['numbers cut off inside gzip', 'short.nii.gz', () => gzip(sound.slice(0, 500)), 'BAD_FILE', 'inside volume'],
    [
      'a wrong checksum of gzip',
      'crc.nii.gz',
      () => patched(gzip(sound).length - 6, [1, 2], gzip(sound)),
      'BAD_FILE',
      'damaged',
    ],
    ['no magic', 'magic.nii', () => patched(344, [0, 0, 0]), 'BAD_FILE', 'Analyze'],
    ['text', 'text.nii', () => new TextEncoder().encode('a,b,c\n'.repeat(200)), 'BAD_FILE', 'sizeof_hdr'],
    ['no dimension', 'dim.nii', () => patched(40, [0, 0]), 'BAD_FILE', 'dim[0]'],
    ['a negative size', 'size.nii', () => patched(42, [0xff, 0xff]), 'BAD_FILE', 'dim'],
    ['an unknown number type', 'type.nii', () => patched(70, [3, 0]), 'BAD_FILE', 'datatype'],
    ['complex numbers', 'complex.nii', () => patched(70, [32, 0]), 'BAD_FILE', 'datatype 32'],
    ['128-bit numbers', 'float128.nii', () => patched(70, [0, 6]), 'BAD_FILE', 'float128'],
    ['data before the header ends', 'offset.nii', () => patched(108, [0, 0, 0x80, 0x3f]), 'BAD_FILE', 'vox_offset'],
    [
      'a whole-brain header over nothing',
      'promise.nii.gz',
      () =>
        gzip(
          niftiBytes({ ...base, shape: [4, 3, 2, 6] }).map((byte, at) =>
            at >= 42 && at < 48 ? (at % 2 === 0 ? 0xff : 0) : byte,
          ),
        ),
      'BAD_FILE',
      'cannot hold',
    ],
    ['NaN', 'nan.nii', () => withNumber(Number.NaN), 'NOT_FINITE', 'Voxel (1, 1, 0) of volume 2'],
    [
      'infinity',
      'infinity.nii.gz',
      () => gzip(withNumber(Number.POSITIVE_INFINITY)),
      'NOT_FINITE',
      'Voxel (1, 1, 0) of volume 2',
    ],
    [
      'an sform that flattens space',
      'flat.nii',
      () => niftiBytes({ ...base, affine: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0] }),
      'ORIENTATION_UNSETTLED',
      'same place',
    ],
    [
      'an sform that is not finite',
      'sform.nii',
      () => niftiBytes({ ...base, affine: [Number.NaN, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0] }),
      'BAD_FILE',
      'sform',
    ],
    ['metres that cannot be metres', 'unit.nii', () => patched(123, [9]), 'BAD_FILE', 'xyzt_units'],
  ])('%s', async (_name, file, make, code, words) => {
    writeFileSync(inFolder(file), make())
    expect(await refusal({ path: file })).toMatchObject({
      code,
      where: inFolder(file),
      message: expect.stringContaining(words),
    })
  })

  it('a header without its image', async () => {
    writeFileSync(inFolder('alone.hdr'), patched(344, [0x6e, 0x69, 0x31]))
    expect(await refusal({ path: 'alone.hdr' })).toMatchObject({
      code: 'NOT_FOUND',
      where: inFolder('alone.hdr'),
      expected: expect.stringContaining('alone.img'),
    })
  })

  it('a folder, and nothing at all', async () => {
    expect(await refusal({ path: '.' })).toMatchObject({ code: 'BAD_FILE', message: expect.stringContaining('folder') })
    expect(await refusal({ path: 'nowhere.hdf5' })).toMatchObject({
      code: 'NOT_FOUND',
      where: inFolder('nowhere.hdf5'),
    })
  })

  it('converts metres and micrometres that are meant', () => {
    const metres = niftiBytes({
      ...base,
      pixdim: [0.002, 0.002, 0.002],
      affine: [0.002, 0, 0, 1, 0, 0.002, 0, 0, 0, 0, 0.003, 0],
    })
    const header = parseNiftiHeader(patched(123, [1 + 16], metres), 'metres.nii')
    expect(header.ok && header.value.voxelSize.map((size) => Math.round(1e4 * size) / 1e4)).toEqual([2, 2, 2])
    expect(header.ok && header.value.sform!.map((number) => Math.round(number))).toEqual([
      2, 0, 0, 1000, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1,
    ])
    // 2.5 in milliseconds (16) and in seconds (8).
    expect(header.ok && header.value.repetitionSeconds).toBeCloseTo(0.0025, 9)
    const seconds = parseNiftiHeader(patched(123, [2 + 8]), 'seconds.nii')
    expect(seconds.ok && seconds.value.repetitionSeconds).toBeCloseTo(2.5, 9)
  })
})

describe('HDF5', () => {
  const image = (path: string) => ({ path, dataset: 'betas', axes: ['volume', 'z', 'y', 'x'] })
  const whole = () => readFileSync(inFolder('nsd-layout.hdf5'))

  it.each<[string, string, () => Uint8Array, string]>([
    ['empty', 'empty.hdf5', () => new Uint8Array(0), 'empty'],
    ['no signature', 'text.hdf5', () => new TextEncoder().encode('no HDF5 at all'), 'neither HDF5'],
    ['cut off', 'cut.hdf5', () => whole().subarray(0, 3000), 'truncated file'],
    ['a damaged superblock', 'super.hdf5', () => patched(8, [9], whole()), 'HDF5 file cannot be read'],
  ])('%s', async (_name, file, make, words) => {
    writeFileSync(inFolder(file), make())
    expect(await refusal(image(file))).toMatchObject({
      code: 'BAD_FILE',
      where: inFolder(file),
      message: expect.stringContaining(words),
    })
  })
})

describe('MATLAB', () => {
  const image = (path: string) => ({ path, dataset: 'bold', axes: ['x', 'y', 'z', 'volume'] })
  const variable = { name: 'bold', sizes: [4, 3, 2, 6], values: base.values }
  const plain = () => matBytes([variable])
  const packed = () => matBytes([variable], true)

  it.each<[string, string, () => Uint8Array, string]>([
    ['empty', 'empty.mat', () => new Uint8Array(0), 'empty'],
    ['version 4', 'four.mat', () => new Uint8Array(500), 'neither HDF5 nor a MATLAB file'],
    ['cut off', 'cut.mat', () => plain().subarray(0, 600), 'ends after the file does'],
    [
      'packed data cut off',
      'packed.mat',
      () => {
        const bytes = packed().slice(0, -40)
        new DataView(bytes.buffer).setUint32(132, bytes.length - 136, true)
        return bytes
      },
      'damaged or cut off',
    ],
    [
      'sizes that the numbers do not fill',
      'sizes.mat',
      () => patched(128 + 8 + 16 + 8, [5], plain()),
      'need 1440 bytes',
    ],
    ['an unknown class', 'class.mat', () => patched(128 + 8 + 8, [77], plain()), 'class 77'],
    ['something that is no variable', 'element.mat', () => patched(128, [3], plain()), 'instead of a variable'],
  ])('%s', async (_name, file, make, words) => {
    writeFileSync(inFolder(file), make())
    expect(await refusal(image(file))).toMatchObject({
      code: 'BAD_FILE',
      where: expect.stringContaining(inFolder(file)),
      message: expect.stringContaining(words),
    })
  })

  it('numbers that are not finite, with their place', async () => {
    writeFileSync(
      inFolder('nan.mat'),
      matBytes([{ ...variable, values: (i) => (i === 29 ? Number.NaN : base.values(i)) }]),
    )
    expect(await refusal(image('nan.mat'))).toMatchObject({
      code: 'NOT_FINITE',
      message: 'Voxel (1, 1, 0) of volume 2 is not a finite number.',
    })
  })
})

describe('tables', () => {
  it('a file that is far too large for a table is not read', async () => {
    const handle = openSync(inFolder('huge.tsv'), 'w')
    ftruncateSync(handle, 2 ** 27)
    closeSync(handle)
    const recipe = recipeSchema.parse({
      version: 1,
      subject: '01',
      images: [{ path: 'grid.nii' }],
      table: { path: 'huge.tsv', columns: { label: 'label' }, rows: 'trials' },
      trials: { from: 'volumes' },
      split: { rule: 'leave-one-run-out' },
    })
    expect(await importSubject(recipe, folder, silent)).toMatchObject({
      ok: false,
      problem: { code: 'TOO_LARGE', where: inFolder('huge.tsv') },
    })
  })
})
