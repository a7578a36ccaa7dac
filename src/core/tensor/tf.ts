/**
 * The only door to TensorFlow.js in the core. Nothing else under `src/core` imports `@tensorflow/*`, so the tensor
 * library can be replaced behind this file and `SubjectLayer`. The backend (cpu, wasm, webgpu, tensorflow) is chosen
 * and registered by the host before any tensor is made.
 */
import * as tf from '@tensorflow/tfjs-core'

export type { Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core'
export { tf }
