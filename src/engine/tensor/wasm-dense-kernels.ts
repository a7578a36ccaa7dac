/** Dense products on worker threads; small ones stay on the calling thread, where waking others would cost more. */
import type { DenseKernels, MatmulOptions, ResidentMatrix } from '../../core/tensor/dense-kernels.ts'
import { KernelMemory } from './kernel-memory.ts'
import { shardCount } from './shard.ts'
import { multiply } from './shard-matrix.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Multiplications below which a product is not worth a thread. */
const smallProduct = 2e6

function share(values: Float32Array, length: number): SharedArrayBuffer {
  if (values.buffer instanceof SharedArrayBuffer && values.byteOffset === 0) return values.buffer
  const buffer = new SharedArrayBuffer(Math.max(4, length * 4))
  new Float32Array(buffer).set(values.length === length ? values : values.subarray(0, length))
  return buffer
}

export function wasmDenseKernels(pool: WorkerPool): DenseKernels {
  let small: KernelMemory | null = null
  return {
    engine: 'wasm',

    matmul(
      a: Float32Array,
      b: Float32Array,
      m: number,
      k: number,
      n: number,
      options: MatmulOptions = {},
    ): Float32Array {
      const shape = { m, k, n, transposeA: options.transposeA ?? false, transposeB: options.transposeB ?? false }
      if (a.length < m * k || b.length < k * n)
        throw new RangeError(
          `a product of ${m} × ${k} and ${k} × ${n} needs ${m * k} and ${k * n} numbers, there are ${a.length} and ${b.length}`,
        )
      if (m * k * n <= smallProduct) {
        const out = new Float32Array(m * n)
        small ??= new KernelMemory()
        multiply(small, a, b, out, shape, 0, m)
        return out
      }
      const out = new SharedArrayBuffer(m * n * 4)
      const sharedA = share(a, m * k)
      pool.run({ op: 'matmul', a: sharedA, b: a === b && m * k === k * n ? sharedA : share(b, k * n), out, ...shape })
      return new Float32Array(out).slice()
    },

    resident(matrix: Float32Array, rows: number, columns: number): ResidentMatrix {
      if (matrix.length !== rows * columns)
        throw new RangeError(`a ${rows} × ${columns} matrix holds ${rows * columns} numbers, not ${matrix.length}`)
      const id = pool.newId()
      pool.run({ op: 'matrix.create', id, rows, columns, values: share(matrix, rows * columns) })
      return {
        rows,
        columns,
        times(x, count) {
          const size = count * columns
          const partial = new SharedArrayBuffer(shardCount * size * 4)
          pool.run({ op: 'matrix.times', id, count, x: share(x, count * rows), out: partial })
          const parts = new Float32Array(partial)
          const out = parts.slice(0, size)
          for (let shard = 1; shard < shardCount; shard++)
            for (let i = 0; i < size; i++) out[i]! += parts[shard * size + i]!
          return out
        },
        timesTransposed(y, count) {
          const out = new SharedArrayBuffer(count * rows * 4)
          pool.run({ op: 'matrix.timesTransposed', id, count, y: share(y, count * columns), out })
          return new Float32Array(out).slice()
        },
        dispose: () => pool.run({ op: 'drop', id }),
      }
    },

    dispose() {
      small = null
    },
  }
}
