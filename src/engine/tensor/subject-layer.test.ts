/** One body of tests over every implementation of SubjectLayer and DenseKernels, measured against float64 loops. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeExtras } from '../../../test/support/engine-backends.ts'
import { Random } from '../../core/random/random.ts'
import type { DenseKernels } from '../../core/tensor/dense-kernels.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { referenceSubjectLayer } from '../../core/tensor/reference-subject-layer.ts'
import {
  freshSubjectLayerState,
  type SubjectLayer,
  type SubjectLayerFactory,
  type SubjectLayerState,
  type SubjectLayerUpdate,
} from '../../core/tensor/subject-layer.ts'
import { tf } from '../../core/tensor/tf.ts'
import { wasmDenseKernels } from './wasm-dense-kernels.ts'
import { wasmSubjectLayer } from './wasm-subject-layer.ts'
import { WorkerPool } from './worker-pool.ts'

const pools = new Map<number, WorkerPool>()
function pool(threads: number): WorkerPool {
  let found = pools.get(threads)
  if (found === undefined) {
    found = new WorkerPool(threads)
    pools.set(threads, found)
  }
  return found
}
afterAll(async () => {
  for (const one of pools.values()) await one.close()
})

const step = (number: number): SubjectLayerUpdate => ({
  weights: { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, step: number },
  mask: {
    learningRate: 0.02,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    step: number,
    l1: 0.05,
    nonNegative: number % 2 === 0,
  },
})

/** The layer in float64, straight from the formulas. */
class Exact {
  readonly w: Float64Array
  readonly m: Float64Array
  readonly b: Float64Array
  readonly alive: Uint8Array
  readonly moments: Float64Array[]
  x = new Float64Array(0)
  squares = 0
  constructor(
    readonly n: number,
    readonly h: number,
    weights: Float32Array,
    bias: Float32Array,
  ) {
    this.w = Float64Array.from(weights)
    this.m = new Float64Array(n).fill(1)
    this.b = Float64Array.from(bias)
    this.alive = new Uint8Array(n).fill(1)
    this.moments = [n * h, n * h, h, h, n, n].map((length) => new Float64Array(length))
  }
  forward(x: Float32Array, rows: number): number[] {
    this.x = Float64Array.from(x)
    return Array.from({ length: rows * this.h }, (_, at) => {
      const [r, j] = [Math.floor(at / this.h), at % this.h]
      let sum = this.b[j]!
      for (let v = 0; v < this.n; v++) sum += this.x[r * this.n + v]! * this.m[v]! * this.w[v * this.h + j]!
      return sum
    })
  }
  backward(dh: Float32Array, rows: number, { weights, mask }: SubjectLayerUpdate) {
    const adam = (
      values: Float64Array,
      at: number,
      g: number,
      s: NonNullable<typeof weights>,
      m: Float64Array,
      v: Float64Array,
    ) => {
      m[at] = s.beta1 * m[at]! + (1 - s.beta1) * g
      v[at] = s.beta2 * v[at]! + (1 - s.beta2) * g * g
      values[at] =
        values[at]! * (1 - s.learningRate * s.weightDecay) -
        (s.learningRate * (m[at]! / (1 - s.beta1 ** s.step))) /
          (Math.sqrt(v[at]! / (1 - s.beta2 ** s.step)) + s.epsilon)
    }
    const [w1, w2, b1, b2, m1, m2] = this.moments as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ]
    this.squares = 0
    for (let v = 0; v < this.n; v++) {
      if (!this.alive[v]) continue
      let dm = 0
      const gradient = new Float64Array(this.h)
      for (let j = 0; j < this.h; j++) {
        let outer = 0
        for (let r = 0; r < rows; r++) outer += this.x[r * this.n + v]! * dh[r * this.h + j]!
        dm += outer * this.w[v * this.h + j]!
        gradient[j] = outer * this.m[v]!
      }
      if (weights) for (let j = 0; j < this.h; j++) adam(this.w, v * this.h + j, gradient[j]!, weights, w1, w2)
      if (mask) {
        this.squares += dm * dm
        adam(this.m, v, dm + mask.l1 * Math.sign(this.m[v]!), mask, m1, m2)
        if (mask.nonNegative) this.m[v] = Math.max(this.m[v]!, 0)
      }
    }
    if (weights) {
      for (let j = 0; j < this.h; j++) {
        let sum = 0
        for (let r = 0; r < rows; r++) sum += dh[r * this.h + j]!
        adam(this.b, j, sum, { ...weights, weightDecay: 0 }, b1, b2)
      }
    }
  }
  prune(threshold: number) {
    for (let v = 0; v < this.n; v++) {
      if (this.alive[v] && this.m[v]! <= threshold) {
        this.m[v] = 0
        this.alive[v] = 0
      }
    }
  }
}

