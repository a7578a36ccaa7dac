/**
 * What an ONNX file says about itself, read without running it: inputs, outputs, which other files it wants, and whether its tensors
 * hold what they declare. An ONNX file is a protobuf message: fields of (number, kind, content). Only the fields that are needed
 * are looked at; the rest is skipped by its length. Nothing is allocated by what the file declares, only by what it holds.
 */
import { failure, ProblemError, type Result, success } from '../problem.ts'

export interface OnnxTensor {
  readonly name: string
  /** ONNX element type; 1 is float32. */
  readonly element: number
  /** null for a size that is left open, such as the batch. */
  readonly shape: readonly (number | null)[]
}

export interface OnnxSummary {
  /** Without those that have a built-in value. */
  readonly inputs: readonly OnnxTensor[]
  readonly outputs: readonly OnnxTensor[]
  /** Files beside the model that hold its weights, as it names them. */
  readonly externalFiles: readonly string[]
  readonly operators: readonly string[]
}

const deepest = 24

interface Field {
  readonly number: number
  /** Content of a field with a length; empty for numbers. */
  readonly bytes: Uint8Array
  readonly value: number
}

function broken(why: string): ProblemError {
  return new ProblemError({ code: 'BAD_FILE', message: why })
}

/** Fields of one message, one after the other. Throws ProblemError BAD_FILE where a length leads outside. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let [value, factor] = [0, 1]
    for (let byte = 0; byte < 10; byte++) {
      const next = message[at++]
      if (next === undefined) throw broken('the file ends in the middle of a number')
      value += (next & 127) * factor
      factor *= 128
      if (next < 128) return value
    }
    throw broken('a number is too long')
  }
  const skip = (length: number): Uint8Array => {
    if (at + length > message.length) throw broken('a part is longer than what holds it')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = varint()
    const number = Math.floor(key / 8)
    const kind = key % 8
    if (number === 0) throw broken('a field has no number')
    if (kind === 0) yield { number, bytes: nothing, value: varint() }
    else if (kind === 1) yield { number, bytes: skip(8), value: 0 }
    else if (kind === 5) yield { number, bytes: skip(4), value: 0 }
    else if (kind === 2) yield { number, bytes: skip(varint()), value: 0 }
    else throw broken('a field is of a kind that ONNX does not use')
  }
}
const nothing = new Uint8Array(0)

/** UTF-8; bytes that are none are shown as they are, since such a name cannot be found anyway. */
function textOf(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  try {
    return decodeURIComponent(escaped)
  } catch {
    return escaped
  }
}

function* packed(field: Field): Generator<number> {
  if (field.bytes.length === 0) {
    yield field.value
    return
  }
  // A packed list of varints is read as if each were the key of its own.
  let [value, factor] = [0, 1]
  for (const byte of field.bytes) {
    value += (byte & 127) * factor
    factor *= 128
    if (byte >= 128) continue
    yield value
    ;[value, factor] = [0, 1]
  }
}

class Reader {
  readonly external = new Set<string>()
  readonly operators = new Set<string>()
  readonly #externalBytes: number

  constructor(externalBytes: number) {
    this.#externalBytes = externalBytes
  }

  /** Name of a tensor with a value. Its declared size must not exceed what it holds. */
  tensor(message: Uint8Array): string {
    let [name, values, isExternal] = ['', 1, false]
    let location: string | null = null
    for (const field of fieldsOf(message)) {
      if (field.number === 1) for (const dim of packed(field)) values *= dim
      if (field.number === 8) name = textOf(field.bytes)
      if (field.number === 14) isExternal = field.value === 1
      if (field.number === 13) location = externalLocation(field.bytes) ?? location
    }
    if (isExternal || location !== null) {
      if (location === null) throw broken(`the weights of "${name}" are in another file that is not named`)
      this.external.add(location)
    }
    // No element takes less than half a byte.
    const held = isExternal ? this.#externalBytes : message.length
    if (!(values <= 2 * held))
      throw broken(`"${name}" declares ${values} values but there are only ${held} bytes for them`)
    return name
  }

