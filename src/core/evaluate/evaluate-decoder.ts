/** All metrics of one decoder on held-out data: pictures or labels. The names are the contract's and the tables'. */
import type { Targets } from '../data/subject-data.ts'
import { unwrap } from '../problem.ts'
import {
  accuracy,
  balancedAccuracy,
  type Confusion,
  confusionMatrix,
  nearestLabel,
  type Permutation,
  permutationNull,
} from './classification.ts'
import { explainedVariance } from './explained-variance.ts'
import { checkFinite } from './finite.ts'
import { correlationDistance, twoWayIdentification } from './identification.ts'
import { comparePairs, type PictureComparer, type PicturePair } from './image-metrics.ts'
import { meanMetric } from './intervals.ts'
import type { Metric } from './metric.ts'
import { nearestOf, type Ranks, ranksAmong, retrievalFrom } from './retrieval.ts'
import { cosineMatrix } from './similarity.ts'

/** How many near misses are kept per item and direction. */
export const nearestShown = 5

export interface Prediction {
  readonly trials: number
  /** trials × dimensions: the projector's output, for retrieval. */
  readonly projected: Float32Array
  /** trials × dimensions: the prior's output, in the space of the embedding, for reconstruction. */
  readonly embedding: Float32Array
}

export interface PictureEvaluation {
  readonly metrics: Record<string, Metric>
  readonly ranks: Ranks
  /** Per item its most similar items in both directions. */
  readonly nearest: ReturnType<typeof nearestOf>
  readonly pixCorr: Float64Array
  readonly ssim: Float64Array
}

/**
 * Held-out pictures, one averaged trial each. `pictures` gives the true and the reconstructed picture of trial i; without it PixCorr
 * and SSIM are left out. `item[i]` is the row of `targets` shown in trial i. Throws ProblemError NOT_FINITE where a prediction is not
 * a number.
 */
export function evaluatePictures(
  prediction: Prediction,
  targets: Targets,
  item: Int32Array,
  seed: number,
  pictures?: (trial: number) => PicturePair,
  compare: PictureComparer = comparePairs,
): PictureEvaluation {
  const { trials } = prediction
  unwrap(checkFinite(prediction.projected, targets.dimensions, 'projected embedding'))
  unwrap(checkFinite(prediction.embedding, targets.dimensions, 'predicted embedding'))
  const truth = rowsOf(targets, item)
  const similarity = cosineMatrix(prediction.projected, truth, trials, trials)
  const raw = retrievalFrom(similarity, trials, seed)
  const scaled = retrievalFrom(similarity, trials, seed, 1, true)
  const from = targets.semanticStart < targets.dimensions ? targets.semanticStart : 0
  const predictedMeaning = columnsFrom(prediction.embedding, trials, targets.dimensions, from)
  const trueMeaning = columnsFrom(truth, trials, targets.dimensions, from)
  const metrics: Record<string, Metric> = {
    brainToImage: raw.brainToImage,
    imageToBrain: raw.imageToBrain,
    brainToImageCsls: scaled.brainToImage,
    imageToBrainCsls: scaled.imageToBrain,
    twoWay: meanMetric(twoWayIdentification(predictedMeaning, trueMeaning, trials), 'higher', 0.5, seed),
    correlationDistance: meanMetric(correlationDistance(predictedMeaning, trueMeaning, trials), 'lower', 1, seed),
    embeddingR2: explainedVariance(prediction.embedding, truth, trials, seed),
  }
  const none = { pixCorr: new Float64Array(0), ssim: new Float64Array(0) }
  const { pixCorr, ssim } = pictures ? compare(pictures, trials) : none
  if (pictures) {
    metrics.pixCorr = meanMetric(pixCorr, 'higher', 0, seed)
    metrics.ssim = meanMetric(ssim, 'higher', null, seed)
  }
  return {
    metrics,
    ranks: ranksAmong(
      similarity,
      trials,
      Int32Array.from({ length: trials }, (_, i) => i),
    ),
    nearest: nearestOf(similarity, trials, nearestShown),
    pixCorr,
    ssim,
  }
}

export interface LabelEvaluation {
  readonly metrics: Record<string, Metric>
  readonly confusion: Confusion
  readonly permutation: Permutation
  readonly answered: Int32Array
}

/** Held-out trials with labels; `label[i]` is the row of `targets` of trial i, `run` groups trials for the permutation null. */
export function evaluateLabels(
  prediction: Pick<Prediction, 'trials' | 'projected'>,
  targets: Targets,
  label: Int32Array,
  run: Int32Array,
  seed: number,
): LabelEvaluation {
  const count = targets.names.length
  const answered = nearestLabel(prediction.projected, targets.vectors, prediction.trials, count)
  return evaluateAnswers(answered, targets.names, label, run, seed)
}

/** The same from answers gathered over folds. */
export function evaluateAnswers(
  answered: Int32Array,
  labels: readonly string[],
  label: Int32Array,
  run: Int32Array,
  seed: number,
): LabelEvaluation {
  return {
    metrics: {
      accuracy: accuracy(answered, label, labels.length),
      balancedAccuracy: balancedAccuracy(answered, label, labels.length, seed),
    },
    confusion: confusionMatrix(answered, label, labels),
    permutation: permutationNull(answered, label, run, seed),
    answered,
  }
}

function rowsOf(targets: Targets, item: Int32Array): Float32Array {
  const { dimensions } = targets
  const out = new Float32Array(item.length * dimensions)
  for (let i = 0; i < item.length; i++)
    out.set(targets.vectors.subarray(item[i]! * dimensions, (item[i]! + 1) * dimensions), i * dimensions)
  return out
}

function columnsFrom(values: Float32Array, rows: number, columns: number, from: number): Float32Array {
  const out = new Float32Array(rows * (columns - from))
  for (let r = 0; r < rows; r++) out.set(values.subarray(r * columns + from, (r + 1) * columns), r * (columns - from))
  return out
}
