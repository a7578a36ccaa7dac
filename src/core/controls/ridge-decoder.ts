/**
 * The closed-form decoder: ridge regression from the chosen voxels straight to the embedding, no backbone, no training.
 * λ is chosen by cross-validation on the training trials (folds by picture, or by run for labels). Where the code is
 * nearly linear it beats the contrastive network, so it stands beside it.
 */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { cholesky, solveWithFactor } from '../linear/positive-definite.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { DenseKernels } from '../tensor/dense-kernels.ts'
import { centre } from '../troi/backbone.ts'
import { gatherRows } from '../troi/batches.ts'
import { checkStage } from '../troi/check.ts'
import { trialFolds } from '../troi/closed-form.ts'
import { chosenVoxels, cutColumns, cutRows } from '../troi/cut.ts'
import { type Decoded, wholeTrials } from '../troi/decoder.ts'
import { type Saved, savedDoubles, savedFloats, savedIntegers, savedNumber, savedText } from '../troi/saved.ts'
import { penalisedGram, subjectGram } from '../troi/subject-gram.ts'

export interface RidgeDecoder {
  readonly subject: string
  readonly voxels: number
  /** Positions of the chosen voxels among them. */
  readonly index: Int32Array
  /** Chosen voxels × dimensions. */
  readonly weights: Float32Array
  /** Mean embedding of the training trials, added to every prediction. */
  readonly mean: Float64Array
  /** λ, as a multiple of the number of chosen voxels. */
  readonly ridge: number
  /** Held-out share of explained variance at the chosen λ. */
  readonly heldOutR2: number
}

/** λ as multiples of the number of voxels. */
const candidates = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] as const
const folds = 3

export async function fitRidgeDecoder(
  subject: SubjectData,
  targets: Targets,
  mask: Uint8Array,
  seed: number,
  kernels: DenseKernels,
  context: RunContext,
): Promise<RidgeDecoder> {
  checkStage(subject, targets, null, null)
  const index = chosenVoxels(subject, mask)
  const set = cutColumns(subject.train, index)
  const { dimensions } = targets
  const y = centre(gatherRows(targets.vectors, dimensions, set.target), set.trials)
  const gram = await subjectGram(set, kernels, context)
  try {
    const foldOfTrial = trialFolds(set, targets, folds, seed)
    const shown = Float64Array.from(y.rows)
    const { ridge, r2 } = await chooseRidge(gram, shown, dimensions, foldOfTrial, context)
    const factor = cholesky(penalisedGram(gram, ridge * index.length), set.trials)
    const duals = Float32Array.from(solveWithFactor(factor, set.trials, shown, dimensions))
    const weights = kernels.matmul(set.betas, duals, index.length, set.trials, dimensions, { transposeA: true })
    const { name: of, space } = subject
    return { subject: of, voxels: space.index.length, index, weights, mean: y.mean, ridge, heldOutR2: r2 }
  } finally {
    gram.dispose()
  }
}

async function chooseRidge(
  gram: { readonly gram: Float64Array; readonly trials: number; readonly voxels: number },
  shown: Float64Array,
  dimensions: number,
  foldOfTrial: Int32Array,
  context: RunContext,
): Promise<{ ridge: number; r2: number }> {
  const residual = new Float64Array(candidates.length)
  let total = 0
  for (const fold of new Set(foldOfTrial)) {
    const outside = Int32Array.from(foldOfTrial.keys()).filter((trial) => foldOfTrial[trial] !== fold)
    const inside = Int32Array.from(foldOfTrial.keys()).filter((trial) => foldOfTrial[trial] === fold)
    if (outside.length === 0) continue
    const right = gather(shown, dimensions, outside)
    for (const value of gather(shown, dimensions, inside)) total += value * value
    for (const [i, share] of candidates.entries()) {
      const factor = cholesky(penalisedGram(gram, share * gram.voxels, outside), outside.length)
      const duals = solveWithFactor(factor, outside.length, right, dimensions)
      residual[i]! += squaredError(gram, duals, outside, inside, shown, dimensions)
      await context.breathe()
    }
  }
  let best = 0
  for (let i = 1; i < candidates.length; i++) if (residual[i]! < residual[best]!) best = i
  return { ridge: candidates[best]!, r2: total > 0 ? 1 - residual[best]! / total : 0 }
}

function squaredError(
  { gram, trials }: { readonly gram: Float64Array; readonly trials: number },
  duals: Float64Array,
  outside: Int32Array,
  inside: Int32Array,
  shown: Float64Array,
  dimensions: number,
): number {
  const predicted = new Float64Array(dimensions)
  let error = 0
  for (const trial of inside) {
    predicted.fill(0)
    outside.forEach((other, row) => {
      const similarity = gram[trial * trials + other]!
      for (let j = 0; j < dimensions; j++) predicted[j]! += similarity * duals[row * dimensions + j]!
    })
    for (let j = 0; j < dimensions; j++) error += (shown[trial * dimensions + j]! - predicted[j]!) ** 2
  }
  return error
}

function gather(values: Float64Array, columns: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * columns)
  rows.forEach((from, to) => {
    out.set(values.subarray(from * columns, (from + 1) * columns), to * columns)
  })
  return out
}

/**
 * Predictions for trials (trials × voxels of the subject). For retrieval they are relative to the mean embedding: ridge
 * shrinks them towards it, and a common part would make some pictures similar to everything. For reconstruction it is added.
 */
export function decodeWithRidge(decoder: RidgeDecoder, betas: Float32Array, kernels: DenseKernels): Decoded {
  const { index, mean, weights } = decoder
  const trials = wholeTrials(betas, decoder)
  const cut = cutRows(betas, trials, index)
  const projected = kernels.matmul(cut, weights, trials, index.length, mean.length)
  const prior = projected.map((value, i) => value + mean[i % mean.length]!)
  return { trials, projected, prior, b: prior }
}

/** Tells a file with a ridge decoder from one with a network. */
export const ridgeDecoderMark = 'ridge decoder'

/** As named arrays and values, for files. */
export function packRidgeDecoder(decoder: RidgeDecoder): Saved {
  const { index, weights, mean, subject, voxels, ridge, heldOutR2 } = decoder
  return {
    values: { format: ridgeDecoderMark, subject, voxels, ridge, heldOutR2 },
    arrays: { index, inputWeights: weights, mean },
  }
}

/** The inverse; throws ProblemError BAD_FILE where something is missing or does not fit together. */
export function unpackRidgeDecoder(saved: Saved): RidgeDecoder {
  const decoder = {
    subject: savedText(saved, 'subject'),
    voxels: savedNumber(saved, 'voxels'),
    index: savedIntegers(saved, 'index'),
    weights: savedFloats(saved, 'inputWeights'),
    mean: savedDoubles(saved, 'mean'),
    ridge: savedNumber(saved, 'ridge'),
    heldOutR2: savedNumber(saved, 'heldOutR2'),
  }
  if (decoder.weights.length === decoder.index.length * decoder.mean.length) return decoder
  throw new ProblemError({
    code: 'BAD_FILE',
    message: `The saved decoder has ${decoder.weights.length} weights for ${decoder.index.length} voxels and ${decoder.mean.length} dimensions.`,
    where: 'inputWeights',
    expected: `${decoder.index.length * decoder.mean.length} weights`,
    fix: 'Train the decoder again.',
  })
}
