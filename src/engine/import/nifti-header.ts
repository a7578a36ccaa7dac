/**
 * The header of a NIfTI-1 or NIfTI-2 file as the rest of the engine needs it: shape, number type, scaling, and both
 * affines kept apart, because a file whose sform and qform disagree must never be read by guessing. Parsing of the
 * fields is nifti-reader-js; every number it gives is checked here before anyone relies on it.
 */
import { NIFTI1, type NIFTI2, readHeader } from 'nifti-reader-js'
import { failure, type Result, success } from '../../core/problem.ts'
import type { Affine } from '../../core/volume/grid.ts'

export interface NiftiNumberType {
  readonly name: string
  readonly bytes: number
  /** Reads one number as float64 (64-bit integers lose digits past 2⁵³). */
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number
}

/** Scalar types by NIfTI datatype code. Colour and complex files are refused by name. */
const numberTypes: Readonly<Record<number, NiftiNumberType>> = {
  2: { name: 'uint8', bytes: 1, read: (view, at) => view.getUint8(at) },
  4: { name: 'int16', bytes: 2, read: (view, at, little) => view.getInt16(at, little) },
  8: { name: 'int32', bytes: 4, read: (view, at, little) => view.getInt32(at, little) },
  16: { name: 'float32', bytes: 4, read: (view, at, little) => view.getFloat32(at, little) },
  64: { name: 'float64', bytes: 8, read: (view, at, little) => view.getFloat64(at, little) },
  256: { name: 'int8', bytes: 1, read: (view, at) => view.getInt8(at) },
  512: { name: 'uint16', bytes: 2, read: (view, at, little) => view.getUint16(at, little) },
  768: { name: 'uint32', bytes: 4, read: (view, at, little) => view.getUint32(at, little) },
  1024: { name: 'int64', bytes: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  1280: { name: 'uint64', bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
}

const refusedTypes: Readonly<Record<number, string>> = {
  1: 'single bits',
  32: 'complex numbers (complex64)',
  128: 'RGB colours (rgb24)',
  1536: 'float128',
  1792: 'complex numbers (complex128)',
  2048: 'complex numbers (complex256)',
  2304: 'RGBA colours (rgba32)',
}

export interface NiftiHeader {
  readonly version: 1 | 2
  readonly littleEndian: boolean
  /** Sizes of all dimensions in use, x first; at least three. */
  readonly shape: readonly number[]
  /** Volumes along every dimension past the third, multiplied. */
  readonly volumes: number
  readonly numberType: NiftiNumberType
  /** value = stored · slope + intercept; slope 1, intercept 0 where the file says none (0 or NaN). */
  readonly slope: number
  readonly intercept: number
  readonly voxelSize: readonly [number, number, number]
  readonly repetitionSeconds: number | null
  readonly sformCode: number
  readonly qformCode: number
  /** Voxel to RAS+ mm by sform or qform; null where its code is 0. */
  readonly sform: Affine | null
  readonly qform: Affine | null
  /** Byte offset of the first number, in the file that holds the image. */
  readonly dataOffset: number
  /** True where the numbers are in a separate .img file. */
  readonly separateImage: boolean
}

/** Bytes needed from the start of a file before its header can be parsed. */
export const niftiHeaderBytes = 544

type RawHeader = InstanceType<typeof NIFTI1> | InstanceType<typeof NIFTI2>

function flatten(matrix: readonly (readonly number[])[]): Affine {
  return matrix.flat()
}

function sformOf(raw: RawHeader, bytes: DataView, version: 1 | 2): Affine | null {
  if (raw.sform_code <= 0) return null
  const rows: number[] = []
  for (let i = 0; i < 12; i++) {
    rows.push(
      version === 1 ? bytes.getFloat32(280 + 4 * i, raw.littleEndian) : bytes.getFloat64(400 + 8 * i, raw.littleEndian),
    )
  }
  return [...rows, 0, 0, 0, 1]
}

function qformOf(raw: RawHeader): Affine | null {
  if (raw.qform_code <= 0) return null
  const qfac = raw.pixDims[0] === -1 ? -1 : 1
  const size = (axis: number) => Math.abs(raw.pixDims[axis] ?? 1) || 1
  const matrix = raw.convertNiftiQFormToNiftiSForm(
    raw.quatern_b,
    raw.quatern_c,
    raw.quatern_d,
    raw.qoffset_x,
    raw.qoffset_y,
    raw.qoffset_z,
    size(1),
    size(2),
    size(3),
    qfac,
  )
  return flatten(matrix)
}

const secondsPerUnit: Readonly<Record<number, number>> = { 0: 1, 8: 1, 16: 1e-3, 24: 1e-6 }

/** Parses the first `niftiHeaderBytes` (or the whole, if shorter) of a decompressed file. `where` is the path for messages. */
export function parseNiftiHeader(start: Uint8Array, where: string): Result<NiftiHeader> {
  const bad = (message: string, expected: string, fix?: string) =>
    failure({ code: 'BAD_FILE' as const, message, where, expected, ...(fix === undefined ? {} : { fix }) })
  if (start.byteLength < 348)
    return bad(`The file has ${start.byteLength} bytes, too few for a NIfTI header.`, 'at least 348 bytes')
  const padded = new Uint8Array(Math.max(start.byteLength, niftiHeaderBytes))
  padded.set(start)
  let raw: RawHeader
  try {
    raw = readHeader(padded.buffer, true)
  } catch {
    return bad(
      'This is not a NIfTI file: its magic word is missing.',
      '"n+1", "ni1", "n+2" or "ni2" in the header',
      'Convert Analyze or other formats to NIfTI first.',
    )
  }
  const version = raw instanceof NIFTI1 ? 1 : 2
  const dimensions = raw.dims[0] ?? 0
  if (dimensions < 1 || dimensions > 7) return bad(`The header says ${dimensions} dimensions (dim[0]).`, '1 to 7')
  const sizes = raw.dims.slice(1, dimensions + 1).map((size) => Number(size))
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1))
    return bad(`The header's sizes are ${sizes.join(' × ')} (dim).`, 'whole numbers of at least 1')
  const shape = [...sizes, 1, 1, 1].slice(0, Math.max(3, sizes.length))
  const voxels = shape[0]! * shape[1]! * shape[2]!
  const volumes = shape.slice(3).reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(voxels * volumes * 8))
    return bad(`The header's sizes ${sizes.join(' × ')} are impossibly large (dim).`, 'a file that fits on a disk')

  const refused = refusedTypes[raw.datatypeCode]
  if (refused !== undefined)
    return bad(
      `The file holds ${refused}, not one number per voxel (datatype ${raw.datatypeCode}).`,
      'a scalar type such as int16 or float32',
      'Convert it to a scalar image first.',
    )
  const numberType = numberTypes[raw.datatypeCode]
  if (numberType === undefined)
    return bad(`The header's number type ${raw.datatypeCode} is unknown (datatype).`, 'a NIfTI scalar type')

  const slopeGiven = Number.isFinite(raw.scl_slope) && raw.scl_slope !== 0
  const sform = sformOf(raw, new DataView(padded.buffer), version)
  const qform = qformOf(raw)
  for (const [name, affine] of [
    ['sform', sform],
    ['qform', qform],
  ] as const) {
    if (affine?.some((number) => !Number.isFinite(number)))
      return bad(`The ${name} holds a number that is not finite.`, 'finite numbers')
  }
  const separateImage = raw.magic.startsWith('ni')
  const headerBytes = version === 1 ? 348 : 540
  const offset = raw.vox_offset
  if (!Number.isFinite(offset) || offset < 0 || (!separateImage && offset < headerBytes))
    return bad(`The image is said to begin at byte ${offset} (vox_offset).`, `at least ${headerBytes}`)
  const unit = secondsPerUnit[raw.xyzt_units & 56]
  const repetition = sizes.length > 3 && unit !== undefined ? (raw.pixDims[4] ?? 0) * unit : 0
  return success({
    version,
    littleEndian: raw.littleEndian,
    shape,
    volumes,
    numberType,
    slope: slopeGiven ? raw.scl_slope : 1,
    intercept: slopeGiven && Number.isFinite(raw.scl_inter) ? raw.scl_inter : 0,
    voxelSize: [Math.abs(raw.pixDims[1] ?? 1), Math.abs(raw.pixDims[2] ?? 1), Math.abs(raw.pixDims[3] ?? 1)],
    repetitionSeconds: repetition > 0 ? repetition : null,
    sformCode: raw.sform_code,
    qformCode: raw.qform_code,
    sform,
    qform,
    dataOffset: Math.floor(offset),
    separateImage,
  })
}

