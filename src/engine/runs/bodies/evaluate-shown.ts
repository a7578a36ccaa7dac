/** Metrics on held-out pictures, and the pictures beside their reconstructions for the gallery. */
import type { Evaluation } from '../../../core/contract/result.ts'
import type { SubjectData } from '../../../core/data/subject-data.ts'
import { type Permutation, permutationNull } from '../../../core/evaluate/classification.ts'
import { evaluatePictures } from '../../../core/evaluate/evaluate-decoder.ts'
import { evaluatePictureFolds, type FoldEvaluation, mostSimilar } from '../../../core/evaluate/evaluate-folds.ts'
import type { PicturePair } from '../../../core/evaluate/image-metrics.ts'
import { cosineMatrix } from '../../../core/evaluate/similarity.ts'
import { type Decoded, type Decoder, decode } from '../../../core/troi/decoder.ts'
import { Blobs } from '../../project/blobs.ts'
import type { Job } from '../job.ts'
import { type PictureSet, sourceOf } from '../picture-file.ts'

export interface ShownEvaluation {
  readonly content: Evaluation
  /** JSON of the gallery. */
  readonly gallery: string
}

/** Trials that were decoded, the picture of each, and the embedding they were decoded in. */
export interface ShownFold {
  readonly decoded: Decoded
  readonly item: Int32Array
  readonly set: PictureSet
}

/** On the subject's own held-out trials. */
export async function evaluateShown(
  job: Job,
  decoder: Decoder,
  subject: SubjectData,
  set: PictureSet,
): Promise<ShownEvaluation> {
  const { targets } = set
  const { test } = subject
  const decoded = await decode(decoder, test.betas, job.compute.kernels)
  const prediction = { trials: decoded.trials, projected: decoded.projected, embedding: decoded.prior }
  const fold = { decoded, item: test.target, set }
  const { metrics, ranks, nearest, pixCorr, ssim } = evaluatePictures(
    prediction,
    targets,
    test.target,
    0,
    pairsOf(fold),
    job.compute.comparePictures,
  )
  return {
    content: { metrics, permutation: shuffledPictures(fold) },
    gallery: keepGallery(job, [fold], { ranks, nearest, pixCorr, ssim }),
  }
}

/** On the trials of several folds, each decoded by a decoder that has not seen them. */
export function evaluateShownFolds(job: Job, folds: readonly ShownFold[]): ShownEvaluation {
  const judged = folds.map((fold) => ({
    prediction: { trials: fold.decoded.trials, projected: fold.decoded.projected, embedding: fold.decoded.prior },
    targets: fold.set.targets,
    item: fold.item,
    pictures: pairsOf(fold),
  }))
  const { metrics, permutation, ...rest } = evaluatePictureFolds(judged, 0, job.compute.comparePictures)
  return { content: { metrics, permutation }, gallery: keepGallery(job, folds, rest) }
}

function pairsOf({ decoded, item, set }: ShownFold): (trial: number) => PicturePair {
  const source = sourceOf(set)
  const { dimensions } = set.targets
  return (trial) => ({
    truth: source.shown(item[trial]!),
    reconstruction: source.reconstruct(decoded.prior.subarray(trial * dimensions, (trial + 1) * dimensions)),
  })
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
  folds: readonly ShownFold[],
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
