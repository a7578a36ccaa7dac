/**
 * Arrays and values in one self-checking file: checkpoints, subjects, masks, decoders. Readable without us:
 *   "TROI-DATA 1\n", the header's length as 8 hex digits and "\n", a JSON header {values, arrays: [{name, dtype, length, offset}]},
 *   the arrays as raw little-endian numbers at their offsets from the end of the header, and 32 bytes of SHA-256 over all before.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { StageState } from '../../core/pipeline/run-context.ts'
import { failure, ProblemError, type Result, success } from '../../core/problem.ts'
import { writeAtomically } from './atomic-file.ts'
import { fileProblem } from './file-problem.ts'

export type DataContent = Pick<StageState, 'values' | 'arrays'>

const magic = 'TROI-DATA 1\n'
const lengthDigits = 8

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
  for (const part of [start, header, ...bodies]) hash.update(part)
  writeAtomically(path, start, header, ...bodies, hash.digest())
}

/** CHECKSUM where a single bit is not as it was written; NOT_FOUND where there is no file. */
export function readDataFile(path: string): Result<DataContent> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const problem = fileProblem(error, path)
    if (problem instanceof ProblemError) return failure(problem.problem)
    throw error
  }
  const damaged = failure({
    code: 'CHECKSUM' as const,
    message: 'The file is damaged: its checksum does not fit.',
    where: path,
    expected: 'the file as it was written',
    fix: 'Use an earlier checkpoint or a copy.',
  })
  const start = magic.length + lengthDigits + 1
  if (bytes.length < start + 32 || bytes.toString('latin1', 0, magic.length) !== magic) return damaged
  const end = bytes.length - 32
  if (!createHash('sha256').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end))) return damaged
  const headerLength = Number.parseInt(bytes.toString('latin1', magic.length, magic.length + lengthDigits), 16)
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', start, start + headerLength)))
  const body = start + headerLength
  const arrays: Record<string, DataContent['arrays'][string]> = {}
  for (const { name, dtype, length, offset } of header.arrays) {
    const Type = types[dtype]
    const size = length * Type.BYTES_PER_ELEMENT
    if (body + offset + size > end) return damaged
    // A copy, because the file's bytes are not aligned for wider numbers.
    const copy = bytes.buffer.slice(
      bytes.byteOffset + body + offset,
      bytes.byteOffset + body + offset + size,
    ) as ArrayBuffer
    arrays[name] = new Type(copy)
  }
  return success({ values: header.values, arrays })
}
