/**
 * Compares what we read from a NIfTI file with what nibabel read: shape, number type, affine, scaling, smallest, largest and
 * mean value; or, for files that must not be imported, that the refusal names the file and says why.
 */
import { join } from 'node:path'
import { z } from 'zod'
import type { Problem } from '../../src/core/problem.ts'
import type { Grid } from '../../src/core/volume/grid.ts'
import { fromFileOrder } from '../../src/core/volume/nifti-order.ts'
import { toRas } from '../../src/core/volume/orientation.ts'
import { settleOrientation } from '../../src/engine/import/nifti-header.ts'
import { openNiftiSource } from '../../src/engine/import/nifti-source.ts'
import { openNifti } from '../../src/engine/import/nifti-volumes.ts'

/** One entry of expected.json. */
export const expectedNiftiSchema = z.object({
  file: z.string(),
  cls: z.string().optional(),
  shape: z.array(z.number()).optional(),
  dtype: z.unknown().optional(),
  slope: z.array(z.number()).nullish(),
  q: z.number().optional(),
  s: z.number().optional(),
  affine: z.array(z.array(z.number())).nullish(),
  stats: z.unknown().optional(),
  error: z.string().optional(),
})
export type ExpectedNifti = z.infer<typeof expectedNiftiSchema>

export interface Outcome {
  readonly file: string
  readonly what: 'equal' | 'refused' | 'asked' | 'wrong'
  /** The problem in words, or what differs. */
  readonly words: string
}

const dtypes: Readonly<Record<string, string>> = {
  '>i2': 'int16',
  '>f4': 'float32',
  '>f8': 'float64',
  '>i4': 'int32',
  '>u2': 'uint16',
}

const statsSchema = z.tuple([z.number(), z.number(), z.number()])

/** Scalar NIfTI that nibabel reads whole: everything else has to be refused. */
function isReadable(expected: ExpectedNifti): boolean {
  return (
    expected.error === undefined &&
    /^Nifti[12]/.test(expected.cls ?? '') &&
    typeof expected.dtype === 'string' &&
    !/^(complex|\[)/.test(expected.dtype)
  )
}

const close = (a: number, b: number, relative: number) => Math.abs(a - b) <= relative * Math.max(1, Math.abs(b))

export async function checkNifti(folder: string, expected: ExpectedNifti): Promise<Outcome> {
  const path = join(folder, expected.file)
  const outcome = (what: Outcome['what'], words: string): Outcome => ({ file: expected.file, what, words })
  const refusal = (problem: Problem): Outcome =>
    problem.where?.includes(expected.file.replace(/\.hdr(\.gz)?$/, '')) === true && problem.message !== ''
      ? outcome(problem.code === 'ORIENTATION_UNSETTLED' ? 'asked' : 'refused', `${problem.code}: ${problem.message}`)
      : outcome('wrong', `the refusal does not name the file: ${JSON.stringify(problem)}`)

  const opened = await openNifti(path)
  if (!isReadable(expected)) {
    if (!opened.ok) return refusal(opened.problem)
    // nibabel does not join a plain .hdr with a gzipped .img; we do, and there are no figures to compare with.
    const { imagePath, header } = opened.value
    const joined = expected.error?.startsWith('FileNotFoundError') === true && imagePath.endsWith('.img.gz')
    if (!joined || header.shape.join() !== expected.shape?.join())
      return outcome('wrong', 'read, although it must be refused')
    const settled = settleOrientation(header, 'ask', path)
    return settled.ok ? outcome('equal', 'joined with .img.gz; shape only') : refusal(settled.problem)
  }
  if (!opened.ok) return outcome('wrong', `refused: ${opened.problem.code} ${opened.problem.message}`)
  const { header } = opened.value
  const differences: string[] = []
  const shape = [...(expected.shape ?? [])]
  while (shape.length < 3) shape.push(1)
  if (shape.join() !== header.shape.join()) differences.push(`shape ${header.shape} instead of ${shape}`)
  const dtype = dtypes[String(expected.dtype)] ?? expected.dtype
  if (header.numberType !== dtype) differences.push(`dtype ${header.numberType} instead of ${dtype}`)
  const [slope, intercept] = expected.slope ?? [1, 0]
  if (!close(header.slope, slope!, 1e-7) || !close(header.intercept, intercept!, 1e-7))
    differences.push(`scaling ${header.slope}, ${header.intercept} instead of ${slope}, ${intercept}`)

  let [low, high, sum, count] = [Infinity, -Infinity, 0, 0]
  const source = await openNiftiSource(path, (expected.s ?? 0) > 0 ? 'sform' : 'qform')
  const asked = settleOrientation(header, 'ask', path)
  if ((expected.s ?? 0) > 0 || (expected.q ?? 0) > 0) {
    if (!source.ok) return outcome('wrong', source.problem.message)
    const affine = expected.affine?.flat() ?? []
    // expected.json holds four decimals.
    for (const [at, number] of (source.value.affine ?? []).entries())
      if (Math.abs(number - affine[at]!) > 1.01e-4) differences.push(`affine[${at}] ${number} instead of ${affine[at]}`)
    const done = await source.value.forEachVolume((values) => {
      for (const stored of values) {
        // expected.json was made with NaN counted as 0.
        const value = Number.isNaN(stored) ? 0 : stored
        low = Math.min(low, value)
        high = Math.max(high, value)
        sum += value
        count++
      }
    })
    if (!done.ok) return outcome('wrong', done.problem.message)
    const stats = statsSchema.safeParse(expected.stats)
    const ours = [low, high, sum / count]
    if (!stats.success) differences.push('no statistics to compare with')
    else
      for (const [at, number] of stats.data.entries())
        if (!close(ours[at]!, number, 2e-6))
          differences.push(`${['min', 'max', 'mean'][at]} ${ours[at]} instead of ${number}`)
  } else if (asked.ok) differences.push('neither sform nor qform, and yet no question')
  if (differences.length > 0) return outcome('wrong', differences.join('; '))
  return asked.ok ? outcome('equal', '') : refusal(asked.problem)
}

/** A file's voxels in RAS order with their grid, for files that hold one head in different storage orders. */
export async function readAsRas(path: string): Promise<{ grid: Grid; values: Float32Array }> {
  const source = await openNiftiSource(path, 'ask')
  if (!source.ok || source.value.affine === null) throw new Error(`${path} cannot be opened`)
  const { shape, affine } = source.value
  let flat: Float32Array = new Float32Array(0)
  const done = await source.value.forEachVolume((values) => {
    flat = fromFileOrder(values, shape)
  })
  if (!done.ok) throw new Error(done.problem.message)
  return toRas(flat, { shape, affine })
}
