/** Writes small NIfTI files for tests straight from the specification, independent of the product's own writer. */
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const codes = {
  uint8: [2, 1],
  int16: [4, 2],
  int32: [8, 4],
  float32: [16, 4],
  float64: [64, 8],
  int8: [256, 1],
  uint16: [512, 2],
  uint32: [768, 4],
  int64: [1024, 8],
  uint64: [1280, 8],
  rgb24: [128, 3],
} as const
export type TestType = keyof typeof codes

export interface TestNifti {
  shape: readonly number[]
  type?: TestType
  littleEndian?: boolean
  version?: 1 | 2
  affine?: readonly number[]
  sformCode?: number
  qformCode?: number
  quaternion?: readonly [number, number, number]
  qoffset?: readonly [number, number, number]
  qfac?: number
  pixdim?: readonly [number, number, number]
  slope?: number
  intercept?: number
  /** pixdim[4], seconds from volume to volume in the header's unit; 2.5 without it. */
  repetition?: number
  values: (index: number) => number
  /** Cut the file to this many bytes. */
  truncate?: number
}

const identity = [2, 0, 0, -10, 0, 2, 0, -20, 0, 0, 2, -30]

function writeNumber(view: DataView, at: number, type: TestType, value: number, little: boolean) {
  switch (type) {
    case 'uint8':
      return view.setUint8(at, value)
    case 'int8':
      return view.setInt8(at, value)
    case 'int16':
      return view.setInt16(at, value, little)
    case 'uint16':
      return view.setUint16(at, value, little)
    case 'int32':
      return view.setInt32(at, value, little)
    case 'uint32':
      return view.setUint32(at, value, little)
    case 'float32':
      return view.setFloat32(at, value, little)
    case 'float64':
      return view.setFloat64(at, value, little)
    case 'int64':
      return view.setBigInt64(at, BigInt(Math.round(value)), little)
    case 'uint64':
      return view.setBigUint64(at, BigInt(Math.round(value)), little)
    case 'rgb24':
      return view.setUint8(at, value)
    default:
      return type satisfies never
  }
}

export function niftiBytes(options: TestNifti): Uint8Array {
  const { shape, type = 'int16', littleEndian: little = true, version = 1, values } = options
  const [code, size] = codes[type]
  const count = shape.reduce((product, n) => product * n, 1)
  const offset = version === 1 ? 352 : 544
  const bytes = new Uint8Array(offset + count * size)
  const view = new DataView(bytes.buffer)
  const affine = options.affine ?? identity
  const pixdim = options.pixdim ?? [2, 2, 2]
  const q = options.quaternion ?? [0, 0, 0]
  const qoffset = options.qoffset ?? [affine[3]!, affine[7]!, affine[11]!]
  if (version === 1) {
    view.setInt32(0, 348, little)
    view.setInt16(40, shape.length, little)
    for (let i = 0; i < 7; i++) view.setInt16(42 + 2 * i, shape[i] ?? 1, little)
    view.setInt16(70, code, little)
    view.setInt16(72, size * 8, little)
    view.setFloat32(76, options.qfac ?? 1, little)
    for (let i = 0; i < 3; i++) view.setFloat32(80 + 4 * i, pixdim[i]!, little)
    view.setFloat32(92, options.repetition ?? 2.5, little)
    view.setFloat32(108, offset, little)
    view.setFloat32(112, options.slope ?? 1, little)
    view.setFloat32(116, options.intercept ?? 0, little)
    view.setUint8(123, 10)
    view.setInt16(252, options.qformCode ?? 0, little)
    view.setInt16(254, options.sformCode ?? 1, little)
    for (let i = 0; i < 3; i++) view.setFloat32(256 + 4 * i, q[i]!, little)
    for (let i = 0; i < 3; i++) view.setFloat32(268 + 4 * i, qoffset[i]!, little)
    for (let i = 0; i < 12; i++) view.setFloat32(280 + 4 * i, affine[i]!, little)
    bytes.set([0x6e, 0x2b, 0x31, 0], 344)
  } else {
    view.setInt32(0, 540, little)
    bytes.set([0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a], 4)
    view.setInt16(12, code, little)
    view.setInt16(14, size * 8, little)
    view.setBigInt64(16, BigInt(shape.length), little)
    for (let i = 0; i < 7; i++) view.setBigInt64(24 + 8 * i, BigInt(shape[i] ?? 1), little)
    view.setFloat64(104, options.qfac ?? 1, little)
    for (let i = 0; i < 3; i++) view.setFloat64(112 + 8 * i, pixdim[i]!, little)
    view.setFloat64(136, options.repetition ?? 2.5, little)
    view.setBigInt64(168, BigInt(offset), little)
    view.setFloat64(176, options.slope ?? 1, little)
    view.setFloat64(184, options.intercept ?? 0, little)
    view.setInt32(344, options.qformCode ?? 0, little)
    view.setInt32(348, options.sformCode ?? 1, little)
    for (let i = 0; i < 3; i++) view.setFloat64(352 + 8 * i, q[i]!, little)
    for (let i = 0; i < 3; i++) view.setFloat64(376 + 8 * i, qoffset[i]!, little)
    for (let i = 0; i < 12; i++) view.setFloat64(400 + 8 * i, affine[i]!, little)
    view.setInt32(500, 10, little)
  }
  for (let i = 0; i < count; i++) writeNumber(view, offset + i * size, type, values(i), little)
  return options.truncate === undefined ? bytes : bytes.subarray(0, options.truncate)
}

/** Writes the file, gzipped where its name says so. */
export function writeNifti(path: string, options: TestNifti): void {
  const bytes = niftiBytes(options)
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(bytes) : bytes)
}
