/**
 * Cross-fitted ridge weights from voxels to the backbone's input latents: every trial gets weights that were fitted on
 * other trials, so what a voxel contributes to its prediction is what it contributes to unseen data.
 *
 *   W_k = X_aᵀ (K_aa + λ I)⁻¹ (Z_a − mean Z_a),   a = trials outside fold k
 *   α   = √(mean variance of the latents in pretraining / mean variance of the held-out predictions)
 *
 * α undoes the shrinkage of ridge, so that the backbone sees latents as widely spread as those it was trained on.
 */

import { solvePositiveDefinite } from '../linear/positive-definite.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import type { DenseKernels, ResidentMatrix } from '../tensor/dense-kernels.ts'
import { centre } from './backbone.ts'
import { penalisedGram, type SubjectGram } from './subject-gram.ts'

export interface CrossFit {
  /** W_kᵀ of each fold, latents × voxels. */
  readonly weights: readonly ResidentMatrix[]
  /** Fold of each trial: the weights it must be decoded with. */
  readonly foldOfTrial: Int32Array
  /** α */
  readonly scale: number
  /** Held-out predictions before scaling, trials × latents. */
  readonly predictions: Float64Array
  dispose(): void
}

export interface CrossFitInput {
  /** Z: trials × latents, row-major. */
  readonly latents: Float64Array
  readonly foldOfTrial: Int32Array
  readonly folds: number
  /** λ = this × number of voxels. */
  readonly ridge: number
  /** Mean over the latents of their variance in pretraining. */
  readonly latentVariance: number
}

export async function crossFit(
  subject: SubjectGram,
  input: CrossFitInput,
  kernels: DenseKernels,
  context: RunContext,
): Promise<CrossFit> {
  const { trials, voxels } = subject
  const width = input.latents.length / trials
  const predictions = new Float64Array(trials * width)
  const weights: ResidentMatrix[] = []
  for (let fold = 0; fold < input.folds; fold++) {
    const duals = foldDuals(subject, input, fold)
    addPredictions(subject, duals, fold, input.foldOfTrial, predictions)
    await context.breathe()
    const block = subject.x.times(transposed(duals, trials, width), width)
    weights.push(kernels.resident(block, width, voxels))
    await context.breathe()
  }
  const { variance } = centre(predictions, trials)
  const spread = variance.reduce((sum, value) => sum + value / width, 0)
  const scale = spread > 0 ? Math.sqrt(input.latentVariance / spread) : 1
  const dispose = () => {
    for (const matrix of weights) matrix.dispose()
  }
  return { weights, foldOfTrial: input.foldOfTrial, scale, predictions, dispose }
}

/** Dual coefficients of one fold, trials × latents: zero for the trials of the fold itself. */
function foldDuals(subject: SubjectGram, { latents, foldOfTrial, ridge }: CrossFitInput, fold: number): Float64Array {
  const { trials, voxels } = subject
  const width = latents.length / trials
  const outside = Int32Array.from(foldOfTrial.keys()).filter((trial) => foldOfTrial[trial] !== fold)
  const mean = new Float64Array(width)
  for (const trial of outside) {
    for (let j = 0; j < width; j++) mean[j]! += latents[trial * width + j]! / outside.length
  }
  const right = new Float64Array(outside.length * width)
  outside.forEach((trial, row) => {
    for (let j = 0; j < width; j++) right[row * width + j] = latents[trial * width + j]! - mean[j]!
  })
  const solved = solvePositiveDefinite(penalisedGram(subject, ridge * voxels, outside), outside.length, right, width)
  const duals = new Float64Array(trials * width)
  outside.forEach((trial, row) => {
    duals.set(solved.subarray(row * width, (row + 1) * width), trial * width)
  })
  return duals
}

/** K_ka C_a for the trials of the fold: their predictions, without a pass over the voxels. */
function addPredictions(
  { gram, trials }: SubjectGram,
  duals: Float64Array,
  fold: number,
  foldOfTrial: Int32Array,
  predictions: Float64Array,
): void {
  const width = duals.length / trials
  for (let trial = 0; trial < trials; trial++) {
    if (foldOfTrial[trial] !== fold) continue
    const to = predictions.subarray(trial * width, (trial + 1) * width)
    for (let other = 0; other < trials; other++) {
      if (foldOfTrial[other] === fold) continue
      const similarity = gram[trial * trials + other]!
      const row = duals.subarray(other * width, (other + 1) * width)
      for (let j = 0; j < width; j++) to[j]! += similarity * row[j]!
    }
  }
}

function transposed(values: Float64Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = values[i * columns + j]!
  return out
}
