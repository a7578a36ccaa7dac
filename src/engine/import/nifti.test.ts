import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { niftiBytes, type TestNifti, type TestType, writeNifti } from '../../../test/support/make-nifti.ts'
import { Random } from '../../core/random/random.ts'
import { parseNiftiHeader, settleOrientation } from './nifti-header.ts'
import { forEachVolume, openNifti } from './nifti-volumes.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'troi nifti ü '))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function readAll(path: string): Promise<{ volumes: number[][]; problem: string | null }> {
  const file = await openNifti(path)
  if (!file.ok) return { volumes: [], problem: file.problem.code }
  const volumes: number[][] = []
  const done = await forEachVolume(file.value, (values) => {
    volumes.push([...values])
  })
  return { volumes, problem: done.ok ? null : done.problem.code }
}

const base: TestNifti = { shape: [3, 2, 2, 2], values: (i) => i - 3 }

describe('reading', () => {
  const types: TestType[] = [
    'uint8',
    'int8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'float32',
    'float64',
  ]
  for (const type of types) {
    for (const littleEndian of [true, false]) {
      for (const version of [1, 2] as const) {
        it(`${type}, ${littleEndian ? 'little' : 'big'} endian, NIfTI-${version}, with slope and intercept, plain and gzipped`, async () => {
          const options: TestNifti = {
            shape: [3, 2, 2, 2],
            type,
            littleEndian,
            version,
            slope: 0.5,
            intercept: 10,
            values: (i) => i + 1,
          }
          for (const name of ['a.nii', 'a.nii.gz']) {
            const path = join(folder, name)
            writeNifti(path, options)
            const { volumes, problem } = await readAll(path)
            expect(problem).toBeNull()
            expect(volumes).toEqual(
              [0, 1].map((t) => Array.from({ length: 12 }, (_, v) => (t * 12 + v + 1) * 0.5 + 10)),
            )
          }
        })
      }
    }
  }

  it('treats slope 0 and NaN as no scaling', async () => {
    for (const slope of [0, Number.NaN]) {
      const path = join(folder, 'slope.nii')
      writeNifti(path, { ...base, slope, intercept: 7 })
      expect((await readAll(path)).volumes[0]!.slice(0, 3)).toEqual([-3, -2, -1])
    }
  })

  it('refuses colours by name', async () => {
    const path = join(folder, 'rgb.nii')
    writeNifti(path, { shape: [2, 2, 2], type: 'rgb24', values: () => 0 })
    const file = await openNifti(path)
    expect(file).toMatchObject({
      ok: false,
      problem: { code: 'BAD_FILE', where: path, message: expect.stringContaining('RGB') },
    })
  })

  it('names what is wrong with a bad file', async () => {
    const cases: [string, () => void, string][] = [
      ['missing.nii', () => {}, 'NOT_FOUND'],
      ['empty.nii', () => writeFileSync(join(folder, 'empty.nii'), ''), 'BAD_FILE'],
      ['text.nii', () => writeFileSync(join(folder, 'text.nii'), 'x'.repeat(1000)), 'BAD_FILE'],
      ['short.nii', () => writeNifti(join(folder, 'short.nii'), { ...base, truncate: 360 }), 'BAD_FILE'],
      ['short.nii.gz', () => writeNifti(join(folder, 'short.nii.gz'), { ...base, truncate: 360 }), 'BAD_FILE'],
      [
        'cut.nii.gz',
        () => writeFileSync(join(folder, 'cut.nii.gz'), gzipSync(niftiBytes(base)).subarray(0, 60)),
        'BAD_FILE',
      ],
      [
        'huge.nii',
        () =>
          writeFileSync(
            join(folder, 'huge.nii'),
            niftiBytes({ ...base, shape: [3, 2, 2, 2] }).map((byte, at) =>
              at >= 42 && at < 48 ? (at % 2 === 0 ? 0xff : 0x7f) : byte,
            ),
          ),
        'TOO_LARGE',
      ],
    ]
    for (const [name, make, code] of cases) {
      make()
      const path = join(folder, name)
      const { problem } = await readAll(path)
      expect([name, problem]).toEqual([name, code])
    }
  })

  it('gives typed problems for mutated headers, never an exception', async () => {
    const seed = 20261125
    console.log(`mutation seed ${seed}`)
    const random = Random.of(seed, 'nifti header')
    const path = join(folder, 'mutated.nii')
    let refused = 0
    for (let round = 0; round < 1000; round++) {
      const bytes = niftiBytes({ ...base, version: round % 2 === 0 ? 1 : 2 }).slice()
      const changes = 1 + random.integer(6)
      for (let i = 0; i < changes; i++) bytes[random.integer(Math.min(bytes.length, 560))] = random.integer(256)
      const header = parseNiftiHeader(bytes, path)
      if (!header.ok) {
        refused++
        expect(header.problem.code).toBe('BAD_FILE')
        continue
      }
      if (round % 10 !== 0) continue
      writeFileSync(path, bytes)
      const { problem } = await readAll(path)
      expect([null, 'BAD_FILE', 'TOO_LARGE', 'NOT_FOUND']).toContain(problem)
    }
    expect(refused).toBeGreaterThan(50)
  })
})

describe('orientation', () => {
  const header = (options: Partial<TestNifti>) => {
    const parsed = parseNiftiHeader(niftiBytes({ ...base, ...options }), 'x.nii')
    if (!parsed.ok) throw new Error(parsed.problem.message)
    return parsed.value
  }
  const left = [-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 2, -30]

  it('keeps sform and qform apart', () => {
    // Quaternion (0, 1, 0) is half a turn about y: x and z flip; qfac -1 flips z back, which leaves left-anterior-superior.
    const both = header({ affine: left, sformCode: 1, qformCode: 1, quaternion: [0, 1, 0], qfac: -1 })
    expect(both.sform!.slice(0, 12)).toEqual(left)
    for (const [at, number] of both.qform!.slice(0, 12).entries()) expect(number).toBeCloseTo(left[at]!, 5)
    expect(settleOrientation(both, 'ask', 'x.nii')).toMatchObject({ ok: true })
  })

  it('stops with a question where they disagree or are both absent', () => {
    const disagree = header({ affine: left, sformCode: 1, qformCode: 1 })
    expect(settleOrientation(disagree, 'ask', 'x.nii')).toMatchObject({
      ok: false,
      problem: { code: 'ORIENTATION_UNSETTLED', where: 'x.nii' },
    })
    expect(settleOrientation(disagree, 'sform', 'x.nii')).toMatchObject({ ok: true, value: disagree.sform })
    expect(settleOrientation(disagree, 'qform', 'x.nii')).toMatchObject({ ok: true, value: disagree.qform })
    const neither = header({ sformCode: 0, qformCode: 0 })
    for (const choice of ['ask', 'sform', 'qform'] as const)
      expect(settleOrientation(neither, choice, 'x.nii')).toMatchObject({
        ok: false,
        problem: { code: 'ORIENTATION_UNSETTLED' },
      })
  })
})
