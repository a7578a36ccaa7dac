/**
 * y = x Wᵀ + b with W stored [out][in], as PyTorch stores it.
 *
 * The product is written without a transposed weight: the WebAssembly backend multiplies plain operands an order of
 * magnitude faster than transposed ones, and it repacks its right operand in every product. So the small operand (the
 * activations of one batch) is transposed, and stands on the right, unless there are more rows than units.
 */
import type { Tensor, Tensor1D, Tensor2D } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import { fused } from './operation.ts'

/** The tensors must outlive the tape, as the weights of a training step do: they are not copied for the gradient. */
export interface LinearLayer {
  /** out × in. */
  readonly weight: Tensor2D
  /** out; null for none. */
  readonly bias: Tensor1D | null
  /** Whether gradients of weight and bias are wanted. When not, they are not computed. */
  readonly trained: boolean
}

/** x · wᵀ for x (rows × in) and w (out × in) → rows × out. */
function timesTransposed(x: Tensor2D, w: Tensor2D): Tensor2D {
  return x.shape[0] <= w.shape[0] ? tf.transpose(tf.matMul(w, tf.transpose(x))) : tf.matMul(x, tf.transpose(w))
}

/** x (rows × in) → rows × out. */
export function linear(x: Tensor2D, layer: LinearLayer): Tensor2D {
  const { weight, bias, trained } = layer
  if (x.shape[1] !== weight.shape[1]) {
    throw new RangeError(`linear layer of ${weight.shape[1]} inputs got ${x.shape[1]}`)
  }
  const inputs: Tensor[] = trained ? (bias === null ? [x, weight] : [x, weight, bias]) : [x]
  return fused<Tensor2D>(inputs, () => {
    const product = timesTransposed(x, weight)
    return {
      value: bias === null ? product : tf.add(product, bias),
      save: trained ? [x] : [],
      gradient: (dy, [kept]) => {
        const dx = tf.matMul(dy, weight)
        if (!trained) return [dx]
        const dw = tf.matMul(tf.transpose(dy), kept as Tensor2D)
        return bias === null ? [dx, dw] : [dx, dw, tf.sum(dy, 0)]
      },
    }
  })
}