function start(seed: number, voxels: number, hidden: number): SubjectLayerState {
  const random = Random.of(seed, 'layer')
  return freshSubjectLayerState(
    random.normals(voxels * hidden).map((x) => x * 0.2),
    random.normals(hidden),
  )
}

const expectClose = (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) => {
  expect(actual.length).toBe(expected.length)
  let worst = 0
  for (let i = 0; i < expected.length; i++)
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!)))
  expect(worst).toBeLessThan(tolerance)
}

const implementations: [string, 'cpu' | 'wasm', () => SubjectLayerFactory][] = [
  ['reference on cpu', 'cpu', () => referenceSubjectLayer],
  ['reference on wasm', 'wasm', () => referenceSubjectLayer],
  ['wasm, one thread', 'wasm', () => wasmSubjectLayer(pool(1))],
  ['wasm, two threads', 'wasm', () => wasmSubjectLayer(pool(2))],
]

function testLayer(factory: SubjectLayerFactory): void {
  const train = async (layer: SubjectLayer, from: number, to: number, rows: number, exact?: Exact) => {
    for (let number = from; number <= to; number++) {
      const random = Random.of(number, 'batch')
      const x = random.normals(rows * layer.voxels)
      const dh = random.normals(rows * layer.hidden)
      const h = layer.forward(x, rows)
      if (exact) expectClose(await h.data(), exact.forward(x, rows), 2e-5)
      const gradient = tf.tensor2d(dh, [rows, layer.hidden])
      layer.backward(gradient, step(number))
      exact?.backward(dh, rows, step(number))
      tf.dispose([h, gradient])
      if (number === 3) {
        const left = await layer.prune(0.97)
        exact?.prune(0.97)
        if (exact) expect(left).toBe(exact.alive.reduce((sum, one) => sum + one, 0))
      }
    }
  }

  it.each([
    [7, 6, 5],
    [3, 8, 1],
    [101, 20, 24],
    [64, 16, 72],
  ])('%i voxels × %i hidden, %i rows agree with float64 over six steps', async (voxels, hidden, rows) => {
    const state = start(voxels, voxels, hidden)
    const layer = factory(state)
    const exact = new Exact(voxels, hidden, state.weights, state.bias)
    await train(layer, 1, 6, rows, exact)
    const after = await layer.readState()
    expectClose(after.weights, exact.w, 2e-4)
    expectClose(after.bias, exact.b, 2e-4)
    expectClose(after.mask, exact.m, 2e-4)
    expect([...after.alive]).toEqual([...exact.alive])
    expect(await layer.readMask()).toEqual(after.mask)
    layer.dispose()
  })

  it('reports the root mean square of the mask gradient and starts anew', async () => {
    const state = start(5, 30, 10)
    const layer = factory(state)
    const exact = new Exact(30, 10, state.weights, state.bias)
    await train(layer, 1, 1, 8, exact)
    const expected = Math.sqrt(exact.squares / 30)
    expect(await layer.readMaskGradientRms()).toBeCloseTo(expected, 4)
    expect(await layer.readMaskGradientRms()).toBe(0)
    layer.dispose()
  })

  it('keeps what it is told not to train', async () => {
    const state = start(6, 20, 8)
    const layer = factory(state)
    const h = layer.forward(Random.of(1).normals(40), 2)
    const dh = tf.tensor2d(Random.of(2).normals(16), [2, 8])
    layer.backward(dh, { weights: null, mask: step(1).mask })
    const maskOnly = await layer.readState()
    expect([maskOnly.weights, maskOnly.bias]).toEqual([state.weights, state.bias])
    expect(maskOnly.mask).not.toEqual(state.mask)
    layer.backward(dh, { weights: step(1).weights, mask: null })
    const weightsToo = await layer.readState()
    expect(weightsToo.mask).toEqual(maskOnly.mask)
    expect(weightsToo.weights).not.toEqual(state.weights)
    tf.dispose([h, dh])
    layer.dispose()
  })

  it('goes on bit by bit from a saved state', async () => {
    const layer = factory(start(9, 50, 12))
    await train(layer, 1, 4, 10)
    const saved = await layer.readState()
    const other = factory(start(10, 50, 12))
    other.writeState(saved)
    await train(layer, 5, 7, 10)
    await train(other, 5, 7, 10)
    expect(await other.readState()).toEqual(await layer.readState())
    layer.dispose()
    other.dispose()
  })

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors
    const layer = factory(start(11, 20, 8))
    await train(layer, 1, 2, 4)
    const settled = tf.memory().numTensors
    await train(layer, 3, 6, 4)
    expect(tf.memory().numTensors).toBe(settled)
    layer.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
}

