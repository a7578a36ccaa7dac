/**
 * The matrix product of TensorFlow.js's WebAssembly backend, by our own kernel on the backend's own heap: nothing is copied.
 * The backend's product sets itself up anew in every call and is ten times slower where an operand is transposed.
 * Where the kernel cannot be put over that heap, or the numbers are not float32, the backend's own product is used.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import { tf } from '../../core/tensor/tf.ts'
import { type KernelFunctions, kernelsOver } from './kernel-memory.ts'

interface Heap {
  readonly call: KernelFunctions
  readonly scratch: number
}

/** What Emscripten's module carries beside its declared type. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: WebAssembly.Memory }
  _malloc(bytes: number): number
}

/** One per life of the backend; null where the kernel does not fit. */
const heaps = new WeakMap<object, Heap | null>()

function openHeap(backend: BackendWasm): Heap | null {
  const module = backend.wasm as unknown as EmscriptenModule
  const memory = module.asm?.memory
  if (memory === undefined) return null
  try {
    const call = kernelsOver(memory)
    return { call, scratch: module._malloc(call.gemmScratchBytes()) >>> 0 }
  } catch {
    return null
  }
}

function heapOf(backend: BackendWasm): Heap | null {
  let heap = heaps.get(backend.wasm)
  if (heap === undefined) {
    heap = openHeap(backend)
    heaps.set(backend.wasm, heap)
  }
  return heap
}

/** Byte offset of each product's operand: a batch of length 1 is used for every product along that axis. */
function batchOffsets(operand: readonly number[], out: readonly number[], bytes: number): number[] {
  let offsets = [0]
  let stride = bytes * operand.reduce((product, length) => product * length, 1)
  for (let axis = 0; axis < out.length; axis++) {
    const length = operand[axis - (out.length - operand.length)] ?? 1
    stride /= length || 1
    const step = length === 1 ? 0 : stride
    offsets = offsets.flatMap((start) => Array.from({ length: out[axis]! }, (_, i) => start + i * step))
  }
  return offsets
}

interface Attributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

function multiply(heap: Heap, backend: BackendWasm, a: tf.TensorInfo, b: tf.TensorInfo, attributes: Attributes) {
  const { transposeA, transposeB } = attributes
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns]
  const [k2, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns]
  if (k !== k2) throw new RangeError(`cannot multiply ${m} × ${k} by ${k2} × ${n}`)
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)]
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch)
  const out = backend.makeOutput([...batch, m, n], 'float32')
  // Read after the output is made: making it may move nothing, but it may grow the heap.
  const [atA, atB, atC] = [a, b, out].map(({ dataId }) => backend.getMemoryOffset(dataId)) as [number, number, number]
  const aOffsets = batchOffsets(aBatch, batch, aRows * aColumns * 4)
  const bOffsets = batchOffsets(bBatch, batch, bRows * bColumns * 4)
  aOffsets.forEach((aOffset, i) => {
    heap.call.gemm(
      m,
      n,
      k,
      atA + aOffset,
      transposeA ? 1 : aColumns,
      transposeA ? aColumns : 1,
      atB + bOffsets[i]!,
      transposeB ? 1 : bColumns,
      transposeB ? bColumns : 1,
      0,
      atC + i * m * n * 4,
      n,
      0,
      heap.scratch,
    )
  })
  return out
}

const installed = new WeakSet<tf.KernelFunc>()

/** Puts our product in the place of the backend's, for good. Doing so again changes nothing. */
export function installMatmul(): void {
  const stock = tf.getKernel(tf.BatchMatMul, 'wasm')
  if (installed.has(stock.kernelFunc)) return
  const kernelFunc: tf.KernelFunc = (parameters) => {
    const backend = parameters.backend as BackendWasm
    const { a, b } = parameters.inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
    const heap = a.dtype === 'float32' && b.dtype === 'float32' ? heapOf(backend) : null
    if (heap === null) return stock.kernelFunc(parameters)
    return multiply(heap, backend, a, b, parameters.attrs as unknown as Attributes)
  }
  installed.add(kernelFunc)
  tf.unregisterKernel(tf.BatchMatMul, 'wasm')
  tf.registerKernel({ ...stock, kernelFunc })
}