  graph(message: Uint8Array, depth: number): { inputs: OnnxTensor[]; outputs: OnnxTensor[] } {
    if (depth > deepest) throw broken(`graphs are nested more than ${deepest} deep`)
    const inputs: OnnxTensor[] = []
    const outputs: OnnxTensor[] = []
    const known = new Set<string>()
    for (const field of fieldsOf(message)) {
      if (field.number === 1) this.node(field.bytes, depth)
      if (field.number === 5) known.add(this.tensor(field.bytes))
      if (field.number === 15) throw broken('sparse weights are not supported')
      if (field.number === 11) inputs.push(tensorInfo(field.bytes))
      if (field.number === 12) outputs.push(tensorInfo(field.bytes))
    }
    return { inputs: inputs.filter(({ name }) => !known.has(name)), outputs }
  }

  node(message: Uint8Array, depth: number): void {
    let [operator, domain] = ['', '']
    for (const field of fieldsOf(message)) {
      if (field.number === 4) operator = textOf(field.bytes)
      if (field.number === 7) domain = textOf(field.bytes)
      if (field.number === 5) this.attribute(field.bytes, depth)
    }
    this.operators.add(domain === '' ? operator : `${domain}.${operator}`)
  }

  attribute(message: Uint8Array, depth: number): void {
    for (const field of fieldsOf(message)) {
      if (field.number === 5 || field.number === 10) this.tensor(field.bytes)
      if ((field.number === 6 || field.number === 11) && field.bytes.length > 0) this.graph(field.bytes, depth + 1)
      if (field.number === 22 || field.number === 23) throw broken('sparse weights are not supported')
    }
  }
}

function externalLocation(entry: Uint8Array): string | null {
  let [key, value] = ['', '']
  for (const field of fieldsOf(entry)) {
    if (field.number === 1) key = textOf(field.bytes)
    if (field.number === 2) value = textOf(field.bytes)
  }
  return key === 'location' ? value : null
}

function tensorInfo(message: Uint8Array): OnnxTensor {
  let [name, element] = ['', 0]
  const shape: (number | null)[] = []
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field.bytes)
    if (field.number !== 2) continue
    for (const type of fieldsOf(field.bytes)) {
      if (type.number !== 1) continue
      for (const part of fieldsOf(type.bytes)) {
        if (part.number === 1) element = part.value
        if (part.number !== 2) continue
        for (const dimension of fieldsOf(part.bytes)) if (dimension.number === 1) shape.push(sizeOf(dimension.bytes))
      }
    }
  }
  return { name, element, shape }
}

function sizeOf(dimension: Uint8Array): number | null {
  for (const field of fieldsOf(dimension)) if (field.number === 1) return field.value
  return null
}

/**
 * Reads an ONNX model's description. `externalBytes`: bytes of all files beside it that may hold its weights. BAD_FILE with the
 * reason where the file is no ONNX model or declares tensors that it does not hold; `where` is left to the caller.
 */
export function summariseOnnx(file: Uint8Array, externalBytes = 0): Result<OnnxSummary> {
  const reader = new Reader(externalBytes)
  try {
    let graph: { inputs: OnnxTensor[]; outputs: OnnxTensor[] } | null = null
    for (const field of fieldsOf(file)) {
      if (field.number === 7) graph = reader.graph(field.bytes, 0)
      if (field.number === 25)
        for (const part of fieldsOf(field.bytes)) if (part.number === 7) reader.node(part.bytes, 0)
    }
    if (graph === null || graph.outputs.length === 0) throw broken('there is no graph with an output in it')
    return success({ ...graph, externalFiles: [...reader.external], operators: [...reader.operators].sort() })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return failure({
      code: 'BAD_FILE',
      message: `This is not a usable ONNX model: ${error.problem.message}.`,
      expected: 'a file written by an ONNX exporter',
      fix: 'Export the network again.',
    })
  }
}
