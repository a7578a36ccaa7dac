/** Mean over all elements of (prediction − target)², the loss of every prior (MindEye2; TROI eq. 3 writes the sum). */
import type { Scalar, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { fused } from '../operations/operation.ts'

/** Differentiable in `prediction`; `target` is a constant of the same shape. */
export function meanSquaredError(prediction: Tensor2D, target: Tensor2D): Scalar {
  return fused<Scalar>([prediction], () => {
    const difference = tf.sub<Tensor2D>(prediction, target)
    return {
      value: tf.mean<Scalar>(tf.square(difference)),
      save: [difference],
      gradient: (dy, [d]) => [tf.mul(d!, tf.mul(dy, 2 / difference.size))],
    }
  })
}
