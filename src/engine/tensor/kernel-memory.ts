/**
 * One instance of the SIMD kernels with its own memory, up to 4 GiB. Memory is handed out from the bottom and never taken back:
 * whoever needs room makes an instance and drops it whole.
 */
import { readFileSync } from 'node:fs'
import { entryPoint } from '../entry-point.ts'

export interface KernelFunctions {
  heapBase(): number
  gemmScratchBytes(): number
  updateScratchBytes(rows: number, hidden: number): number
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    list: number,
    c: number,
    cRow: number,
    add: number,
    scratch: number,
  ): void
  packHidden(dh: number, rows: number, hidden: number, to: number): void
  gatherMasked(x: number, xRow: number, rows: number, mask: number, list: number, count: number, to: number): void
  layerUpdate(
    list: number,
    count: number,
    x: number,
    xRow: number,
    rows: number,
    mask: number,
    dh: number,
    hidden: number,
    w: number,
    m1: number,
    m2: number,
    maskGradient: number,
    scratch: number,
    train: number,
    learningRate: number,
    size: number,
    secondScale: number,
    epsilon: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    weightDecay: number,
  ): void
}

let compiled: WebAssembly.Module | null = null

function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(entryPoint('tensor/kernels/build/kernels.wasm', 'kernels.wasm')))
  return compiled
}

/** The kernels over a memory of the caller's: they hold no data of their own and write only where they are told to. */
export function kernelsOver(memory: WebAssembly.Memory): KernelFunctions {
  const abort = () => {
    throw new Error('a compute kernel aborted')
  }
  return new WebAssembly.Instance(kernelModule(), { env: { memory, abort } }).exports as unknown as KernelFunctions
}

const pageBytes = 65536

export class KernelMemory {
  readonly call: KernelFunctions
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 })
  #next: number

  constructor() {
    this.call = kernelsOver(this.#memory)
    this.#next = (this.call.heapBase() + 63) & ~63
  }

  /** Address of `bytes` zeroed bytes, 64-byte aligned. Views made before may be detached afterwards. */
  reserve(bytes: number): number {
    const at = this.#next
    this.#next = at + Math.ceil(bytes / 64) * 64
    const missing = Math.ceil((this.#next - this.#memory.buffer.byteLength) / pageBytes)
    if (missing > 0 && this.#memory.grow(missing) < 0) throw new Error('out of memory')
    return at
  }

  /** Bytes that the memory has grown to. */
  get size(): number {
    return this.#memory.buffer.byteLength
  }

  /** Hands everything after `at` back for reuse. It is not zeroed then. */
  release(at: number): void {
    this.#next = at
  }

  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, length)
  }

  integers(at: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, length)
  }
}
