/**
 * Small ONNX files for tests, written byte by byte: enough of the protobuf encoding for graphs of a few nodes. The interfaces of
 * real networks (token encoders, feature maps, unCLIP-like decoders) can be had in a few kilobytes this way.
 */

type Part = Uint8Array

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  do {
    const low = Number(rest & 127n)
    rest >>= 7n
    out.push(rest > 0n ? low | 128 : low)
  } while (rest > 0n)
  return out
}
const join = (parts: readonly (Part | number[])[]): Part => Uint8Array.from(parts.flatMap((part) => [...part]))
const text = (value: string) => new TextEncoder().encode(value)
export const number = (field: number, value: number | bigint): Part => join([varint(field * 8), varint(value)])
export function block(field: number, content: Part): Part {
  const head = Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)])
  const out = new Uint8Array(head.length + content.length)
  out.set(head)
  out.set(content, head.length)
  return out
}
const string = (field: number, value: string): Part => block(field, text(value))
function float(field: number, value: number): Part {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return join([varint(field * 8 + 5), bytes])
}

export type Size = number | string

/** Declares an input or output; a size in words is left open. */
function tensorInfo(name: string, shape: readonly Size[], element = 1): Part {
  const dims = shape.map((size) => block(1, typeof size === 'number' ? number(1, size) : string(2, size)))
  return join([string(1, name), block(2, block(1, join([number(1, element), block(2, join(dims))])))])
}

export interface Weights {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
  /** int64 instead of float32, for shapes and axes. */
  readonly integer?: boolean
  /** Puts the values into another file under this name. */
  readonly external?: string
}

export function tensor({ name, shape, values, integer = false, external }: Weights): Part {
  const raw = integer
    ? new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer)
    : new Uint8Array(Float32Array.from(values).buffer)
  const location =
    external === undefined
      ? [block(9, raw)]
      : [block(13, join([string(1, 'location'), string(2, external)])), number(14, 1)]
  return concat([...shape.map((dim) => number(1, dim)), number(2, integer ? 7 : 1), string(8, name), ...location])
}

function concat(parts: readonly Part[]): Part {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

type Attribute = number | readonly number[] | { readonly float: number } | { readonly graph: Graph }

export interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly domain?: string
}

function node({ op, inputs, outputs, attributes = {}, domain }: Node): Part {
  const attribute = ([name, value]: [string, Attribute]): Part => {
    if (typeof value === 'number') return block(5, join([string(1, name), number(3, value), number(20, 2)]))
    if ('graph' in value) return block(5, concat([string(1, name), block(6, graphContent(value.graph)), number(20, 5)]))
    if (!('float' in value))
      return block(5, join([string(1, name), ...value.map((one) => number(8, one)), number(20, 7)]))
    return block(5, join([string(1, name), float(2, value.float), number(20, 1)]))
  }
  return concat([
    ...inputs.map((name) => string(1, name)),
    ...outputs.map((name) => string(2, name)),
    string(4, op),
    ...Object.entries(attributes).map(attribute),
    ...(domain === undefined ? [] : [string(7, domain)]),
  ])
}

export interface Graph {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly Size[]; readonly element?: number }[]
  readonly outputs: readonly { readonly name: string; readonly shape: readonly Size[]; readonly element?: number }[]
  readonly nodes: readonly Node[]
  readonly weights?: readonly Weights[]
}

/** The bytes of a model with this graph; opset 17. */
export function makeOnnx(graph: Graph, opset = 17): Uint8Array {
  const content = graphContent(graph)
  return concat([number(1, 8), string(2, 'troi test'), block(7, content), block(8, number(2, opset))])
}

function graphContent(graph: Graph): Part {
  return concat([
    ...graph.nodes.map((one) => block(1, node(one))),
    string(2, 'test'),
    ...(graph.weights ?? []).map((one) => block(5, tensor(one))),
    ...graph.inputs.map((one) => block(11, tensorInfo(one.name, one.shape, one.element))),
    ...graph.outputs.map((one) => block(12, tensorInfo(one.name, one.shape, one.element))),
  ])
}
