/** Metrics on held-out pictures, and the pictures beside their reconstructions for the gallery. */

import type { Evaluation } from '../../../core/contract/result.ts'
import { type AnyDecoder, decodeAny } from '../../../core/controls/any-decoder.ts'
import type { SubjectData } from '../../../core/data/subject-data.ts'
import { type Permutation, permutationNull } from '../../../core/evaluate/classification.ts'
import { evaluatePictures } from '../../../core/evaluate/evaluate-decoder.ts'
import { evaluatePictureFolds, type FoldEvaluation, mostSimilar } from '../../../core/evaluate/evaluate-folds.ts'
import type { Picture, PicturePair } from '../../../core/evaluate/image-metrics.ts'
import { cosineMatrix } from '../../../core/evaluate/similarity.ts'
import type { Decoded } from '../../../core/troi/decoder.ts'
import type { ShownPictures } from '../../packs/embed-pictures.ts'
import { type DrawnPictures, drawByPack, judgeByPacks } from '../../packs/judge-pictures.ts'
import { Blobs } from '../../project/blobs.ts'
import type { Job } from '../job.ts'
import { sourceOf } from '../picture-file.ts'

export interface ShownEvaluation {
  readonly content: Evaluation
  /** JSON of the gallery. */
  readonly gallery: string
}

/** Trials that were decoded, the picture of each, and the embedding they were decoded in. */
export interface ShownFold {
  readonly decoded: Decoded
  readonly item: Int32Array
  readonly set: ShownPictures
}

/** A fold with what a decoder pack drew of it, if there is one for its embedding. */
interface DrawnFold extends ShownFold {
  readonly drawn: DrawnPictures | null
}

/** On the subject's own held-out trials. */
export async function evaluateShown(
  job: Job,
  decoder: AnyDecoder,
  subject: SubjectData,
  set: ShownPictures,
): Promise<ShownEvaluation> {
  const { targets } = set
  const { test } = subject
  const decoded = await decodeAny(decoder, test.betas, job.compute.kernels)
  const prediction = { trials: decoded.trials, projected: decoded.projected, embedding: decoded.prior }
  const fold = await draw(job, { decoded, item: test.target, set })
  const { metrics, ranks, nearest, pixCorr, ssim } = evaluatePictures(
    prediction,
    targets,
    test.target,
    0,
    pairsOf(fold),
    job.compute.comparePictures,
  )
  return {
    content: { metrics, permutation: shuffledPictures(fold), ...(await packContent(job, [fold])) },
    gallery: keepGallery(job, [fold], { ranks, nearest, pixCorr, ssim }),
  }
}

/** On the trials of several folds, each decoded by a decoder that has not seen them. */
export async function evaluateShownFolds(job: Job, shown: readonly ShownFold[]): Promise<ShownEvaluation> {
  const folds: DrawnFold[] = []
  for (const fold of shown) folds.push(await draw(job, fold))
  const judged = folds.map((fold) => ({
    prediction: { trials: fold.decoded.trials, projected: fold.decoded.projected, embedding: fold.decoded.prior },
    targets: fold.set.targets,
    item: fold.item,
    pictures: pairsOf(fold),
  }))
  const { metrics, permutation, ...rest } = evaluatePictureFolds(judged, 0, job.compute.comparePictures)
  const content = { metrics, permutation, ...(await packContent(job, folds)) }
  return { content, gallery: keepGallery(job, folds, rest) }
}

async function draw(job: Job, fold: ShownFold): Promise<DrawnFold> {
  return { ...fold, drawn: await drawByPack(job, fold.set, fold.decoded.prior) }
}

function reconstructionsOf({ decoded, set, drawn }: DrawnFold): (trial: number) => Picture {
  const source = sourceOf(set)
  const { dimensions } = set.targets
  return (trial) =>
    drawn?.pictures[trial] ?? source.reconstruct(decoded.prior.subarray(trial * dimensions, (trial + 1) * dimensions))
}

function pairsOf(fold: DrawnFold): (trial: number) => PicturePair {
  const source = sourceOf(fold.set)
  const reconstruction = reconstructionsOf(fold)
  return (trial) => ({ truth: source.shown(fold.item[trial]!), reconstruction: reconstruction(trial) })
}

