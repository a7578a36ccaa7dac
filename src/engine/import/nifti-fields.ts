/**
 * The fields of a NIfTI-1 or NIfTI-2 header as they stand in the bytes, nothing interpreted: offsets and widths from the two
 * specifications, the byte order from sizeof_hdr. Interpretation and every check are in nifti-header.ts.
 */

export interface NiftiFields {
  readonly version: 1 | 2
  readonly littleEndian: boolean
  /** n+1, ni1, n+2 or ni2. */
  readonly magic: string
  /** dim[0] to dim[7]; in NIfTI-2 64-bit numbers, exact up to 2⁵³. */
  readonly dim: readonly number[]
  readonly datatype: number
  readonly pixdim: readonly number[]
  readonly voxOffset: number
  readonly slope: number
  readonly intercept: number
  readonly xyztUnits: number
  readonly intentCode: number
  readonly qformCode: number
  readonly sformCode: number
  /** quatern_b, _c, _d and qoffset_x, _y, _z. */
  readonly quatern: readonly [number, number, number]
  readonly qoffset: readonly [number, number, number]
  /** srow_x, srow_y, srow_z, one after the other. */
  readonly srow: readonly number[]
}

/** What the first bytes are, where they are no NIfTI header; used in the refusal. */
export type OtherFormat = 'analyze' | 'freesurfer' | 'unknown'

const numbers = (count: number, read: (index: number) => number) => Array.from({ length: count }, (_, i) => read(i))
const three = (read: (index: number) => number): [number, number, number] => [read(0), read(1), read(2)]

function readFields1(view: DataView, little: boolean, magic: string): NiftiFields {
  const int16 = (at: number) => view.getInt16(at, little)
  const float = (at: number) => view.getFloat32(at, little)
  return {
    version: 1,
    littleEndian: little,
    magic,
    dim: numbers(8, (i) => int16(40 + 2 * i)),
    intentCode: int16(68),
    datatype: int16(70),
    pixdim: numbers(8, (i) => float(76 + 4 * i)),
    voxOffset: float(108),
    slope: float(112),
    intercept: float(116),
    xyztUnits: view.getUint8(123),
    qformCode: int16(252),
    sformCode: int16(254),
    quatern: three((i) => float(256 + 4 * i)),
    qoffset: three((i) => float(268 + 4 * i)),
    srow: numbers(12, (i) => float(280 + 4 * i)),
  }
}

function readFields2(view: DataView, little: boolean, magic: string): NiftiFields {
  const int64 = (at: number) => Number(view.getBigInt64(at, little))
  const int32 = (at: number) => view.getInt32(at, little)
  const double = (at: number) => view.getFloat64(at, little)
  return {
    version: 2,
    littleEndian: little,
    magic,
    datatype: view.getInt16(12, little),
    dim: numbers(8, (i) => int64(16 + 8 * i)),
    pixdim: numbers(8, (i) => double(104 + 8 * i)),
    voxOffset: int64(168),
    slope: double(176),
    intercept: double(184),
    qformCode: int32(344),
    sformCode: int32(348),
    quatern: three((i) => double(352 + 8 * i)),
    qoffset: three((i) => double(376 + 8 * i)),
    srow: numbers(12, (i) => double(400 + 8 * i)),
    xyztUnits: int32(500),
    intentCode: int32(504),
  }
}

const text = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 3))

/** The fields, or what the bytes seem to be instead. `start` holds at least 348 bytes, 540 for NIfTI-2. */
export function readNiftiFields(start: Uint8Array): NiftiFields | OtherFormat {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  for (const little of [true, false]) {
    const size = view.getInt32(0, little)
    if (size === 348) {
      const magic = text(start, 344)
      return magic === 'n+1' || magic === 'ni1' ? readFields1(view, little, magic) : 'analyze'
    }
    if (size === 540) {
      const magic = text(start, 4)
      if ((magic === 'n+2' || magic === 'ni2') && start.byteLength >= 540) return readFields2(view, little, magic)
    }
  }
  // FreeSurfer's .mgh begins with version 1, big-endian, and four sizes.
  const sizes = [4, 8, 12, 16].map((at) => view.getInt32(at, false))
  if (view.getInt32(0, false) === 1 && sizes.every((size) => size > 0 && size < 1 << 16)) return 'freesurfer'
  return 'unknown'
}
