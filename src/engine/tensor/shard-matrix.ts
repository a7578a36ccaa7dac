/** Rows of a large fixed matrix in a thread's own memory, and plain products through the same kernel. */
import { KernelMemory } from './kernel-memory.ts'

export interface ProductShape {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Rows [from, to) of op(a) · op(b) into `out`. The memory's reservations are handed back. */
export function multiply(
  memory: KernelMemory,
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  shape: ProductShape,
  from: number,
  to: number,
): void {
  const { m, k, n, transposeA, transposeB } = shape
  const rows = to - from
  const start = memory.reserve(0)
  const atScratch = memory.reserve(memory.call.gemmScratchBytes())
  const atA = memory.reserve(rows * k * 4)
  const atB = memory.reserve(k * n * 4)
  const atC = memory.reserve(rows * n * 4)
  if (transposeA) {
    // Columns [from, to) of the stored k × m matrix.
    const own = memory.floats(atA, rows * k)
    for (let p = 0; p < k; p++) own.set(a.subarray(p * m + from, p * m + to), p * rows)
  } else memory.floats(atA, rows * k).set(a.subarray(from * k, to * k))
  memory.floats(atB, k * n).set(b.subarray(0, k * n))
  memory.call.gemm(
    rows,
    n,
    k,
    atA,
    transposeA ? 1 : k,
    transposeA ? rows : 1,
    atB,
    transposeB ? 1 : n,
    transposeB ? k : 1,
    0,
    atC,
    n,
    0,
    atScratch,
  )
  out.set(memory.floats(atC, rows * n))
  memory.release(start)
}

export class ShardMatrix {
  readonly #memory = new KernelMemory()
  readonly #rows: number
  readonly #columns: number
  readonly #at: number
  readonly #scratch: number
  readonly #start: number

  constructor(values: Float32Array, rows: number, columns: number) {
    this.#rows = rows
    this.#columns = columns
    this.#at = this.#memory.reserve(rows * columns * 4)
    this.#memory.floats(this.#at, rows * columns).set(values)
    this.#scratch = this.#memory.reserve(this.#memory.call.gemmScratchBytes())
    this.#start = this.#memory.reserve(0)
  }

  /** Partial product of x (count × all rows, this range from `start`) with these rows: count × columns. */
  times(x: Float32Array, count: number, allRows: number, start: number, out: Float32Array): void {
    const { call } = this.#memory
    this.#memory.release(this.#start)
    const atX = this.#memory.reserve(count * this.#rows * 4)
    const atOut = this.#memory.reserve(count * this.#columns * 4)
    const own = this.#memory.floats(atX, count * this.#rows)
    for (let r = 0; r < count; r++)
      own.set(x.subarray(r * allRows + start, r * allRows + start + this.#rows), r * this.#rows)
    call.gemm(
      count,
      this.#columns,
      this.#rows,
      atX,
      this.#rows,
      1,
      this.#at,
      this.#columns,
      1,
      0,
      atOut,
      this.#columns,
      0,
      this.#scratch,
    )
    out.set(this.#memory.floats(atOut, count * this.#columns))
  }

  /** y (count × columns) · these rows transposed, into their columns of out (count × all rows). */
  timesTransposed(y: Float32Array, count: number, out: Float32Array, allRows: number, start: number): void {
    const { call } = this.#memory
    this.#memory.release(this.#start)
    const atY = this.#memory.reserve(count * this.#columns * 4)
    const atOut = this.#memory.reserve(count * this.#rows * 4)
    this.#memory.floats(atY, count * this.#columns).set(y)
    call.gemm(
      count,
      this.#rows,
      this.#columns,
      atY,
      this.#columns,
      1,
      this.#at,
      1,
      this.#columns,
      0,
      atOut,
      this.#rows,
      0,
      this.#scratch,
    )
    const from = this.#memory.floats(atOut, count * this.#rows)
    for (let r = 0; r < count; r++) out.set(from.subarray(r * this.#rows, (r + 1) * this.#rows), r * allRows + start)
  }
}