/** What packs say of the trials of all folds, and what must be said beside the numbers. */
async function packContent(
  job: Job,
  folds: readonly DrawnFold[],
): Promise<Pick<Evaluation, 'packMetrics' | 'missingMetrics' | 'notes'>> {
  const trials = folds.flatMap((fold) => {
    const source = sourceOf(fold.set)
    const reconstruction = reconstructionsOf(fold)
    return Array.from(fold.item, (item, i) => ({ truth: () => source.shown(item), made: () => reconstruction(i) }))
  })
  const { metrics, missing, notes } = await judgeByPacks(
    job,
    trials.length,
    (at) => trials[at]!.truth(),
    (at) => trials[at]!.made(),
  )
  const [first] = folds
  const all = first === undefined ? notes : [...embeddingNotes(first.set, first.drawn), ...notes]
  return { packMetrics: metrics, missingMetrics: missing, ...(all.length > 0 ? { notes: all } : {}) }
}

/** Null of brain to image among all test pictures: which picture was shown is shuffled, answers are kept. */
function shuffledPictures({ decoded, item, set }: ShownFold): Permutation {
  const { dimensions, vectors } = set.targets
  const count = item.length
  const truth = new Float32Array(count * dimensions)
  for (let i = 0; i < count; i++)
    truth.set(vectors.subarray(item[i]! * dimensions, (item[i]! + 1) * dimensions), i * dimensions)
  const answered = mostSimilar(cosineMatrix(decoded.projected, truth, count, count), count)
  const shown = Int32Array.from({ length: count }, (_, i) => i)
  return permutationNull(answered, shown, new Int32Array(count), 0)
}

/** Writes the pictures as blobs; returns the gallery as JSON. */
function keepGallery(
  job: Job,
  folds: readonly DrawnFold[],
  { ranks, nearest, pixCorr, ssim }: Pick<FoldEvaluation, 'ranks' | 'nearest' | 'pixCorr' | 'ssim'>,
): string {
  const { width, height } = folds[0]!.set.pictures
  const size = width * height * 3
  const trials = folds.flatMap((fold) => {
    const pair = pairsOf(fold)
    return Array.from(fold.item, (item, i) => ({
      name: fold.set.targets.names[item] ?? `picture ${item}`,
      pair: () => pair(i),
    }))
  })
  const truth = new Uint8Array(trials.length * size)
  const reconstruction = new Uint8Array(trials.length * size)
  for (const [i, { pair }] of trials.entries()) {
    const shown = pair()
    for (let p = 0; p < size; p++) {
      truth[i * size + p] = Math.round(255 * shown.truth.pixels[p]!)
      reconstruction[i * size + p] = Math.round(255 * shown.reconstruction.pixels[p]!)
    }
  }
  const blobs = new Blobs(job.project)
  const shape = [trials.length, height, width, 3]
  const items = trials.map(({ name }, i) => ({
    name,
    pixCorr: pixCorr[i]!,
    ssim: ssim[i]!,
    rankBrainToImage: ranks.brainToImage[i]!,
    rankImageToBrain: ranks.imageToBrain[i]!,
    nearest: nearest[i]!,
  }))
  return JSON.stringify({
    width,
    height,
    items,
    truth: blobs.put(truth, shape),
    reconstruction: blobs.put(reconstruction, shape),
  })
}

/** What the reader of the numbers must know of a pack's embedding. */
function embeddingNotes({ packFit, targets }: ShownPictures, drawn: DrawnPictures | null): string[] {
  if (packFit === null) return []
  const parts = `dimensions 1 to ${targets.semanticStart} are the built-in pixel part, ${targets.semanticStart + 1} to ${targets.dimensions} the pack’s`
  return [
    drawn?.note ??
      'Pictures are reconstructed from the built-in pixel part alone: the pack’s part cannot be turned back into a picture.',
    `The embedding holds two parts: ${parts}. twoWay and correlationDistance are of the pack’s part; retrieval uses both.`,
  ]
}
