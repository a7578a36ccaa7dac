/**
 * The subject layer: h = W (m ∘ x) + b, voxels in, hidden units out, one per subject (TROI eq. 1-2, MindEye2 "ridge").
 *
 * It holds 93-98 % of the work of a training step, so it is the one object with an implementation per engine: plain
 * tensor operations (the reference), WebAssembly SIMD on worker threads, and later WGSL. It owns its weights, bias,
 * mask and their optimiser moments, and it applies its own update, because the weight gradient (voxels × hidden) is
 * never stored: one pass over W computes xᵀdh, the mask gradient rowsum(W ∘ xᵀdh), AdamW on W and Adam on the mask.
 *
 * The layer is outside the gradient tape: `forward` gives h as a tensor, the caller differentiates its loss with
 * respect to h and hands the gradient to `backward`. Both calls only enqueue work on engines that are asynchronous;
 * reading anything back is asynchronous on every engine.
 *
 * Layout of weights everywhere outside an implementation: voxel-major, W[v * hidden + j].
 * Pruned voxels (mask 0 after `prune`) stay pruned and are skipped in every later pass.
 */
import type { Tensor2D } from './tf.ts'

/** Hyper-parameters of one Adam or AdamW step. `step` counts from 1 and drives the bias correction. */
export interface AdamStep {
  readonly learningRate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Decoupled weight decay, multiplied by the learning rate (AdamW). 0 for plain Adam. */
  readonly weightDecay: number
  readonly step: number
}

/** Update of the mask: Adam on dL/dm + l1 · sign(m), then max(m, 0) if `nonNegative`. */
export interface MaskStep extends AdamStep {
  readonly l1: number
  readonly nonNegative: boolean
}

export interface SubjectLayerUpdate {
  /** AdamW on W; null keeps W and b fixed. The bias uses the same step with weight decay 0. */
  readonly weights: AdamStep | null
  /** Adam on the mask; null keeps the mask fixed. */
  readonly mask: MaskStep | null
}

/** Everything needed to continue bit-exactly. Lengths: weights* voxels·hidden, bias* hidden, mask* voxels. */
export interface SubjectLayerState {
  readonly voxels: number
  readonly hidden: number
  readonly weights: Float32Array
  readonly weightsFirstMoment: Float32Array
  readonly weightsSecondMoment: Float32Array
  readonly bias: Float32Array
  readonly biasFirstMoment: Float32Array
  readonly biasSecondMoment: Float32Array
  readonly mask: Float32Array
  readonly maskFirstMoment: Float32Array
  readonly maskSecondMoment: Float32Array
  /** 1 where the voxel has not been pruned. */
  readonly alive: Uint8Array
}

export interface SubjectLayer {
  readonly voxels: number
  readonly hidden: number
  readonly engine: 'reference' | 'wasm' | 'webgpu'
  /** x: rows × voxels, row-major, unmasked. Returns h, rows × hidden. x must stay unchanged until `backward`. */
  forward(x: Float32Array, rows: number): Tensor2D
  /**
   * dh: rows × hidden, gradient of the loss with respect to the last `forward`. Applies the update in place. Every gradient
   * is taken at the values before the update. With a mask step, also adds the square of dL/dm (without the L1 term,
   * alive voxels) to the running sum read by `readMaskGradientRms`.
   */
  backward(dh: Tensor2D, update: SubjectLayerUpdate): void
  /** Root mean square of dL/dm over alive voxels and all `backward` calls since the last read; then starts anew. */
  readMaskGradientRms(): Promise<number>
  /** Sets m[v] = 0 and prunes the voxel where m[v] ≤ threshold (Algorithm 1, line 4). Returns the voxels still alive. */
  prune(threshold: number): Promise<number>
  readMask(): Promise<Float32Array>
  readState(): Promise<SubjectLayerState>
  writeState(state: SubjectLayerState): void
  dispose(): void
}

/** Makes subject layers of one engine. */
export type SubjectLayerFactory = (initial: SubjectLayerState) => SubjectLayer

/** A fresh state: given weights and bias, mask of ones, zero moments, every voxel alive. */
export function freshSubjectLayerState(weights: Float32Array, bias: Float32Array): SubjectLayerState {
  const hidden = bias.length
  const voxels = weights.length / hidden
  if (!Number.isInteger(voxels))
    throw new RangeError(`weights (${weights.length}) must hold voxels × ${hidden} numbers`)
  return {
    voxels,
    hidden,
    weights,
    weightsFirstMoment: new Float32Array(weights.length),
    weightsSecondMoment: new Float32Array(weights.length),
    bias,
    biasFirstMoment: new Float32Array(hidden),
    biasSecondMoment: new Float32Array(hidden),
    mask: new Float32Array(voxels).fill(1),
    maskFirstMoment: new Float32Array(voxels),
    maskSecondMoment: new Float32Array(voxels),
    alive: new Uint8Array(voxels).fill(1),
  }
}
