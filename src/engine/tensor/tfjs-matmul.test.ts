/** Our product inside TensorFlow.js's wasm backend against the library's own on its plain JavaScript backend. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import '../../core/model/operations/gradients.ts'
import { Random } from '../../core/random/random.ts'
import { type Tensor, tf } from '../../core/tensor/tf.ts'
import { selectWasmBackend } from './compute.ts'
import { installMatmul } from './tfjs-matmul.ts'

let stock: tf.KernelConfig
beforeAll(async () => {
  stock = tf.getKernel(tf.BatchMatMul, 'wasm')
  await selectWasmBackend()
})
afterAll(() => {
  tf.unregisterKernel(tf.BatchMatMul, 'wasm')
  tf.registerKernel(stock)
})

interface Case {
  readonly a: number[]
  readonly b: number[]
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

function values(shape: number[], ...key: (string | number)[]): Float32Array {
  return Random.of(...key).normals(shape.reduce((product, length) => product * length, 1))
}

/** The product on one backend. */
async function product(backend: 'cpu' | 'wasm', { a, b, transposeA = false, transposeB = false }: Case) {
  await tf.setBackend(backend)
  const out = tf.tidy(() => {
    const [left, right] = [tf.tensor(values(a, 'left'), a), tf.tensor(values(b, 'right'), b)]
    if (backend === 'wasm') return tf.matMul(left, right, transposeA, transposeB)
    // The library's own product is wrong where each operand is repeated along an axis of its own: repeat them before.
    const batch = tf.broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2))
    const repeated = (x: Tensor) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)])
    return tf.matMul(repeated(left), repeated(right), transposeA, transposeB)
  })
  const result = { shape: out.shape, numbers: Array.from(await out.data()) }
  out.dispose()
  return result
}

const cases: Case[] = [
  { a: [1, 1], b: [1, 1] },
  { a: [24, 256], b: [256, 192] },
  { a: [72, 30], b: [30, 7] },
  { a: [3, 500], b: [500, 1] },
  { a: [97, 129], b: [129, 1030] },
  { a: [5, 8, 16], b: [5, 16, 9] },
  { a: [1, 6, 4], b: [7, 4, 3] },
  { a: [2, 3, 6, 4], b: [4, 5] },
  { a: [2, 1, 6, 4], b: [3, 4, 5] },
  { a: [0, 4], b: [4, 3] },
  { a: [4, 0], b: [0, 3] },
]

const turned = (shape: number[]) => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!]

describe('matMul on the wasm backend', () => {
  describe.each(cases)('$a by $b', ({ a, b }) => {
    it.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])('transposed %s, %s, as the cpu backend computes it', async (transposeA, transposeB) => {
      const one: Case = {
        a: transposeA ? turned(a) : a,
        b: transposeB ? turned(b) : b,
        transposeA,
        transposeB,
      }
      const ours = await product('wasm', one)
      const expected = await product('cpu', one)
      expect(ours.shape).toEqual(expected.shape)
      const worst = ours.numbers.map((number, i) => Math.abs(number - expected.numbers[i]!))
      expect(ours.numbers.length).toBe(expected.numbers.length)
      expect(Math.max(0, ...worst)).toBeLessThan(5e-5)
    })
  })

  it('is what runs, and only once however often it is installed', () => {
    const before = tf.getKernel(tf.BatchMatMul, 'wasm')
    expect(before.kernelFunc).not.toBe(stock.kernelFunc)
    installMatmul()
    expect(tf.getKernel(tf.BatchMatMul, 'wasm')).toBe(before)
  })

  it('gives the gradients of the cpu backend', async () => {
    const gradients = async (backend: 'cpu' | 'wasm') => {
      await tf.setBackend(backend)
      const x = tf.tensor2d(values([24, 40], 'x'), [24, 40])
      const w = tf.tensor2d(values([40, 33], 'w'), [40, 33])
      const y = tf.tensor2d(values([24, 33], 'y'), [24, 33])
      const of = tf.grads((x: Tensor, w: Tensor) => tf.sum(tf.mul(tf.matMul(x, w), y)))
      const [dx, dw] = of([x, w]) as [Tensor, Tensor]
      const read = [...(await dx.data()), ...(await dw.data())]
      tf.dispose([x, w, y, dx, dw])
      return read
    }
    const ours = await gradients('wasm')
    const expected = await gradients('cpu')
    expect(ours.length).toBe(24 * 40 + 40 * 33)
    expect(Math.max(...ours.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(5e-5)
  })

  it('lets a number that is not finite through, also next to zeros', async () => {
    await tf.setBackend('wasm')
    const out = tf.matMul(tf.tensor2d([0, Number.NaN, 1, 2], [2, 2]), tf.tensor2d([1, 2, Infinity, 3], [2, 2]))
    expect(Array.from(out.dataSync())).toEqual([Number.NaN, Number.NaN, Infinity, 8])
    out.dispose()
  })

  it('gives the same bits for a row alone and among others', async () => {
    await tf.setBackend('wasm')
    const [a, b] = [tf.tensor2d(values([50, 300], 'a'), [50, 300]), tf.tensor2d(values([300, 70], 'b'), [300, 70])]
    const all = tf.matMul(a, b)
    const one = tf.matMul(tf.slice(a, [17, 0], [1, 300]), b)
    expect(Array.from(one.dataSync())).toEqual(Array.from(all.dataSync().slice(17 * 70, 18 * 70)))
    tf.dispose([a, b, all, one])
  })

  it('refuses inner lengths that differ', async () => {
    await tf.setBackend('wasm')
    expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow()
  })

  it('survives growth of the heap and leaves no tensor behind', async () => {
    await tf.setBackend('wasm')
    const before = tf.memory().numTensors
    const small = tf.tensor2d(values([8, 8], 'small'), [8, 8])
    const first = Array.from(tf.tidy(() => tf.matMul(small, small)).dataSync())
    // 128 MB more than before, so the heap must be another buffer now.
    const large = Array.from({ length: 4 }, () => tf.zeros([4096, 2048]))
    const again = tf.tidy(() => tf.matMul(small, small))
    expect(Array.from(again.dataSync())).toEqual(first)
    tf.dispose([...large, small, again])
    expect(tf.memory().numTensors - before).toBe(1)
  })
})