/** Which affine to use. `ask` gives ORIENTATION_UNSETTLED where sform and qform disagree by more than .05 mm at a corner of the grid, or both are absent. */
export function settleOrientation(
  header: NiftiHeader,
  choice: 'ask' | 'sform' | 'qform',
  where: string,
): Result<Affine> {
  const { sform, qform } = header
  const unsettled = (message: string, fix: string) =>
    failure({
      code: 'ORIENTATION_UNSETTLED' as const,
      message,
      where,
      expected: 'one affine that says where left and right are',
      fix,
    })
  if (choice !== 'ask') {
    const chosen = choice === 'sform' ? sform : qform
    return chosen === null
      ? unsettled(
          `The file has no ${choice} (code 0), although the recipe asks for it.`,
          'Choose the other one, or give the file an affine.',
        )
      : success(chosen)
  }
  if (sform === null && qform === null)
    return unsettled(
      'Neither sform nor qform is set, so left and right are unknown.',
      'Set an affine with your conversion tool; we do not guess.',
    )
  if (sform !== null && qform !== null) {
    // Rounding in float32 quaternions moves far corners by some hundredths of a millimetre; a flip moves them by centimetres.
    const extent = Math.max(...header.shape.slice(0, 3))
    const difference = Math.max(
      ...sform.map((number, at) => Math.abs(number - qform[at]!) * (at % 4 === 3 ? 1 : extent)),
    )
    if (difference > 0.05)
      return unsettled(
        `sform and qform disagree (by up to ${difference.toFixed(2)} mm).`,
        'Look which one your other tools use, then set "orientation" in the recipe to "sform" or "qform".',
      )
  }
  return success(sform ?? qform!)
}
