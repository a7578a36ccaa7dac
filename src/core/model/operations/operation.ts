/**
 * A fused operation with a gradient of its own: one entry on the tape, as few kernel calls as possible. A training step
 * of this model is short (some milliseconds), so the number of calls, each with a fixed cost, is what counts.
 */
import type { Tensor } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'

export interface Fused<T extends Tensor> {
  readonly value: T
  /** Tensors the gradient needs. What is not listed here no longer exists when the gradient runs. */
  readonly save: Tensor[]
  /** One gradient per input, in the order of the inputs. */
  readonly gradient: (dy: T, saved: Tensor[]) => Tensor[]
}

/** Runs `forward` (which may read `inputs` directly) and puts it on the tape as one operation of `inputs`. */
export function fused<T extends Tensor>(inputs: Tensor[], forward: () => Fused<T>): T {
  const operation = tf.customGrad<T>((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc
    const result = forward()
    save(result.save)
    return { value: result.value, gradFunc: (dy, saved) => tf.tidy(() => result.gradient(dy, saved)) }
  })
  return operation(...inputs)
}
