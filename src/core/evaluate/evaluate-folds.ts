/**
 * Metrics of pictures that were held out in several folds. Each prediction competes with the pictures of its own fold, because only
 * those were unseen by the decoder that made it; then items of all folds are pooled.
 */
import type { Targets } from '../data/subject-data.ts'
import { unwrap } from '../problem.ts'
import { type Permutation, permutationNull } from './classification.ts'
import { nearestShown, type Prediction } from './evaluate-decoder.ts'
import { checkFinite } from './finite.ts'
import { correlationDistance, twoWayIdentification } from './identification.ts'
import { comparePairs, type PictureComparer, type PicturePair } from './image-metrics.ts'
import { meanMetric, wilsonInterval } from './intervals.ts'
import type { Metric } from './metric.ts'
import { csls, nearestOf, type Ranks, ranksAmong } from './retrieval.ts'
import { cosineMatrix } from './similarity.ts'

export interface JudgedFold {
  readonly prediction: Prediction
  /** The fold's own, where its embedding was fitted on its own training pictures. */
  readonly targets: Targets
  /** Row of `targets` shown in each averaged trial; every picture once. */
  readonly item: Int32Array
  /** The true and the reconstructed picture of trial i of the fold. */
  readonly pictures?: (trial: number) => PicturePair
}

export interface FoldEvaluation {
  readonly metrics: Record<string, Metric>
  /** Null of brainToImage: which picture was shown shuffled within each fold. */
  readonly permutation: Permutation
  /** Over the items of all folds, in order. */
  readonly ranks: Ranks
  /** Positions among the items of all folds; a fold's own items only. */
  readonly nearest: ReturnType<typeof nearestOf>
  readonly pixCorr: Float64Array
  readonly ssim: Float64Array
}

/** Throws ProblemError NOT_FINITE where a prediction is not a number. */
export function evaluatePictureFolds(
  folds: readonly JudgedFold[],
  seed: number,
  compare: PictureComparer = comparePairs,
): FoldEvaluation {
  const judged = folds.map((fold) => judgeFold(fold, compare))
  const pooled = (of: (fold: JudgedParts) => ArrayLike<number>) =>
    Float64Array.from(judged.flatMap((fold) => Array.from(of(fold))))
  const metric = (
    of: (fold: JudgedParts) => ArrayLike<number>,
    direction: Metric['direction'],
    chance: number | null,
  ) => meanMetric(pooled(of), direction, chance, seed)
  // The mean over all items of one in the number of their fold.
  const chance = judged.length / judged.reduce((sum, { size }) => sum + size, 0)
  // An item is right or wrong, and few folds make few items: Wilson's interval holds where all of them are right.
  const identified = (of: (fold: JudgedParts) => Int32Array): Metric => {
    const ranks = pooled(of)
    const hits = ranks.reduce((sum, rank) => sum + (rank === 0 ? 1 : 0), 0)
    return {
      value: ranks.length > 0 ? hits / ranks.length : 0,
      direction: 'higher',
      chance,
      n: ranks.length,
      interval: wilsonInterval(hits, ranks.length),
    }
  }
  const metrics: Record<string, Metric> = {
    brainToImage: identified(({ ranks }) => ranks.brainToImage),
    imageToBrain: identified(({ ranks }) => ranks.imageToBrain),
    brainToImageCsls: identified(({ scaled }) => scaled.brainToImage),
    imageToBrainCsls: identified(({ scaled }) => scaled.imageToBrain),
    twoWay: metric(({ twoWay }) => twoWay, 'higher', 0.5),
    correlationDistance: metric(({ distance }) => distance, 'lower', 1),
  }
  const [pixCorr, ssim] = [pooled((fold) => fold.pixCorr), pooled((fold) => fold.ssim)]
  if (pixCorr.length > 0) {
    metrics.pixCorr = meanMetric(pixCorr, 'higher', 0, seed)
    metrics.ssim = meanMetric(ssim, 'higher', null, seed)
  }
  const integers = (of: (fold: JudgedParts) => Int32Array) => Int32Array.from(pooled(of))
  const foldOf = Int32Array.from(judged.flatMap(({ size }, fold) => Array.from({ length: size }, () => fold)))
  return {
    metrics,
    permutation: permutationNull(
      integers(({ answered }) => answered),
      integers(({ size }) => Int32Array.from({ length: size }, (_, i) => i)),
      foldOf,
      seed,
    ),
    ranks: {
      brainToImage: integers(({ ranks }) => ranks.brainToImage),
      imageToBrain: integers(({ ranks }) => ranks.imageToBrain),
    },
    nearest: judged.flatMap(({ nearest }, fold) => {
      const first = foldOf.indexOf(fold)
      const moved = (near: FoldEvaluation['nearest'][number]['brainToImage']) =>
        near.map(({ item, similarity }) => ({ item: item + first, similarity }))
      return nearest.map((near) => ({
        brainToImage: moved(near.brainToImage),
        imageToBrain: moved(near.imageToBrain),
      }))
    }),
    pixCorr,
    ssim,
  }
}

interface JudgedParts {
  readonly size: number
  readonly ranks: Ranks
  readonly nearest: FoldEvaluation['nearest']
  readonly scaled: Ranks
  /** Position of the picture that a prediction is most similar to; −1 where two tie, which counts as wrong. */
  readonly answered: Int32Array
  readonly twoWay: Float64Array
  readonly distance: Float64Array
  readonly pixCorr: Float64Array
  readonly ssim: Float64Array
}

function judgeFold({ prediction, targets, item, pictures }: JudgedFold, compare: PictureComparer): JudgedParts {
  const { dimensions, semanticStart } = targets
  const size = item.length
  unwrap(checkFinite(prediction.projected, dimensions, 'projected embedding'))
  unwrap(checkFinite(prediction.embedding, dimensions, 'predicted embedding'))
  const truth = new Float32Array(size * dimensions)
  for (let i = 0; i < size; i++)
    truth.set(targets.vectors.subarray(item[i]! * dimensions, (item[i]! + 1) * dimensions), i * dimensions)
  const similarity = cosineMatrix(prediction.projected, truth, size, size)
  const all = Int32Array.from({ length: size }, (_, i) => i)
  const from = semanticStart < dimensions ? semanticStart : 0
  const meaning = (vectors: Float32Array) => {
    const width = dimensions - from
    const out = new Float32Array(size * width)
    for (let i = 0; i < size; i++) out.set(vectors.subarray(i * dimensions + from, (i + 1) * dimensions), i * width)
    return out
  }
  const [predictedMeaning, trueMeaning] = [meaning(prediction.embedding), meaning(truth)]
  const none = { pixCorr: new Float64Array(0), ssim: new Float64Array(0) }
  return {
    size,
    ranks: ranksAmong(similarity, size, all),
    nearest: nearestOf(similarity, size, nearestShown),
    scaled: ranksAmong(csls(similarity, size), size, all),
    answered: mostSimilar(similarity, size),
    twoWay: twoWayIdentification(predictedMeaning, trueMeaning, size),
    distance: correlationDistance(predictedMeaning, trueMeaning, size),
    ...(pictures === undefined ? none : compare(pictures, size)),
  }
}

/** For each row of size × size similarities the position of its only highest value, else −1. */
export function mostSimilar(similarity: Float64Array, size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, i) => {
    const row = similarity.subarray(i * size, (i + 1) * size)
    const highest = row.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY)
    const at = row.indexOf(highest)
    return row.indexOf(highest, at + 1) < 0 ? at : -1
  })
}
