/**
 * The elements of a MATLAB 5 file: tags of type and length, each followed by data padded to 8 bytes; short data stand inside
 * the tag. Nothing here trusts a length: an element must lie inside what encloses it.
 */
import type { NumberType } from '../number-types.ts'

/** Why bytes are no sound MAT-file; the callers add the file. */
export class MatError extends Error {}

export const elementTypes = { matrix: 14, compressed: 15 } as const

/** Number types of stored data by element type; text is stored as one of the integers. */
const storedTypes: Readonly<Record<number, NumberType>> = {
  1: 'int8',
  2: 'uint8',
  3: 'int16',
  4: 'uint16',
  5: 'int32',
  6: 'uint32',
  7: 'float32',
  9: 'float64',
  12: 'int64',
  13: 'uint64',
  16: 'uint8',
  17: 'uint16',
  18: 'uint32',
}

export function storedType(type: number): NumberType {
  const name = storedTypes[type]
  if (name === undefined) throw new MatError(`element type ${type} is none for numbers`)
  return name
}

export interface MatElement {
  readonly type: number
  readonly data: Uint8Array
}

/** Reads elements one after the other from the bytes of one enclosing element. */
export class ElementReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #little: boolean
  #at = 0

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#little = littleEndian
  }

  get done(): boolean {
    return this.#bytes.byteLength - this.#at < 8
  }

  next(what: string): MatElement {
    if (this.done) throw new MatError(`the ${what} is missing`)
    const word = this.#view.getUint32(this.#at, this.#little)
    const short = word >>> 16
    if (short > 0) {
      if (short > 4) throw new MatError(`the ${what} says it has ${short} bytes where 4 fit`)
      const data = this.#bytes.subarray(this.#at + 4, this.#at + 4 + short)
      this.#at += 8
      return { type: word & 0xffff, data }
    }
    const length = this.#view.getUint32(this.#at + 4, this.#little)
    const start = this.#at + 8
    if (length > this.#bytes.byteLength - start)
      throw new MatError(`the ${what} says it has ${length} bytes where ${this.#bytes.byteLength - start} are left`)
    // What follows begins at a multiple of 8; the last element may do without its padding.
    this.#at = Math.min(this.#bytes.byteLength, start + 8 * Math.ceil(length / 8))
    return { type: word, data: this.#bytes.subarray(start, start + length) }
  }
}
