/**
 * One variable of a MATLAB 5 file from the bytes of its matrix element: class, sizes, name, and its numbers, text or cells.
 * Sparse matrices, objects and function handles are named, never read.
 */
import { type NumberType, numberBytes, toNumbers } from '../number-types.ts'
import { ElementReader, elementTypes, MatError, storedType } from './mat-elements.ts'

const classes: Readonly<Record<number, string>> = {
  1: 'cell',
  2: 'struct',
  3: 'object',
  4: 'char',
  5: 'sparse',
  6: 'double',
  7: 'single',
  8: 'int8',
  9: 'uint8',
  10: 'int16',
  11: 'uint16',
  12: 'int32',
  13: 'uint32',
  14: 'int64',
  15: 'uint64',
  16: 'function_handle',
  17: 'opaque',
}

export interface MatHeader {
  readonly name: string
  /** MATLAB's class: double, int16, char, cell, struct, sparse, … */
  readonly className: string
  /** Sizes as MATLAB's size() shows them, first axis fastest. */
  readonly sizes: readonly number[]
  readonly complex: boolean
  readonly logical: boolean
}

export type MatContent =
  | { readonly kind: 'numbers'; readonly type: NumberType; readonly littleEndian: boolean; readonly bytes: Uint8Array }
  /** Rows of a character matrix, trailing blanks removed. */
  | { readonly kind: 'text'; readonly rows: readonly string[] }
  | { readonly kind: 'cells'; readonly cells: readonly MatVariable[] }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  /** A class that is not read. */
  | { readonly kind: 'unread' }

export interface MatVariable extends MatHeader {
  readonly content: MatContent
}

const mostCells = 1_000_000
const deepest = 8

const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1)

function readHeader(elements: ElementReader, littleEndian: boolean): MatHeader {
  const flags = elements.next('array flags').data
  if (flags.byteLength < 8) throw new MatError('the array flags are too short')
  const word = new DataView(flags.buffer, flags.byteOffset, 8).getUint32(0, littleEndian)
  const className = classes[word & 0xff]
  if (className === undefined) throw new MatError(`the class ${word & 0xff} is unknown`)
  if (className === 'opaque') return { name: '', className, sizes: [], complex: false, logical: false }
  const dimensions = elements.next('sizes')
  const sizes = [...toNumbers(dimensions.data.slice(), storedType(dimensions.type), littleEndian)]
  if (sizes.length < 2 || sizes.length > 32 || sizes.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw new MatError(`the sizes are ${sizes.slice(0, 8).join(' × ')}`)
  if (!Number.isSafeInteger(product(sizes) * 8)) throw new MatError(`the sizes ${sizes.join(' × ')} are impossible`)
  const name = Buffer.from(elements.next('name').data).toString('latin1').slice(0, 200)
  return { name, className, sizes, complex: (word & 0x800) !== 0, logical: (word & 0x200) !== 0 }
}

/** Class, sizes and name from the first bytes of a matrix element. */
export function parseMatHeader(bytes: Uint8Array, littleEndian: boolean): MatHeader {
  return readHeader(new ElementReader(bytes, littleEndian), littleEndian)
}

/** The whole variable. Throws MatError where lengths and sizes contradict each other. */
export function parseMatVariable(bytes: Uint8Array, littleEndian: boolean, depth = 0): MatVariable {
  if (depth > deepest) throw new MatError(`cells lie more than ${deepest} deep in each other`)
  const elements = new ElementReader(bytes, littleEndian)
  const header = readHeader(elements, littleEndian)
  return { ...header, content: readContent(header, elements, littleEndian, depth) }
}

function readContent(header: MatHeader, elements: ElementReader, littleEndian: boolean, depth: number): MatContent {
  const count = product(header.sizes)
  switch (header.className) {
    case 'cell': {
      if (count > mostCells) throw new MatError(`there are ${count} cells`)
      const cells: MatVariable[] = []
      for (let i = 0; i < count; i++) {
        const cell = elements.next(`cell ${i + 1}`)
        if (cell.type !== elementTypes.matrix) throw new MatError(`cell ${i + 1} is no array`)
        cells.push(cell.data.byteLength === 0 ? emptyCell : parseMatVariable(cell.data, littleEndian, depth + 1))
      }
      return { kind: 'cells', cells }
    }
    case 'struct': {
      const lengthElement = elements.next('length of the field names')
      const [length] = toNumbers(lengthElement.data.slice(), storedType(lengthElement.type), littleEndian)
      if (length === undefined || length < 1 || length > 1024) throw new MatError('the field names have no length')
      const all = Buffer.from(elements.next('field names').data).toString('latin1')
      const names: string[] = []
      for (let at = 0; at + length <= all.length; at += length) names.push(all.slice(at, at + length).split('\0')[0]!)
      return { kind: 'fields', names }
    }
    case 'object':
    case 'sparse':
    case 'function_handle':
    case 'opaque':
      return { kind: 'unread' }
    default: {
      const stored = elements.next('numbers')
      const type = storedType(stored.type)
      if (stored.data.byteLength !== count * numberBytes[type])
        throw new MatError(
          `${header.sizes.join(' × ')} numbers of ${type} need ${count * numberBytes[type]} bytes, and ${stored.data.byteLength} are there`,
        )
      if (header.className === 'char')
        return { kind: 'text', rows: textRows(toNumbers(stored.data.slice(), type, littleEndian), header.sizes) }
      return { kind: 'numbers', type, littleEndian, bytes: stored.data }
    }
  }
}

const emptyCell: MatVariable = {
  name: '',
  className: 'double',
  sizes: [0, 0],
  complex: false,
  logical: false,
  content: { kind: 'numbers', type: 'float64', littleEndian: true, bytes: new Uint8Array(0) },
}

/** Rows of a character matrix, which is stored column by column. */
function textRows(codes: Float64Array, sizes: readonly number[]): string[] {
  const rows = sizes[0]!
  const columns = rows === 0 ? 0 : codes.length / rows
  return Array.from({ length: rows }, (_, row) => {
    let text = ''
    for (let column = 0; column < columns; column++) text += String.fromCharCode(codes[row + rows * column]!)
    return text.trimEnd()
  })
}
