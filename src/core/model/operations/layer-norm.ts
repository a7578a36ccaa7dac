/** Layer normalisation over the last axis of a matrix, biased variance, ε = 1e-5 (PyTorch's LayerNorm). */
import type { Tensor, Tensor1D, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { fused } from './operation.ts'

/** The tensors must outlive the tape; they are not copied for the gradient. */
export interface NormLayer {
  /** One gain per column. */
  readonly gain: Tensor1D
  /** One offset per column; null for none. */
  readonly bias: Tensor1D | null
  readonly trained: boolean
}

const epsilon = 1e-5

/** x (rows × columns): every row to mean 0 and variance 1, then gain and bias. */
export function layerNorm(x: Tensor2D, layer: NormLayer): Tensor2D {
  const { gain, bias, trained } = layer
  const inputs: Tensor[] = trained ? (bias === null ? [x, gain] : [x, gain, bias]) : [x]
  return fused<Tensor2D>(inputs, () => {
    const centred = tf.sub(x, tf.mean(x, 1, true))
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon))
    const normal = tf.mul<Tensor2D>(centred, inverse)
    const scaled = tf.mul<Tensor2D>(normal, gain)
    return {
      value: bias === null ? scaled : tf.add(scaled, bias),
      save: [normal, inverse],
      gradient: (dy, [n, r]) => {
        const dn = tf.mul(dy, gain)
        const along = tf.mul(n!, tf.mean(tf.mul(dn, n!), 1, true))
        const dx = tf.mul(r!, tf.sub(tf.sub(dn, tf.mean(dn, 1, true)), along))
        if (!trained) return [dx]
        const dGain = tf.sum(tf.mul(dy, n!), 0)
        return bias === null ? [dx, dGain] : [dx, dGain, tf.sum(dy, 0)]
      },
    }
  })
}

/** x / max(x) per row, with the maximum held constant in the gradient (the "stable" norm of MindEye2's prior). */
export function divideByRowMaximum(x: Tensor2D): Tensor2D {
  return fused<Tensor2D>([x], () => {
    const maximum = tf.max(x, 1, true)
    return { value: tf.div(x, maximum), save: [maximum], gradient: (dy, [m]) => [tf.div(dy, m!)] }
  })
}
