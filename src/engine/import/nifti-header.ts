/**
 * The header of a NIfTI-1 or NIfTI-2 file as the rest of the engine needs it: shape, number type, scaling, and both
 * affines kept apart, because a file whose sform and qform disagree must never be read by guessing. Every field is checked
 * here before anyone relies on it.
 */
import { failure, type Result, success } from '../../core/problem.ts'
import { determinant, quaternionToAffine } from '../../core/volume/affine.ts'
import type { Affine } from '../../core/volume/grid.ts'
import { type NiftiFields, type OtherFormat, readNiftiFields } from './nifti-fields.ts'
import type { NumberType } from './number-types.ts'

/** Scalar types by NIfTI datatype code. Colour and complex files are refused by name. */
const numberTypes: Readonly<Record<number, NumberType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
  1024: 'int64',
  1280: 'uint64',
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
  readonly numberType: NumberType
  /** value = stored · slope + intercept; slope 1, intercept 0 where the file says none (0 or NaN). */
  readonly slope: number
  readonly intercept: number
  /** Edge lengths in mm. */
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

/** Intent codes 3000 to 3099 are CIFTI-2: brain ordinates along two dimensions, in a NIfTI-2 header. */
const isCifti = (intent: number) => intent >= 3000 && intent < 3100

/** Edge lengths in mm beyond these mean that the unit in the header is wrong. */
const plausibleVoxel = [1e-3, 100] as const

/** Bytes needed from the start of a file before its header can be parsed. */
export const niftiHeaderBytes = 544

/** Millimetres per unit of length (xyzt_units); files that state no unit are read as mm, as everyone does. */
function millimetresPerUnit(xyztUnits: number): number {
  const unit = xyztUnits & 7
  return unit === 1 ? 1e3 : unit === 3 ? 1e-3 : 1
}

function inMillimetres(affine: Affine | null, scale: number): Affine | null {
  return affine === null || scale === 1 ? affine : affine.map((number, at) => (at < 12 ? number * scale : number))
}

function sformOf(fields: NiftiFields): Affine | null {
  return fields.sformCode > 0 ? [...fields.srow, 0, 0, 0, 1] : null
}

function qformOf(fields: NiftiFields): Affine | null {
  if (fields.qformCode <= 0) return null
  const [b, c, d] = fields.quatern
  const size = (axis: number) => Math.abs(fields.pixdim[axis]!) || 1
  return quaternionToAffine({
    b,
    c,
    d,
    offset: fields.qoffset,
    sizes: [size(1), size(2), size(3)],
    qfac: fields.pixdim[0]! < 0 ? -1 : 1,
  })
}

const otherFormats: Readonly<Record<OtherFormat, { readonly message: string; readonly fix: string }>> = {
  analyze: {
    message: 'This is an Analyze file, not NIfTI: it does not say where left and right are (magic).',
    fix: 'Convert it to NIfTI with a tool that knows how it was made.',
  },
  freesurfer: {
    message: 'This is a FreeSurfer volume (mgh), not NIfTI.',
    fix: 'Convert it with mri_convert or nibabel.',
  },
  unknown: {
    message: 'This is not a NIfTI file: its size and magic fields are missing (sizeof_hdr, magic).',
    fix: 'Choose a NIfTI file, or convert this one to NIfTI first.',
  },
}

const secondsPerUnit: Readonly<Record<number, number>> = { 0: 1, 8: 1, 16: 1e-3, 24: 1e-6 }

