/**
 * Dense float32 matrix products for the closed-form parts (ridge, evidence, cross-fitting), where a tensor library's
 * overhead and memory limit would hurt. The core only names them; the engine runs them as SIMD on worker threads.
 *
 * Guarantees: row-major, inputs are not changed, results do not depend on how many threads there are.
 */
export interface MatmulOptions {
  /** a is stored k × m. */
  readonly transposeA?: boolean
  /** b is stored n × k. */
  readonly transposeB?: boolean
}

/** A large fixed matrix (rows × columns) kept where the threads can reach it without copying it again. */
export interface ResidentMatrix {
  readonly rows: number
  readonly columns: number
  /** x (count × rows) · matrix → count × columns, in the first of `into` where that is given. */
  times(x: Float32Array, count: number, into?: Float32Array): Float32Array
  /** y (count × columns) · matrixᵀ → count × rows. */
  timesTransposed(y: Float32Array, count: number): Float32Array
  dispose(): void
}

export interface DenseKernels {
  readonly engine: 'reference' | 'wasm'
  /** op(a) · op(b), m × k times k × n → m × n. */
  matmul(a: Float32Array, b: Float32Array, m: number, k: number, n: number, options?: MatmulOptions): Float32Array
  resident(matrix: Float32Array, rows: number, columns: number): ResidentMatrix
  dispose(): void
}
