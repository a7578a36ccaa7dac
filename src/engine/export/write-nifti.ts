/**
 * NIfTI-1 files as other tools expect them: sform copied from the source's affine, a qform that says the same or none at all (a
 * qform code without its quaternion would flip left and right), millimetres, slope 1, gzip. The header is nifti-reader-js's.
 */
import { gzipSync } from 'node:zlib'
import { NIFTI1 } from 'nifti-reader-js'
import { affineToQuaternion, type Quaternion, voxelSizes } from '../../core/volume/affine.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { toFileOrder } from '../../core/volume/nifti-order.ts'

const dataOffset = 352

export interface NiftiContent {
  readonly grid: Grid
  /** Whole grid, flat order (z fastest). uint8 for masks, float32 for maps. */
  readonly values: Uint8Array | Float32Array
  /** At most 79 characters. */
  readonly description: string
  /** NIfTI code of the space: 1 scanner, 2 aligned. */
  readonly spaceCode?: number
}

export function niftiFile({ grid, values, description, spaceCode = 1 }: NiftiContent): Uint8Array {
  const header = new NIFTI1()
  const found = affineToQuaternion(grid.affine)
  const quaternion = found === null ? null : asStored(found)
  const sizes = voxelSizes(grid.affine)
  header.littleEndian = true
  header.dims = [3, ...grid.shape, 1, 1, 1, 1]
  header.datatypeCode = values instanceof Uint8Array ? NIFTI1.TYPE_UINT8 : NIFTI1.TYPE_FLOAT32
  header.numBitsPerVoxel = values.BYTES_PER_ELEMENT * 8
  header.pixDims = [quaternion?.qfac ?? 1, ...sizes, 0, 0, 0, 0]
  header.vox_offset = dataOffset
  header.scl_slope = 1
  header.scl_inter = 0
  header.xyzt_units = NIFTI1.UNITS_MM
  header.cal_max = 0
  header.cal_min = 0
  header.description = description.slice(0, 79)
  header.aux_file = ''
  header.intent_name = ''
  header.magic = 'n+1\0'
  header.sform_code = spaceCode
  header.affine = [0, 1, 2, 3].map((row) => [...grid.affine.slice(4 * row, 4 * row + 4)])
  header.qform_code = quaternion === null ? 0 : spaceCode
  header.quatern_b = quaternion?.b ?? 0
  header.quatern_c = quaternion?.c ?? 0
  header.quatern_d = quaternion?.d ?? 0
  header.qoffset_x = quaternion?.offset[0] ?? 0
  header.qoffset_y = quaternion?.offset[1] ?? 0
  header.qoffset_z = quaternion?.offset[2] ?? 0
  const start = new Uint8Array(header.toArrayBuffer()).slice(0, dataOffset)
  const ordered = toFileOrder(values, grid.shape)
  const body = new Uint8Array(ordered.buffer, ordered.byteOffset, ordered.byteLength)
  const file = new Uint8Array(dataOffset + body.length)
  file.set(start)
  file.set(body, dataOffset)
  return file
}

/**
 * b, c, d as the header's float32 holds them. Readers work out the fourth part as √(1 − b² − c² − d²), which is 0 in half a turn
 * (as where two axes are swapped); rounding down would leave some 10⁻⁴ of it, a turn that the sform does not have. There the
 * longest part is rounded up instead.
 */
function asStored(quaternion: Quaternion): Quaternion {
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0)
  const exact = [quaternion.b, quaternion.c, quaternion.d]
  const parts = exact.map(Math.fround)
  if (1 - squares(exact) < 1e-12) {
    const longest = parts.reduce((best, value, at) => (Math.abs(value) > Math.abs(parts[best]!) ? at : best), 0)
    while (squares(parts) < 1) parts[longest] = Math.fround(parts[longest]! * (1 + 2 ** -23))
  }
  return { ...quaternion, b: parts[0]!, c: parts[1]!, d: parts[2]! }
}

/** Gzipped without a time stamp, so that equal content gives equal files. */
export function niftiGz(content: NiftiContent): Uint8Array {
  return gzipSync(niftiFile(content), { level: 9 })
}
