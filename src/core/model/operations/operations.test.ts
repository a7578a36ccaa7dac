import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../random/random.ts'
import type { Tensor, Tensor1D, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { erfReference, relativeError, testBackends } from '../test-support.ts'
import { gelu } from './gelu.ts'
import './gradients.ts'
import { divideByRowMaximum, layerNorm } from './layer-norm.ts'
import { linear } from './linear.ts'
import { normalise } from './normalise.ts'

const rows = 5
const columns = 7

type Function64 = (x: number[]) => number[]

/** Gradient of Σ w·f(x) by central differences in double precision. */
function numericGradient(f: Function64, x: number[], w: number[]): number[] {
  const step = 1e-5
  const weighted = (at: number[]) => f(at).reduce((sum, value, i) => sum + value * w[i]!, 0)
  return x.map((_, i) => {
    const up = x.map((value, j) => (i === j ? value + step : value))
    const down = x.map((value, j) => (i === j ? value - step : value))
    return (weighted(up) - weighted(down)) / (2 * step)
  })
}

function perRow(f: (row: number[]) => number[], width: number): Function64 {
  return (x) => Array.from({ length: x.length / width }, (_, r) => f(x.slice(r * width, (r + 1) * width))).flat()
}

const numbers = (count: number, key: string) => Array.from(Random.of(11, key).normals(count))
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

const x = numbers(rows * columns, 'x')
const dy = numbers(rows * columns, 'dy')
const gain = numbers(columns, 'gain')
const bias = numbers(columns, 'bias')

function normReference(row: number[]): number[] {
  const mean = sum(row) / row.length
  const variance = sum(row.map((v) => (v - mean) ** 2)) / row.length
  return row.map((v, j) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gain[j]! + bias[j]!)
}

/** Makes the operation; its constants are made before the tape starts, as the weights of a model are. */
type Make = () => (t: Tensor2D) => Tensor2D

const references: readonly [string, Make, Function64][] = [
  ['gelu', () => (t) => gelu(t), (at) => at.map((v) => (v / 2) * (1 + erfReference(v * Math.SQRT1_2)))],
  [
    'layerNorm',
    () => {
      const layer = { gain: tf.tensor1d(gain), bias: tf.tensor1d(bias), trained: false }
      return (t) => layerNorm(t, layer)
    },
    perRow(normReference, columns),
  ],
  ['normalise', () => (t) => normalise(t), perRow((row) => row.map((v) => v / Math.hypot(...row)), columns)],
]

describe.each(testBackends)('fused operations on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    await tf.ready()
  })

  it.each(references)('%s: value and gradient equal double precision', (_name, make, reference) => {
    tf.tidy(() => {
      const operation = make()
      const input = tf.tensor2d(x, [rows, columns])
      const weight = tf.tensor2d(dy, [rows, columns])
      expect(relativeError(operation(input).dataSync<'float32'>(), reference(x))).toBeLessThan(2e-6)
      const gradient = tf.valueAndGrad(operation)(input, weight).grad
      expect(relativeError(gradient.dataSync<'float32'>(), numericGradient(reference, x, dy))).toBeLessThan(1e-5)
    })
  })

  it('gelu follows the exact form into both tails and applies the dropout mask', () => {
    tf.tidy(() => {
      const points = Array.from({ length: 241 }, (_, i) => -6 + i * 0.05)
      const exact = points.map((v) => (v / 2) * (1 + erfReference(v * Math.SQRT1_2)))
      const actual = gelu(tf.tensor2d(points, [1, points.length])).dataSync<'float32'>()
      const worst = Math.max(...points.map((_, i) => Math.abs(actual[i]! - exact[i]!)))
      expect(worst).toBeLessThan(5e-7)

      const keep = tf.tensor2d([0, 2, 1], [1, 3])
      const input = tf.tensor2d([0.5, 0.5, 0.5], [1, 3])
      const { value, grad } = tf.valueAndGrad((t: Tensor2D) => gelu(t, keep))(input, tf.ones<tf.Rank.R2>([1, 3]))
      const [dropped, doubled, kept] = value.dataSync<'float32'>()
      expect([dropped, doubled]).toEqual([0, 2 * kept!])
      const slopes = grad.dataSync<'float32'>()
      expect(slopes[0]).toBe(0)
      expect(slopes[1]).toBeCloseTo(2 * slopes[2]!, 6)
    })
  })

  it.each([
    ['fewer rows than units', 3, 4, 6],
    ['more rows than units', 8, 4, 6],
  ])('linear with %s: value and gradients of input, weight and bias', (_name, count, inputs, outputs) => {
    tf.tidy(() => {
      const values = numbers(count * inputs, 'input')
      const w = numbers(outputs * inputs, 'weight')
      const b = numbers(outputs, 'bias')
      const seedOfLoss = numbers(count * outputs, 'loss')
      const forward = (at: number[], weights: number[], biases: number[]) =>
        Array.from({ length: count * outputs }, (_, i) => {
          const [r, o] = [Math.floor(i / outputs), i % outputs]
          return (
            biases[o]! + sum(Array.from({ length: inputs }, (_u, k) => at[r * inputs + k]! * weights[o * inputs + k]!))
          )
        })
      const tensors: [Tensor2D, Tensor2D, Tensor1D] = [
        tf.tensor2d(values, [count, inputs]),
        tf.tensor2d(w, [outputs, inputs]),
        tf.tensor1d(b),
      ]
      const loss = tf.tensor2d(seedOfLoss, [count, outputs])
      const { value, grads } = tf.valueAndGrads((t: Tensor, weight: Tensor, offset: Tensor) =>
        linear(t as Tensor2D, { weight: weight as Tensor2D, bias: offset as Tensor1D, trained: true }),
      )(tensors, loss)
      expect(relativeError(value.dataSync<'float32'>(), forward(values, w, b))).toBeLessThan(1e-6)
      const expected = [
        numericGradient((at) => forward(at, w, b), values, seedOfLoss),
        numericGradient((at) => forward(values, at, b), w, seedOfLoss),
        numericGradient((at) => forward(values, w, at), b, seedOfLoss),
      ]
      for (const [i, gradient] of grads.entries()) {
        expect(relativeError(gradient.dataSync<'float32'>(), expected[i]!)).toBeLessThan(1e-5)
      }
      // Frozen: only the input's gradient, the same one.
      const frozen = tf.valueAndGrad((t: Tensor2D) =>
        linear(t, { weight: tensors[1], bias: tensors[2], trained: false }),
      )(tensors[0], loss)
      expect(relativeError(frozen.grad.dataSync<'float32'>(), expected[0]!)).toBeLessThan(1e-5)
    })
  })

  it('linear refuses an input of another width', () => {
    tf.tidy(() => {
      const layer = { weight: tf.zeros<tf.Rank.R2>([2, 3]), bias: null, trained: false }
      expect(() => linear(tf.zeros([1, 4]), layer)).toThrow(/3 inputs got 4/)
    })
  })

  it('divideByRowMaximum holds the maximum constant in the gradient', () => {
    tf.tidy(() => {
      const input = tf.tensor2d([1, 2, 4, -1, -2, -8], [2, 3])
      const { value, grad } = tf.valueAndGrad((t: Tensor2D) => divideByRowMaximum(t))(
        input,
        tf.ones<tf.Rank.R2>([2, 3]),
      )
      expect(Array.from(value.dataSync())).toEqual([0.25, 0.5, 1, 1, 2, 8])
      expect(Array.from(grad.dataSync())).toEqual([0.25, 0.25, 0.25, -1, -1, -1])
    })
  })

  it('the plain operations on the tape have right gradients through broadcasting, slices and products', () => {
    // A function through every registered gradient; differences of a loss of order 1 in single precision.
    const f = (a: Tensor, b: Tensor): Tensor => {
      const product = tf.matMul(
        tf.reshape<tf.Rank.R3>(a, [2, 3, 4]),
        tf.transpose(tf.reshape<tf.Rank.R3>(b, [2, 2, 4]), [0, 2, 1]),
      )
      const row = tf.reshape(tf.slice(b, [1, 0], [1, 2]), [2])
      const shifted = tf.add(tf.mul(tf.sigmoid(product), row), row)
      const joined = tf.concat([shifted, tf.mul(shifted, shifted)], 2)
      return tf.sum(tf.mul(tf.softmax(joined), tf.slice(joined, [0, 0, 0], [2, 3, 4])))
    }
    tf.tidy(() => {
      const a = numbers(24, 'a')
      const b = numbers(16, 'b')
      const tensors = [tf.tensor2d(a, [6, 4]), tf.tensor2d(b, [4, 4])]
      const { grads } = tf.valueAndGrads(f)(tensors)
      const step = 1e-2
      for (const [which, values] of [a, b].entries()) {
        const analytic = grads[which]!.dataSync<'float32'>()
        const numeric = values.map((_, i) => {
          const at = (delta: number) => {
            const moved = values.map((value, j) => (i === j ? value + delta : value))
            const other =
              which === 0 ? [tf.tensor2d(moved, [6, 4]), tensors[1]!] : [tensors[0]!, tf.tensor2d(moved, [4, 4])]
            return f(other[0]!, other[1]!).dataSync<'float32'>()[0]!
          }
          return (at(step) - at(-step)) / (2 * step)
        })
        expect(relativeError(analytic, numeric)).toBeLessThan(2e-3)
      }
    })
  })
})