describe.each(implementations)('subject layer: %s', (_name, backend, factory) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })
  testLayer((state) => factory()(state))
})

describeExtras((name) => `subject layer: ${name}`, testLayer)

describe('threads', () => {
  it('do not change a bit of the result', async () => {
    await tf.setBackend('wasm')
    const states: SubjectLayerState[] = []
    for (const threads of [1, 2, 3]) {
      const layer = wasmSubjectLayer(pool(threads))(start(12, 203, 24))
      for (let number = 1; number <= 3; number++) {
        const h = layer.forward(Random.of(number, 'x').normals(24 * 203), 24)
        layer.backward(h, step(number))
        h.dispose()
      }
      states.push(await layer.readState())
      layer.dispose()
    }
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  it('hand an error of a worker to the caller', () => {
    expect(() =>
      pool(2).run({ op: 'layer.prune', id: 999_999, threshold: 0, squares: new SharedArrayBuffer(64) }),
    ).toThrow('nothing with number 999999 is here')
  })
})

const kernels: [string, () => DenseKernels][] = [
  ['reference', referenceDenseKernels],
  ['wasm, one thread', () => wasmDenseKernels(pool(1))],
  ['wasm, two threads', () => wasmDenseKernels(pool(2))],
]

describe.each(kernels)('dense kernels: %s', (_name, make) => {
  const sizes = [
    [1, 1, 1],
    [7, 5, 3],
    [6, 8, 8],
    [37, 300, 29],
    [130, 513, 520],
    [97, 1, 9],
    [200, 260, 64],
  ] as const
  for (const [m, k, n] of sizes) {
    it(`${m} × ${k} × ${n} in all four transpositions`, () => {
      const random = Random.of(m, k, n)
      const a = random.normals(m * k)
      const b = random.normals(k * n)
      const transposed = (values: Float32Array, rows: number, columns: number) =>
        Float32Array.from({ length: values.length }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!)
      const expected = referenceDenseKernels().matmul(a, b, m, k, n)
      const ours = make()
      expectClose(ours.matmul(a, b, m, k, n), expected, 5e-5)
      expectClose(ours.matmul(transposed(a, m, k), b, m, k, n, { transposeA: true }), expected, 5e-5)
      expectClose(ours.matmul(a, transposed(b, k, n), m, k, n, { transposeB: true }), expected, 5e-5)
      expectClose(
        ours.matmul(transposed(a, m, k), transposed(b, k, n), m, k, n, { transposeA: true, transposeB: true }),
        expected,
        5e-5,
      )
    })
  }

  it('multiplies with a matrix that stays where the threads are', () => {
    const random = Random.of(8, 'resident')
    const [rows, columns, count] = [103, 17, 11]
    const matrix = random.normals(rows * columns)
    const x = random.normals(count * rows)
    const y = random.normals(count * columns)
    const exact = referenceDenseKernels()
    const resident = make().resident(matrix, rows, columns)
    expectClose(resident.times(x, count), exact.matmul(x, matrix, count, rows, columns), 2e-5)
    expectClose(
      resident.timesTransposed(y, count),
      exact.matmul(y, matrix, count, columns, rows, { transposeB: true }),
      2e-5,
    )
    expectClose(
      resident.times(x.subarray(0, rows), 1),
      exact.matmul(x.subarray(0, rows), matrix, 1, rows, columns),
      2e-5,
    )
    resident.dispose()
  })
})
