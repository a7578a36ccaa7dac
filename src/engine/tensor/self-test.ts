/** One training step of a tiny layer, one gradient of the tensor library and one product, compared with float64 loops. */
import '../../core/model/operations/gradients.ts'
import { Random } from '../../core/random/random.ts'
import type { Compute } from '../../core/tensor/compute.ts'
import { referenceDenseKernels } from '../../core/tensor/reference-dense-kernels.ts'
import { freshSubjectLayerState } from '../../core/tensor/subject-layer.ts'
import { tf } from '../../core/tensor/tf.ts'

export interface SelfTest {
  readonly passed: boolean
  readonly worstRelativeError: number
}

const tolerance = 1e-4
const [voxels, hidden, rows] = [37, 16, 6]
const learningRate = 0.01

/** h, the root mean square of dL/dm, and h after one step of AdamW on W and of Adam on the mask, in float64. */
function expected(w: Float32Array, x: Float32Array, dh: Float32Array): number[] {
  const forward = (weights: ArrayLike<number>, bias: ArrayLike<number>) =>
    Array.from({ length: rows * hidden }, (_, at) => {
      let sum = bias[at % hidden]!
      for (let v = 0; v < voxels; v++)
        sum += x[Math.floor(at / hidden) * voxels + v]! * weights[v * hidden + (at % hidden)]!
      return sum
    })
  // The first Adam step moves every number by the learning rate against the sign of its gradient, but for epsilon.
  const move = (gradient: number) => (learningRate * gradient) / (Math.abs(gradient) + 1e-8)
  const moved = new Float64Array(voxels * hidden)
  let squares = 0
  for (let v = 0; v < voxels; v++) {
    const gradient = Array.from({ length: hidden }, (_, j) => {
      let sum = 0
      for (let r = 0; r < rows; r++) sum += x[r * voxels + v]! * dh[r * hidden + j]!
      return sum
    })
    const ofMask = gradient.reduce((sum, value, j) => sum + value * w[v * hidden + j]!, 0)
    squares += ofMask * ofMask
    const mask = 1 - move(ofMask)
    // Held in W, so that one forward serves both: h sees W only through m ∘ W.
    gradient.forEach((value, j) => {
      moved[v * hidden + j] = mask * (w[v * hidden + j]! - move(value))
    })
  }
  const bias = Float64Array.from({ length: hidden }, (_, j) => {
    let gradient = 0
    for (let r = 0; r < rows; r++) gradient += dh[r * hidden + j]!
    return -move(gradient)
  })
  return [...forward(w, new Float64Array(hidden)), Math.sqrt(squares / voxels), ...forward(moved, bias)]
}

/** dL/dh of L = Σ (h W)², by the tape of the tensor library on its present backend; hidden × voxels stands for the network. */
async function tapeGradient(h: Float32Array, w: Float32Array): Promise<Float32Array> {
  const gradient = tf.tidy(() => {
    const weights = tf.tensor2d(w, [hidden, voxels])
    const squared = (x: tf.Tensor) => {
      const y = tf.matMul(x as tf.Tensor2D, weights)
      return tf.mul(y, y)
    }
    return tf.grad(squared)(tf.tensor2d(h, [rows, hidden]))
  })
  const values = await gradient.data<'float32'>()
  gradient.dispose()
  return values
}

/** The same in float64: 2 h W Wᵀ. */
function exactGradient(h: Float32Array, w: Float32Array): Float32Array {
  const exact = referenceDenseKernels()
  const twice = exact.matmul(h, w, rows, hidden, voxels).map((value) => 2 * value)
  return exact.matmul(twice, w, rows, voxels, hidden, { transposeB: true })
}

export async function runSelfTest(compute: Compute): Promise<SelfTest> {
  const random = Random.of(1, 'self-test')
  const w = random.normals(voxels * hidden)
  const x = random.normals(rows * voxels)
  const dh = random.normals(rows * hidden)
  const layer = compute.subjectLayer(freshSubjectLayerState(w.slice(), new Float32Array(hidden)))
  const before = layer.forward(x, rows)
  const gradient = tf.tensor2d(dh, [rows, hidden])
  const step = { learningRate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 1 }
  layer.backward(gradient, { weights: step, mask: { ...step, l1: 0, nonNegative: false } })
  const maskGradient = await layer.readMaskGradientRms()
  const after = layer.forward(x, rows)
  const measured = [...(await before.data()), maskGradient, ...(await after.data())]
  tf.dispose([before, gradient, after])
  layer.dispose()

  const product = compute.kernels.matmul(x, w, rows, voxels, hidden)
  const exact = referenceDenseKernels().matmul(x, w, rows, voxels, hidden)
  let worst = 0
  const compare = (got: ArrayLike<number>, wanted: ArrayLike<number>) => {
    for (let i = 0; i < wanted.length; i++)
      worst = Math.max(worst, Math.abs(got[i]! - wanted[i]!) / Math.max(1, Math.abs(wanted[i]!)))
    if (got.length !== wanted.length) worst = Number.POSITIVE_INFINITY
  }
  compare(measured, expected(w, x, dh))
  compare(product, exact)
  compare(await tapeGradient(dh, w), exactGradient(dh, w))
  return { passed: Number.isFinite(worst) && worst <= tolerance, worstRelativeError: worst }
}
