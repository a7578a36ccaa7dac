/**
 * Arrays and values in one self-checking file: checkpoints, subjects, masks, decoders. Readable without us:
 *   "TROI-DATA 1\n", the header's length as 8 hex digits and "\n", a JSON header {values, arrays: [{name, dtype, length, offset}]},
 *   the arrays as raw little-endian numbers at their offsets from the end of the header, and 32 bytes of SHA-256 over all before.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { StageState } from '../../core/pipeline/run-context.ts'
import { failure, ProblemError, type Result, success } from '../../core/problem.ts'
import { writeAtomically } from './atomic-file.ts'
import { fileProblem } from './file-problem.ts'
import { HashingReader, piecesOf } from './hashing-reader.ts'

export type DataContent = Pick<StageState, 'values' | 'arrays'>

const magic = 'TROI-DATA 1\n'
const lengthDigits = 8
const checksumBytes = 32

const headerSchema = z.object({
  values: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.array(z.number())])),
  arrays: z.array(
    z.object({
      name: z.string(),
      dtype: z.enum(['float32', 'float64', 'int32', 'uint8']),
      length: z.number().int().nonnegative(),
      offset: z.number().int().nonnegative(),
    }),
  ),
})
type Dtype = z.infer<typeof headerSchema>['arrays'][number]['dtype']

const types = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const

function dtypeOf(array: DataContent['arrays'][string]): Dtype {
  if (array instanceof Float32Array) return 'float32'
  if (array instanceof Float64Array) return 'float64'
  return array instanceof Int32Array ? 'int32' : 'uint8'
}

/** JSON has no NaN or infinities; a value that is not finite would come back as null, so it is refused. */
function refuseNotFinite(content: DataContent): void {
  for (const [name, value] of Object.entries(content.values)) {
    for (const number of Array.isArray(value) ? value : [value]) {
      if (typeof number === 'number' && !Number.isFinite(number))
        throw new ProblemError({
          code: 'NOT_FINITE',
          message: `The value "${name}" is not a finite number.`,
          where: name,
        })
    }
  }
}

export function writeDataFile(path: string, content: DataContent): void {
  refuseNotFinite(content)
  const bodies: Uint8Array[] = []
  const arrays: z.infer<typeof headerSchema>['arrays'] = []
  let offset = 0
  for (const [name, array] of Object.entries(content.arrays)) {
    arrays.push({ name, dtype: dtypeOf(array), length: array.length, offset })
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    const padding = (8 - (bytes.length % 8)) % 8
    bodies.push(bytes, new Uint8Array(padding))
    offset += bytes.length + padding
  }
  const header = Buffer.from(JSON.stringify({ values: content.values, arrays }))
  const start = Buffer.from(`${magic}${header.length.toString(16).padStart(lengthDigits, '0')}\n`)
  const hash = createHash('sha256')
  for (const part of [start, header, ...bodies]) for (const piece of piecesOf(part)) hash.update(piece)
  writeAtomically(path, start, header, ...bodies, hash.digest())
}

/**
 * CHECKSUM where a single bit is not as it was written; NOT_FOUND where there is no file. All of the file is checked, but only
 * the arrays in `wanted` are kept (all without it), each read into its own place, so that nothing is in memory twice.
 */
export function readDataFile(path: string, wanted?: readonly string[]): Result<DataContent> {
  try {
    const reader = new HashingReader(path)
    try {
      const content = readChecked(reader, wanted)
      if (content !== null) return success(content)
    } finally {
      reader.close()
    }
  } catch (error) {
    const problem = fileProblem(error, path)
    if (problem instanceof ProblemError) return failure(problem.problem)
    throw error
  }
  return failure({
    code: 'CHECKSUM',
    message: 'The file is damaged: its checksum does not fit.',
    where: path,
    expected: 'the file as it was written',
    fix: 'Use an earlier checkpoint or a copy.',
  })
}

/** Null where the file is not as it was written. Nothing is allocated on the header's word beyond what the file holds. */
function readChecked(reader: HashingReader, wanted?: readonly string[]): DataContent | null {
  const end = reader.size - checksumBytes
  const start = magic.length + lengthDigits + 1
  if (end < start) return null
  const opening = Buffer.from(reader.take(start)).toString('latin1')
  const digits = opening.slice(magic.length, -1)
  if (!opening.startsWith(magic) || !/^[0-9a-f]{8}$/.test(digits)) return null
  const body = start + Number.parseInt(digits, 16)
  if (body > end) return null
  const header = headerOf(Buffer.from(reader.take(body - start)).toString('utf8'))
  if (header === null) return null
  const arrays: Record<string, DataContent['arrays'][string]> = {}
  for (const { name, dtype, length, offset } of header.arrays) {
    const Type = types[dtype]
    const size = length * Type.BYTES_PER_ELEMENT
    // Arrays lie one after the other, as they were written.
    if (body + offset < reader.at || body + offset + size > end) return null
    reader.pass(body + offset - reader.at)
    if (wanted === undefined || wanted.includes(name)) arrays[name] = new Type(reader.take(size).buffer)
    else reader.pass(size)
  }
  reader.pass(end - reader.at)
  return reader.endsWithDigest() ? { values: header.values, arrays } : null
}

function headerOf(text: string): z.infer<typeof headerSchema> | null {
  try {
    return headerSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
