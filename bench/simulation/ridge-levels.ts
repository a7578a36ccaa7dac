/**
 * Retrieval of the closed-form ridge decoder at the λ that held-out correlation chooses. Retrieval compares directions
 * (cosine), and test trials are averages of three: the λ with the best held-out R² of single trials shrinks more than is good
 * for either, most of all where many voxels carry only noise.
 */
import type { SubjectData, Targets } from '../../src/core/data/subject-data.ts'
import { retrieval } from '../../src/core/evaluate/retrieval.ts'
import { cholesky, solveWithFactor } from '../../src/core/linear/positive-definite.ts'
import { silentContext } from '../../src/core/pipeline/run-context.ts'
import type { DenseKernels } from '../../src/core/tensor/dense-kernels.ts'
import { centre } from '../../src/core/troi/backbone.ts'
import { gatherRows } from '../../src/core/troi/batches.ts'
import { trialFolds } from '../../src/core/troi/closed-form.ts'
import { chosenVoxels, cutColumns, cutRows } from '../../src/core/troi/cut.ts'
import { penalisedGram, subjectGram } from '../../src/core/troi/subject-gram.ts'

/** λ as multiples of the number of voxels. */
const candidates = [0.03, 0.1, 0.3, 1, 3, 10] as const
const folds = 3

export interface RidgeLevels {
  readonly brainToImage: number
  readonly imageToBrain: number
  readonly ridge: number
}

export async function ridgeLevels(
  subject: SubjectData,
  targets: Targets,
  mask: Uint8Array,
  kernels: DenseKernels,
): Promise<RidgeLevels> {
  const index = chosenVoxels(subject, mask)
  const set = cutColumns(subject.train, index)
  const { dimensions } = targets
  const y = centre(gatherRows(targets.vectors, dimensions, set.target), set.trials)
  const shown = Float64Array.from(y.rows)
  const gram = await subjectGram(set, kernels, silentContext())
  const foldOfTrial = trialFolds(set, targets, folds, 0)
  const scores = candidates.map((share) => heldOutCorrelation(gram, shown, dimensions, foldOfTrial, share))
  const ridge = candidates[scores.indexOf(Math.max(...scores))]!
  const factor = cholesky(penalisedGram(gram, ridge * index.length), set.trials)
  const duals = Float32Array.from(solveWithFactor(factor, set.trials, shown, dimensions))
  gram.dispose()
  const weights = kernels.matmul(set.betas, duals, index.length, set.trials, dimensions, { transposeA: true })
  const { trials, betas, target } = subject.test
  const predicted = kernels.matmul(cutRows(betas, trials, index), weights, trials, index.length, dimensions)
  for (let i = 0; i < predicted.length; i++) predicted[i]! += y.mean[i % dimensions]!
  const found = retrieval(predicted, gatherRows(targets.vectors, dimensions, target), trials, 0)
  return { brainToImage: 100 * found.brainToImage.value, imageToBrain: 100 * found.imageToBrain.value, ridge }
}

/** Cosine of all held-out predictions with the targets, as one long vector. */
function heldOutCorrelation(
  gram: { readonly gram: Float64Array; readonly trials: number; readonly voxels: number },
  shown: Float64Array,
  dimensions: number,
  foldOfTrial: Int32Array,
  share: number,
): number {
  let [product, power, total] = [0, 0, 0]
  const row = (trial: number) => shown.subarray(trial * dimensions, (trial + 1) * dimensions)
  for (const fold of new Set(foldOfTrial)) {
    const outside = Int32Array.from(foldOfTrial.keys()).filter((trial) => foldOfTrial[trial] !== fold)
    const right = new Float64Array(outside.length * dimensions)
    outside.forEach((trial, i) => {
      right.set(row(trial), i * dimensions)
    })
    const factor = cholesky(penalisedGram(gram, share * gram.voxels, outside), outside.length)
    const duals = solveWithFactor(factor, outside.length, right, dimensions)
    const predicted = new Float64Array(dimensions)
    foldOfTrial.forEach((own, trial) => {
      if (own !== fold) return
      predicted.fill(0)
      outside.forEach((other, i) => {
        const similarity = gram.gram[trial * gram.trials + other]!
        for (let d = 0; d < dimensions; d++) predicted[d]! += similarity * duals[i * dimensions + d]!
      })
      const truth = row(trial)
      for (let d = 0; d < dimensions; d++) {
        product += predicted[d]! * truth[d]!
        power += predicted[d]! ** 2
        total += truth[d]! ** 2
      }
    })
  }
  return power > 0 ? product / Math.sqrt(power * total) : 0
}
