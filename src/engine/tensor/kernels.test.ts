/** The SIMD kernels where their blocks and panels end, against float64; one body over sizes that cross every such border. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../core/random/random.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { freshSubjectLayerState, type SubjectLayerState } from '../../core/tensor/subject-layer.ts'
import { type Tensor2D, tf } from '../../core/tensor/tf.ts'
import { entryPoint } from '../entry-point.ts'
import { KernelMemory } from './kernel-memory.ts'
import { multiply } from './shard-matrix.ts'
import { wasmDenseKernels } from './wasm-dense-kernels.ts'
import { wasmSubjectLayer } from './wasm-subject-layer.ts'
import { WorkerPool } from './worker-pool.ts'

let pools: WorkerPool[]
beforeAll(async () => {
  pools = [1, 2, 3].map((threads) => new WorkerPool(threads))
  await tf.setBackend('wasm')
  await tf.ready()
})
afterAll(async () => {
  for (const pool of pools) await pool.close()
})

/** Largest error, relative to the size that the sum of products could have. */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>, scale: number): number {
  expect(actual.length).toBe(expected.length)
  let largest = 0
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!) / scale)
  return largest
}

describe('product kernel', () => {
  const sizes = [
    [1, 127, 9],
    [4, 128, 8],
    [3, 129, 7],
    [96, 257, 16],
    [97, 64, 1025],
    [5, 2, 2051],
    [193, 300, 1],
    [2, 0, 3],
  ] as const

  it.each(sizes)('%i × %i × %i, every transposition', (m, k, n) => {
    const random = Random.of(m, k, n)
    const [a, b] = [random.normals(m * k), random.normals(k * n)]
    const expected = referenceDenseKernels().matmul(a, b, m, k, n)
    const turned = (values: Float32Array, rows: number, columns: number) =>
      Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!)
    const memory = new KernelMemory()
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const out = new Float32Array(m * n).fill(Number.NaN)
        const left = transposeA ? turned(a, m, k) : a
        const right = transposeB ? turned(b, k, n) : b
        multiply(memory, left, right, out, { m, k, n, transposeA, transposeB }, 0, m)
        expect(worst(out, expected, Math.sqrt(k + 1))).toBeLessThan(2e-6)
      }
    }
  })

  it('fuzz: any shape, any range of rows', () => {
    const seed = 20_251
    const random = Random.of(seed, 'fuzz')
    const memory = new KernelMemory()
    for (let round = 0; round < 60; round++) {
      const [m, k, n] = [1 + random.integer(40), random.integer(300), 1 + random.integer(60)]
      const from = random.integer(m)
      const to = from + 1 + random.integer(m - from)
      const [transposeA, transposeB] = [random.integer(2) === 1, random.integer(2) === 1]
      const [a, b] = [random.normals(m * k), random.normals(k * n)]
      const out = new Float32Array((to - from) * n)
      multiply(memory, a, b, out, { m, k, n, transposeA, transposeB }, from, to)
      const expected = referenceDenseKernels().matmul(a, b, m, k, n, { transposeA, transposeB })
      const name = `seed ${seed}, round ${round}: ${m} × ${k} × ${n}, rows ${from} to ${to}, ${transposeA}, ${transposeB}`
      expect(worst(out, expected.subarray(from * n, to * n), Math.sqrt(k + 1)), name).toBeLessThan(2e-6)
    }
  })

  it('holds no data and keeps no state, so it may work on any memory', () => {
    const module = new WebAssembly.Module(readFileSync(entryPoint('tensor/kernels/build/kernels.wasm', 'kernels.wasm')))
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 65536 })
    const bytes = new Uint8Array(memory.buffer).fill(7)
    new WebAssembly.Instance(module, { env: { memory } })
    expect(bytes.every((byte) => byte === 7)).toBe(true)
  })
})

