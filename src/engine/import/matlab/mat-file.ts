/**
 * A MATLAB 5 file (save -v6 or -v7): a header of 128 bytes and one element per variable, each possibly packed with zlib. An
 * index of the elements is made by their lengths; a variable is unpacked when it is asked for, and never beyond the length
 * that its own tag says, so packed data cannot unfold without end.
 */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInflate } from 'node:zlib'
import { failure, ProblemError, type Result, success } from '../../../core/problem.ts'
import { readProblem } from '../read-problem.ts'
import { elementTypes, MatError } from './mat-elements.ts'
import { type MatHeader, type MatVariable, parseMatHeader, parseMatVariable } from './mat-variable.ts'

const headerBytes = 128
/** It is unpacked whole; larger ones are better saved as v7.3, which can be read in parts. */
const largestVariable = 2 ** 30
/** Deflate turns at most 1032 bytes into one. */
const largestRatio = 1032
const mostVariables = 10_000
/** Enough of a variable for its class, sizes and name. */
const lookBytes = 1024

export interface MatEntry extends MatHeader {
  readonly offset: number
  readonly length: number
  readonly packed: boolean
}

export interface MatFile {
  readonly path: string
  readonly littleEndian: boolean
  readonly variables: readonly MatEntry[]
}

/** Decompressed bytes [0, wanted) of an element, or fewer where it ends before. */
async function elementBytes(
  path: string,
  entry: Pick<MatEntry, 'offset' | 'length' | 'packed'>,
  wanted: number,
): Promise<Buffer> {
  if (entry.length === 0) return Buffer.alloc(0)
  const source = createReadStream(path, { start: entry.offset, end: entry.offset + entry.length - 1 })
  const stream = entry.packed ? source.pipe(createInflate({ chunkSize: 1 << 20 })) : source
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      const part: Buffer = chunk
      parts.push(part)
      length += part.length
      if (length >= wanted) break
    }
  } finally {
    source.destroy()
    stream.destroy()
  }
  return Buffer.concat(parts, Math.min(length, wanted))
}

/** Tag of the matrix inside an element: packed ones carry a tag of their own. */
function matrixLength(start: Buffer, littleEndian: boolean): number {
  if (start.length < 8) throw new MatError('a packed variable ends before its tag')
  const type = littleEndian ? start.readUInt32LE(0) : start.readUInt32BE(0)
  if (type !== elementTypes.matrix) throw new MatError(`a packed element is of type ${type}, no variable`)
  return littleEndian ? start.readUInt32LE(4) : start.readUInt32BE(4)
}

function matProblem(path: string, error: unknown, variable?: string): ProblemError {
  if (!(error instanceof MatError || error instanceof RangeError)) return readProblem(path, error)
  return new ProblemError({
    code: 'BAD_FILE',
    message: `The MATLAB file is damaged: ${error.message}.`,
    where: variable === undefined ? path : `${path}, ${variable}`,
    expected: 'a file as save -v6 or -v7 writes it',
    fix: 'Copy the file again from its source, or save the variable again.',
  })
}

/** Lists the variables of a file. BAD_FILE says what is wrong and where. */
export async function openMatFile(path: string): Promise<Result<MatFile>> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const header = Buffer.alloc(headerBytes)
      const { bytesRead } = await file.read(header, 0, headerBytes, 0)
      const endian = header.toString('latin1', 126, 128)
      if (bytesRead < headerBytes || (endian !== 'IM' && endian !== 'MI'))
        throw new MatError('its header of 128 bytes is not there')
      const littleEndian = endian === 'IM'
      const variables: MatEntry[] = []
      const tag = Buffer.alloc(8)
      for (let at = headerBytes; at + 8 <= size; ) {
        await file.read(tag, 0, 8, at)
        const type = littleEndian ? tag.readUInt32LE(0) : tag.readUInt32BE(0)
        const length = littleEndian ? tag.readUInt32LE(4) : tag.readUInt32BE(4)
        if (type !== elementTypes.matrix && type !== elementTypes.compressed)
          throw new MatError(`an element of type ${type} stands at byte ${at} instead of a variable`)
        if (length > size - at - 8) throw new MatError(`the variable at byte ${at} ends after the file does`)
        if (variables.length >= mostVariables) throw new MatError(`there are more than ${mostVariables} variables`)
        const entry = { offset: at + 8, length, packed: type === elementTypes.compressed }
        const start = await elementBytes(path, entry, lookBytes)
        if (entry.packed) matrixLength(start, littleEndian)
        variables.push({ ...entry, ...parseMatHeader(entry.packed ? start.subarray(8) : start, littleEndian) })
        at += 8 + (entry.packed ? length : 8 * Math.ceil(length / 8))
      }
      return success({ path, littleEndian, variables })
    } finally {
      await file.close()
    }
  } catch (error) {
    return failure(matProblem(path, error).problem)
  }
}

/** Reads a variable. BAD_RECIPE lists what there is if none has this name; TOO_LARGE from 1 GiB on. */
export async function readMatVariable(file: MatFile, name: string | undefined): Promise<Result<MatVariable>> {
  const { path, littleEndian, variables } = file
  const entry = variables.find((variable) => variable.name === name)
  if (entry === undefined) {
    const listed = variables
      .filter((variable) => variable.name !== '')
      .slice(0, 20)
      .map((variable) => `${variable.name} (${variable.sizes.join(' × ')} ${variable.className})`)
    return failure({
      code: 'BAD_RECIPE',
      message:
        name === undefined ? 'The recipe does not name a variable of this file.' : `There is no variable "${name}".`,
      where: path,
      expected: listed.length === 0 ? 'a file with variables; this one has none' : `one of: ${listed.join(', ')}`,
      fix: 'Correct "dataset" in the recipe.',
    })
  }
  try {
    let length = entry.length
    if (entry.packed) length = 8 + matrixLength(await elementBytes(path, entry, 8), littleEndian)
    if (length > largestVariable)
      return failure({
        code: 'TOO_LARGE',
        message: `The variable "${name}" takes ${(length / 2 ** 30).toFixed(1)} GiB.`,
        where: path,
        expected: 'at most 1 GiB in this format',
        fix: 'Save it with -v7.3, which can be read in parts.',
      })
    if (entry.packed && length > entry.length * largestRatio)
      throw new MatError(`the variable "${name}" cannot unfold to ${length} bytes from ${entry.length}`)
    const bytes = await elementBytes(path, entry, length)
    if (bytes.length < length)
      throw new MatError(`the variable "${name}" ends early: ${bytes.length} of ${length} bytes are there`)
    return success(parseMatVariable(entry.packed ? bytes.subarray(8) : bytes, littleEndian))
  } catch (error) {
    return failure(matProblem(path, error, name).problem)
  }
}