/** Parses the first `niftiHeaderBytes` (or the whole, if shorter) of a decompressed file. `where` is the path for messages. */
export function parseNiftiHeader(start: Uint8Array, where: string): Result<NiftiHeader> {
  const bad = (message: string, expected: string, fix?: string) =>
    failure({ code: 'BAD_FILE' as const, message, where, expected, ...(fix === undefined ? {} : { fix }) })
  if (start.byteLength < 348)
    return bad(
      `The file has ${start.byteLength} bytes, too few for a NIfTI header.`,
      'at least 348 bytes',
      'Copy the file again from its source.',
    )
  const padded = new Uint8Array(Math.max(start.byteLength, niftiHeaderBytes))
  padded.set(start)
  const raw = readNiftiFields(padded)
  if (typeof raw === 'string') {
    const { message, fix } = otherFormats[raw]
    return bad(message, '"n+1", "ni1", "n+2" or "ni2" in the header', fix)
  }
  const { version } = raw
  if (start.byteLength < (version === 1 ? 348 : 540))
    return bad(`The file has ${start.byteLength} bytes, too few for a NIfTI-2 header.`, 'at least 540 bytes')
  const dimensions = raw.dim[0]!
  if (dimensions < 1 || dimensions > 7) return bad(`The header says ${dimensions} dimensions (dim[0]).`, '1 to 7')
  const sizes = raw.dim.slice(1, dimensions + 1)
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1))
    return bad(`The header's sizes are ${sizes.join(' × ')} (dim).`, 'whole numbers of at least 1')
  const shape = [...sizes, 1, 1, 1].slice(0, Math.max(3, sizes.length))
  const voxels = shape[0]! * shape[1]! * shape[2]!
  const volumes = shape.slice(3).reduce((product, size) => product * size, 1)
  if (!Number.isSafeInteger(voxels * volumes * 8))
    return bad(`The header's sizes ${sizes.join(' × ')} are impossibly large (dim).`, 'a file that fits on a disk')

  const refused = refusedTypes[raw.datatype]
  if (refused !== undefined)
    return bad(
      `The file holds ${refused}, not one number per voxel (datatype ${raw.datatype}).`,
      'a scalar type such as int16 or float32',
      'Convert it to a scalar image first.',
    )
  const numberType = numberTypes[raw.datatype]
  if (numberType === undefined)
    return bad(`The header's number type ${raw.datatype} is unknown (datatype).`, 'a NIfTI scalar type')

  const slopeGiven = Number.isFinite(raw.slope) && raw.slope !== 0
  if (version === 2 && isCifti(raw.intentCode))
    return bad(
      `This is a CIFTI-2 file: surface vertices and voxels along one axis (intent_code ${raw.intentCode}).`,
      'volumes of voxels',
      'Export the volume part as NIfTI, for example with wb_command -cifti-separate.',
    )
  const millimetres = millimetresPerUnit(raw.xyztUnits)
  const voxelSize = [1, 2, 3].map((axis) => Math.abs(raw.pixdim[axis]!) * millimetres)
  if (millimetres !== 1 && voxelSize.some((size) => size < plausibleVoxel[0] || size > plausibleVoxel[1]))
    return bad(
      `Voxels of ${voxelSize.join(' × ')} mm: the unit of length in the header cannot be right (xyzt_units ${raw.xyztUnits}).`,
      'edges between 0.001 and 100 mm',
      'Correct xyzt_units with your conversion tool.',
    )
  const sform = inMillimetres(sformOf(raw), millimetres)
  const qform = inMillimetres(qformOf(raw), millimetres)
  for (const [name, affine] of [
    ['sform', sform],
    ['qform', qform],
  ] as const) {
    if (affine?.some((number) => !Number.isFinite(number)))
      return bad(`The ${name} holds a number that is not finite.`, 'finite numbers')
  }
  const separateImage = raw.magic.startsWith('ni')
  const headerBytes = version === 1 ? 348 : 540
  // 0 in a single file means "right after the header and its four extension bytes".
  const offset = raw.voxOffset === 0 && !separateImage ? headerBytes + 4 : raw.voxOffset
  if (!Number.isFinite(offset) || offset < 0 || (!separateImage && offset < headerBytes))
    return bad(`The image is said to begin at byte ${offset} (vox_offset).`, `at least ${headerBytes}`)
  const unit = secondsPerUnit[raw.xyztUnits & 56]
  const repetition = sizes.length > 3 && unit !== undefined ? raw.pixdim[4]! * unit : 0
  return success({
    version,
    littleEndian: raw.littleEndian,
    shape,
    volumes,
    numberType,
    slope: slopeGiven ? raw.slope : 1,
    intercept: slopeGiven && Number.isFinite(raw.intercept) ? raw.intercept : 0,
    voxelSize: [voxelSize[0]!, voxelSize[1]!, voxelSize[2]!],
    repetitionSeconds: repetition > 0 ? repetition : null,
    sformCode: raw.sformCode,
    qformCode: raw.qformCode,
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
  const checkInvertible = (affine: Affine, name: string): Result<Affine> =>
    Math.abs(determinant(affine)) < 1e-9
      ? unsettled(
          `The ${name} gives several voxels the same place: one of its axes has no length.`,
          'Choose the other one in "orientation", or give the file a correct affine.',
        )
      : success(affine)
  if (choice !== 'ask') {
    const chosen = choice === 'sform' ? sform : qform
    return chosen === null
      ? unsettled(
          `The file has no ${choice} (code 0), although the recipe asks for it.`,
          'Choose the other one, or give the file an affine.',
        )
      : checkInvertible(chosen, choice)
  }
  if (sform === null && qform === null)
    return unsettled(
      'Neither sform nor qform is set, so left and right are unknown.',
      'Name a NIfTI file on the same grid in "grid" of the recipe, or set an affine with your conversion tool.',
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
  return checkInvertible((sform ?? qform)!, sform !== null ? 'sform' : 'qform')
}