describe('dense kernels', () => {
  it('give the same bits with one, two and three threads, with or without them', () => {
    const [m, k, n] = [131, 203, 97]
    const random = Random.of('threads')
    const [a, b] = [random.normals(m * k), random.normals(k * n)]
    const small = wasmDenseKernels(pools[0]!)
    const rows = Array.from({ length: m }, (_, i) => small.matmul(a.subarray(i * k, (i + 1) * k), b, 1, k, n))
    for (const pool of pools) {
      const kernels = wasmDenseKernels(pool)
      const whole = kernels.matmul(a, b, m, k, n)
      rows.forEach((row, i) => {
        expect(whole.subarray(i * n, (i + 1) * n)).toEqual(row)
      })
      const resident = kernels.resident(a, m, k)
      const x = random.normals(5 * m)
      const other = wasmDenseKernels(pools[0]!).resident(a, m, k)
      expect(resident.times(x, 5)).toEqual(other.times(x, 5))
      expect(resident.timesTransposed(b.subarray(0, k * 9), 9)).toEqual(other.timesTransposed(b.subarray(0, k * 9), 9))
      resident.dispose()
      other.dispose()
    }
  })

  it('leave their inputs as they are and say what does not fit', () => {
    const kernels = wasmDenseKernels(pools[1]!)
    const a = Random.of(1).normals(300 * 200)
    const kept = a.slice()
    kernels.matmul(a, a, 300, 200, 300, { transposeB: true })
    expect(a).toEqual(kept)
    expect(() => kernels.matmul(a, a, 300, 201, 300)).toThrow(
      'needs 60300 and 60300 numbers, there are 60000 and 60000',
    )
    expect(() => kernels.resident(a, 7, 7)).toThrow('a 7 × 7 matrix holds 49 numbers, not 60000')
  })

  it('compute on after a product too large to keep room for', () => {
    const kernels = wasmDenseKernels(pools[1]!)
    const [m, k, n] = [2, 4200, 4200]
    const large = kernels.matmul(new Float32Array(m * k).fill(1), new Float32Array(k * n).fill(1), m, k, n)
    expect(large.every((value) => value === k)).toBe(true)
    const identity = Float32Array.from({ length: 200 * 200 }, (_, i) => (i % 201 === 0 ? 1 : 0))
    const other = Random.of(3).normals(200 * 200)
    expect(kernels.matmul(identity, other, 200, 200, 200)).toEqual(other)
  })
})

describe('layer kernels at a size with several blocks', () => {
  const [voxels, hidden, rows] = [1300, 1031, 13]
  const learning = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, step: 3 }

  function start(): SubjectLayerState {
    const random = Random.of('large layer')
    const state = freshSubjectLayerState(random.normals(voxels * hidden), random.normals(hidden))
    // Uneven mask, some of it zero or negative, and many voxels pruned, so that lists are not ranges.
    state.mask.set(random.normals(voxels))
    for (let v = 0; v < voxels; v++) {
      if (random.uniform() < 0.4) {
        state.alive[v] = 0
        state.mask[v] = 0
      } else if (v % 9 === 0) state.mask[v] = 0
    }
    state.weightsFirstMoment.set(random.normals(voxels * hidden))
    state.weightsSecondMoment.set(random.normals(voxels * hidden).map(Math.abs))
    return state
  }

  it('h and every updated number are those of the formulas', async () => {
    const state = start()
    const layer = wasmSubjectLayer(pools[1]!)(state)
    const random = Random.of('large batch')
    const x = random.normals(rows * voxels)
    const dh = random.normals(rows * hidden)
    const h = layer.forward(x, rows)
    const masked = Float32Array.from(x, (value, at) => value * state.mask[at % voxels]!)
    const product = referenceDenseKernels().matmul(masked, state.weights, rows, voxels, hidden)
    const expectedH = product.map((value, at) => value + state.bias[at % hidden]!)
    expect(worst(h.dataSync(), expectedH, Math.sqrt(voxels))).toBeLessThan(2e-6)

    const gradient = tf.tensor2d(dh, [rows, hidden])
    const mask = { ...learning, l1: 0.01, nonNegative: true, weightDecay: 0 }
    layer.backward(gradient, { weights: learning, mask })
    const after = await layer.readState()
    const outer = referenceDenseKernels().matmul(x, dh, voxels, rows, hidden, { transposeA: true })
    const expected = { weights: state.weights.slice(), mask: state.mask.slice() }
    const first = (m: number, g: number) => (0.9 * m + 0.1 * g) / (1 - 0.9 ** 3)
    const second = (v: number, g: number) => (0.999 * v + 0.001 * g * g) / (1 - 0.999 ** 3)
    let squares = 0
    for (let v = 0; v < voxels; v++) {
      if (!state.alive[v]) continue
      let dm = 0
      for (let j = 0; j < hidden; j++) {
        const at = v * hidden + j
        const g = outer[at]! * state.mask[v]!
        dm += outer[at]! * state.weights[at]!
        const moved = first(state.weightsFirstMoment[at]!, g)
        const spread = Math.sqrt(second(state.weightsSecondMoment[at]!, g)) + 1e-8
        expected.weights[at] = state.weights[at]! * (1 - 0.001) - (0.01 * moved) / spread
      }
      squares += dm * dm
      const g = dm + 0.01 * Math.sign(state.mask[v]!)
      const moved = state.mask[v]! - (0.01 * first(0, g)) / (Math.sqrt(second(0, g)) + 1e-8)
      expected.mask[v] = Math.max(0, moved)
    }
    expect(worst(after.weights, expected.weights, 1)).toBeLessThan(1e-5)
    expect(worst(after.mask, expected.mask, 1)).toBeLessThan(1e-5)
    const alive = state.alive.reduce((sum, one) => sum + one, 0)
    const rms = Math.sqrt(squares / alive)
    expect(Math.abs((await layer.readMaskGradientRms()) - rms) / rms).toBeLessThan(1e-5)
    tf.dispose([h, gradient])
    layer.dispose()
  })

  it('the same bits with one, two and three threads', async () => {
    const states: SubjectLayerState[] = []
    const state = start()
    for (const pool of pools) {
      const layer = wasmSubjectLayer(pool)(state)
      for (let step = 1; step <= 2; step++) {
        const h = layer.forward(Random.of(step, 'x').normals(rows * voxels), rows)
        layer.backward(h, { weights: { ...learning, step }, mask: { ...learning, step, l1: 0.1, nonNegative: false } })
        h.dispose()
      }
      states.push(await layer.readState())
      layer.dispose()
    }
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })
})

