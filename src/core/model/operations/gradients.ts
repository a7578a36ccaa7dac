/**
 * Gradients of the plain tensor operations the model uses on the tape. TensorFlow.js core brings the tape but, outside
 * its all-in-one package, no gradient functions; these are the ten the model needs, written so that every one runs on
 * every backend (no gather, no einsum, no comparison of differentiated tensors). Everything heavier (linear, layer norm,
 * GELU, losses) is a fused operation with its own gradient, see `operation.ts`.
 *
 * Importing this file registers them once, and leaves alone what a host has registered already.
 */
import type { Tensor } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'

/** Sums `dy` over the axes along which an input of this shape was broadcast. */
function sumToShape(dy: Tensor, shape: number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, dy.shape)
  const summed = axes.length > 0 ? tf.sum(dy, axes) : dy
  return tf.reshape(summed, shape)
}

function single(dy: Tensor | Tensor[]): Tensor {
  if (Array.isArray(dy)) throw new TypeError('this operation has one output')
  return dy
}

const configurations: readonly tf.GradConfig[] = [
  {
    kernelName: tf.Add,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => sumToShape(single(dy), a!.shape),
      b: () => sumToShape(single(dy), b!.shape),
    }),
  },
  {
    kernelName: tf.Multiply,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => sumToShape(tf.mul(single(dy), b!), a!.shape),
      b: () => sumToShape(tf.mul(single(dy), a!), b!.shape),
    }),
  },
  {
    kernelName: tf.BatchMatMul,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b], attributes) => {
      if (attributes.transposeA || attributes.transposeB) {
        throw new TypeError('transpose explicitly before a product on the tape')
      }
      return {
        a: () => tf.matMul(single(dy), b!, false, true),
        b: () => tf.matMul(a!, single(dy), true, false),
      }
    },
  },
  {
    kernelName: tf.Reshape,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.reshape(single(dy), x!.shape) }),
  },
  {
    kernelName: tf.Transpose,
    gradFunc: (dy, _, attributes) => {
      const permutation = attributes.perm as number[]
      const inverse = permutation.map((_axis, i) => permutation.indexOf(i))
      return { x: () => tf.transpose(single(dy), inverse) }
    },
  },
  {
    kernelName: tf.Concat,
    saveAllInputs: true,
    gradFunc: (dy, inputs, attributes) => {
      const axis = tf.util.parseAxisParam(attributes.axis as number, inputs[0]!.shape)[0]!
      const parts = tf.split(
        single(dy),
        inputs.map((input) => input.shape[axis]!),
        axis,
      )
      return Object.fromEntries(parts.map((part, i) => [i, () => part]))
    },
  },
  {
    kernelName: tf.Slice,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const [begin, size] = tf.slice_util.parseSliceParams(
        x!,
        attributes.begin as number[],
        attributes.size as number[],
      ) as [number[], number[]]
      const margins = x!.shape.map((length, i): [number, number] => [begin[i]!, length - begin[i]! - size[i]!])
      return { x: () => tf.pad(single(dy), margins) }
    },
  },
  {
    kernelName: tf.Softmax,
    outputsToSave: [true],
    gradFunc: (dy, [y], attributes) => ({
      logits: () => {
        const weighted = tf.mul(single(dy), y!)
        return tf.sub(weighted, tf.mul(tf.sum(weighted, attributes.dim as number, true), y!))
      },
    }),
  },
  {
    kernelName: tf.Sigmoid,
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => tf.mul(single(dy), tf.mul(y!, tf.sub(1, y!))) }),
  },
  {
    kernelName: tf.Sum,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const kept = [...x!.shape]
      for (const axis of tf.util.parseAxisParam(attributes.axis as number[], x!.shape)) kept[axis] = 1
      return { x: () => tf.mul(tf.reshape(single(dy), kept), tf.onesLike(x!)) }
    },
  },
]

for (const configuration of configurations) {
  if (tf.getGradient(configuration.kernelName) == null) tf.registerGradient(configuration)
}
