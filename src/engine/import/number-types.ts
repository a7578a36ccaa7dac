/**
 * Stored numbers to float32. Bytes of any scalar type and byte order become values = stored · slope + intercept, computed in
 * float64 and rounded once. Whole arrays are converted through typed-array views; the bytes may be swapped in place.
 */

/** Bytes per number. Complex, colour and 128-bit types have no entry: they are no single number per voxel. */
export const numberBytes = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
} as const
export type NumberType = keyof typeof numberBytes

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Types that float32 holds exactly, so that they may be converted before they are scaled. */
const narrow: ReadonlySet<NumberType> = new Set(['uint8', 'int8', 'uint16', 'int16', 'float16', 'float32'])

type Numbers = Exclude<ReturnType<typeof viewOf>, BigInt64Array | BigUint64Array>

function viewOf(type: NumberType, buffer: ArrayBufferLike, at: number, length: number) {
  switch (type) {
    case 'uint8':
      return new Uint8Array(buffer, at, length)
    case 'int8':
      return new Int8Array(buffer, at, length)
    case 'uint16':
      return new Uint16Array(buffer, at, length)
    case 'int16':
      return new Int16Array(buffer, at, length)
    case 'float16':
      return new Float16Array(buffer, at, length)
    case 'uint32':
      return new Uint32Array(buffer, at, length)
    case 'int32':
      return new Int32Array(buffer, at, length)
    case 'float32':
      return new Float32Array(buffer, at, length)
    case 'float64':
      return new Float64Array(buffer, at, length)
    case 'uint64':
      return new BigUint64Array(buffer, at, length)
    case 'int64':
      return new BigInt64Array(buffer, at, length)
    default:
      return type satisfies never
  }
}

/** The bytes as numbers of this machine: swapped in place if the file's order differs, copied only if they lie unaligned. */
function nativeView(bytes: Uint8Array, type: NumberType, littleEndian: boolean) {
  const size = numberBytes[type]
  const length = Math.floor(bytes.byteLength / size)
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice()
  if (size > 1 && littleEndian !== hostIsLittle) {
    const buffer = Buffer.from(aligned.buffer, aligned.byteOffset, length * size)
    if (size === 2) buffer.swap16()
    else if (size === 4) buffer.swap32()
    else buffer.swap64()
  }
  return viewOf(type, aligned.buffer, aligned.byteOffset, length)
}

const isWide = (view: Numbers | BigInt64Array | BigUint64Array): view is BigInt64Array | BigUint64Array =>
  view instanceof BigInt64Array || view instanceof BigUint64Array

/** Numbers converted at a time where float64 lies between. */
const step = 4096

/**
 * Writes `out[at + i] = stored[i] · slope + intercept` for all numbers of `bytes`. 64-bit integers lose digits past 2⁵³.
 * The bytes may be changed.
 */
export function decodeNumbers(
  bytes: Uint8Array,
  type: NumberType,
  littleEndian: boolean,
  slope: number,
  intercept: number,
  out: Float32Array,
  at = 0,
): void {
  const view = nativeView(bytes, type, littleEndian)
  const plain = slope === 1 && intercept === 0
  if (!isWide(view) && (plain || narrow.has(type))) {
    out.set(view, at)
    if (!plain) for (let i = at, end = at + view.length; i < end; i++) out[i] = out[i]! * slope + intercept
    return
  }
  const wide = new Float64Array(Math.min(step, view.length))
  for (let from = 0; from < view.length; from += step) {
    const count = Math.min(step, view.length - from)
    if (isWide(view)) for (let i = 0; i < count; i++) wide[i] = Number(view[from + i])
    else wide.set(view.subarray(from, from + count))
    for (let i = 0; i < count; i++) out[at + from + i] = wide[i]! * slope + intercept
  }
}

/** All numbers as float64, unscaled. The bytes may be changed. */
export function toNumbers(bytes: Uint8Array, type: NumberType, littleEndian: boolean): Float64Array {
  const view = nativeView(bytes, type, littleEndian)
  return isWide(view) ? Float64Array.from(view, Number) : Float64Array.from(view)
}
