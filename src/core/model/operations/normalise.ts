/** Division by the Euclidean norm along the last axis (cosine similarity), safe at zero: x / max(‖x‖, 1e-12). */
import type { Tensor } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { fused } from './operation.ts'

const smallestNorm = 1e-12

export function normalise<T extends Tensor>(x: T): T {
  return fused<T>([x], () => {
    const norm = tf.maximum(tf.sqrt(tf.sum(tf.square(x), -1, true)), smallestNorm)
    const unit = tf.div<T>(x, norm)
    return {
      value: unit,
      save: [unit, norm],
      gradient: (dy, [u, n]) => [tf.div(tf.sub(dy, tf.mul(u!, tf.sum(tf.mul(dy, u!), -1, true))), n!)],
    }
  })
}
