/** Dense products on worker threads; small ones stay on the calling thread, where waking others would cost more. */
import type { DenseKernels, MatmulOptions, ResidentMatrix } from '../../core/tensor/dense-kernels.ts'
import { KernelMemory } from './kernel-memory.ts'
import { shardCount } from './shard.ts'
import { multiply } from './shard-matrix.ts'
import { SharedRoom, type WorkerPool } from './worker-pool.ts'

/** Multiplications below which a product is not worth a thread. */
const smallProduct = 2e6

/** Numbers of a product with a resident matrix that are made at once: each of the shards holds as many while it adds. */
const blockNumbers = 2 ** 20

export function wasmDenseKernels(pool: WorkerPool): DenseKernels {
  let small: KernelMemory | null = null
  // Threads let go of shared memory late, so it is used again and again instead of made anew for every product.
  const rooms = { a: new SharedRoom(), b: new SharedRoom(), out: new SharedRoom() }
  const put = (values: Float32Array, room: SharedRoom): SharedArrayBuffer => {
    if (values.buffer instanceof SharedArrayBuffer && values.byteOffset === 0) return values.buffer
    const buffer = room.take(values.length * 4)
    new Float32Array(buffer, 0, values.length).set(values)
    return buffer
  }
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
      const out = rooms.out.take(m * n * 4)
      const sharedA = put(a.subarray(0, m * k), rooms.a)
      const sharedB = a === b && m * k === k * n ? sharedA : put(b.subarray(0, k * n), rooms.b)
      pool.run({ op: 'matmul', a: sharedA, b: sharedB, out, ...shape })
      return new Float32Array(out, 0, m * n).slice()
    },

    resident(matrix: Float32Array, rows: number, columns: number): ResidentMatrix {
      if (matrix.length !== rows * columns)
        throw new RangeError(`a ${rows} × ${columns} matrix holds ${rows * columns} numbers, not ${matrix.length}`)
      const id = pool.newId()
      pool.run({ op: 'matrix.create', id, rows, columns, values: put(matrix, rooms.a) })
      return {
        rows,
        columns,
        times(x, count, into) {
          const out = into?.subarray(0, count * columns) ?? new Float32Array(count * columns)
          const most = Math.max(1, Math.floor(blockNumbers / columns))
          for (let first = 0; first < count; first += most) {
            const block = Math.min(most, count - first)
            const size = block * columns
            const partial = rooms.out.take(shardCount * size * 4)
            const own = put(x.subarray(first * rows, (first + block) * rows), rooms.a)
            pool.run({ op: 'matrix.times', id, count: block, x: own, out: partial })
            const to = out.subarray(first * columns, first * columns + size)
            to.set(new Float32Array(partial, 0, size))
            for (let shard = 1; shard < shardCount; shard++) {
              const part = new Float32Array(partial, shard * size * 4, size)
              for (let i = 0; i < size; i++) to[i]! += part[i]!
            }
          }
          return out
        },
        timesTransposed(y, count) {
          const out = rooms.out.take(count * rows * 4)
          pool.run({ op: 'matrix.timesTransposed', id, count, y: put(y.subarray(0, count * columns), rooms.a), out })
          return new Float32Array(out, 0, count * rows).slice()
        },
        dispose: () => pool.run({ op: 'drop', id }),
      }
    },

    dispose() {
      small = null
    },
  }
}