describe('layer edge cases', () => {
  const learning = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 }

  it('a layer whose last voxel was pruned gives its bias and learns only that', async () => {
    const state = freshSubjectLayerState(Random.of(4).normals(6 * 5), Random.of(5).normals(5))
    const layer = wasmSubjectLayer(pools[1]!)(state)
    expect(await layer.prune(1)).toBe(0)
    const h = layer.forward(Random.of(6).normals(3 * 6), 3)
    expect(h.dataSync()).toEqual(Float32Array.from({ length: 15 }, (_, i) => state.bias[i % 5]!))
    layer.backward(h, { weights: learning, mask: { ...learning, l1: 1, nonNegative: false } })
    const after = await layer.readState()
    expect([after.weights, [...after.mask]]).toEqual([state.weights, [0, 0, 0, 0, 0, 0]])
    expect(after.bias).not.toEqual(state.bias)
    expect(await layer.readMaskGradientRms()).toBe(0)
    h.dispose()
    layer.dispose()
  })

  it('batches may grow and shrink from step to step', async () => {
    const layer = wasmSubjectLayer(pools[1]!)(freshSubjectLayerState(Random.of(7).normals(40 * 9), new Float32Array(9)))
    const exact = referenceDenseKernels()
    const still = { weights: null, mask: null }
    for (const rows of [3, 150, 1, 24]) {
      const x = Random.of(rows, 'rows').normals(rows * 40)
      const h: Tensor2D = layer.forward(x, rows)
      const { weights } = await layer.readState()
      expect(worst(h.dataSync(), exact.matmul(x, weights, rows, 40, 9), 6)).toBeLessThan(2e-6)
      layer.backward(h, still)
      h.dispose()
    }
    expect(() => layer.forward(new Float32Array(79), 2)).toThrow('x holds 79 numbers')
    layer.dispose()
  })

  it('two layers live in the same threads without touching each other', async () => {
    const make = (seed: number, voxels: number) =>
      freshSubjectLayerState(Random.of(seed).normals(voxels * 8), new Float32Array(8))
    const factory = wasmSubjectLayer(pools[1]!)
    const one = factory(make(1, 30))
    const other = factory(make(2, 17))
    const before = await other.readState()
    const h = one.forward(Random.of(3).normals(60), 2)
    one.backward(h, { weights: learning, mask: null })
    one.dispose()
    expect(await other.readState()).toEqual(before)
    h.dispose()
    other.dispose()
  })
})
