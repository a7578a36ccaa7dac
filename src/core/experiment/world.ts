/**
 * What an experiment is run on: a subject with held-out trials (one fold), or several ways to hold trials out whose
 * answers are pooled, the embeddings, a backbone if there is one, and how predictions are judged.
 */
import { holdOut, type ImportedTrials } from '../data/imported-trials.ts'
import { heldOut, runFolds, type Fold as SplitFold } from '../data/split.ts'
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { type InvertiblePart, reconstruct } from '../embedding/picture-embedding.ts'
import { type Pictures, pictureAt } from '../embedding/pictures.ts'
import { nearestLabel } from '../evaluate/classification.ts'
import { evaluateAnswers, evaluatePictures } from '../evaluate/evaluate-decoder.ts'
import { evaluatePictureFolds } from '../evaluate/evaluate-folds.ts'
import type { Picture, PictureComparer } from '../evaluate/image-metrics.ts'
import type { Metric } from '../evaluate/metric.ts'
import type { Backbone } from '../troi/backbone.ts'
import type { Decoded } from '../troi/decoder.ts'
import type { MaskResult } from '../troi/mask-result.ts'
import type { MaskSettings } from '../troi/settings.ts'

export interface Fold {
  readonly name: string
  /** Made on demand: standardised betas of every fold at once would not fit. */
  subject(): SubjectData
  /** Where a fold's embedding was fitted on its own training pictures; the world's otherwise. */
  readonly targets?: Targets
}

/** A mask that was made before the experiment, by these settings and the world's backbone, on all training trials of the first fold. */
export interface MadeMask {
  readonly settings: MaskSettings
  readonly result: Pick<MaskResult, 'mask' | 'stage1'>
  readonly milliseconds: number
}

export interface World {
  readonly folds: readonly [Fold, ...Fold[]]
  readonly targets: Targets
  readonly backbone: Backbone | null
  /** Not made again where a condition asks for the same. */
  readonly made?: readonly MadeMask[]
  /** Predictions for the test trials of every fold, in their order. */
  evaluate(predictions: readonly Decoded[], seed: number): Record<string, Metric>
}

/** How an embedding becomes a picture, and the pictures that were shown; for PixCorr and SSIM. */
export interface PictureSource {
  shown(item: number): Picture
  reconstruct(embedding: Float32Array): Picture
}

/** The pictures of a built-in embedding; `pictures` has one entry per target. */
export function pictureSource(pictures: Pictures, fit: InvertiblePart): PictureSource {
  const { width, height } = pictures
  return {
    shown: (item) => ({ width, height, pixels: pictureAt(pictures, item) }),
    reconstruct(embedding) {
      const { pixels } = reconstruct(fit, embedding)
      return { width: fit.width, height: fit.height, pixels }
    },
  }
}

/** One subject whose test trials each show a picture of their own. */
export function pictureWorld(
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  pictures: PictureSource | null,
  compare?: PictureComparer,
): World {
  const { target } = subject.test
  const { dimensions } = targets
  return {
    folds: [{ name: '', subject: () => subject }],
    targets,
    backbone,
    evaluate([decoded], seed) {
      if (decoded === undefined) throw new RangeError('a picture world has one fold')
      const prediction = { trials: decoded.trials, projected: decoded.projected, embedding: decoded.prior }
      const pair =
        pictures === null
          ? undefined
          : (trial: number) => ({
              truth: pictures.shown(target[trial]!),
              reconstruction: pictures.reconstruct(
                decoded.prior.subarray(trial * dimensions, (trial + 1) * dimensions),
              ),
            })
      return evaluatePictures(prediction, targets, target, seed, pair, compare).metrics
    },
  }
}

/** A fold of trials with pictures, with the embedding that fits it. */
export interface PictureFold {
  readonly split: SplitFold
  readonly targets: Targets
  readonly pictures: PictureSource
}

/** Trials with pictures, each fold held out once; every prediction competes within its fold, and items are pooled. */
export function pictureFoldWorld(
  trials: ImportedTrials,
  parts: readonly PictureFold[],
  backbone: Backbone | null,
  compare?: PictureComparer,
): World {
  const [first, ...rest] = parts.map(
    ({ split, targets }): Fold => ({ name: split.name, targets, subject: () => holdOut(trials, split.part) }),
  )
  if (first?.targets === undefined) throw new RangeError('nothing to hold out')
  return {
    folds: [first, ...rest],
    targets: first.targets,
    backbone,
    evaluate(predictions, seed) {
      const judged = predictions.map((decoded, at) => {
        const { split, targets, pictures } = parts[at]!
        const item = [...new Set(trials.label.filter((_, row) => split.part[row] === heldOut))]
        const { dimensions } = targets
        return {
          prediction: { trials: decoded.trials, projected: decoded.projected, embedding: decoded.prior },
          targets,
          item: Int32Array.from(item),
          pictures: (trial: number) => ({
            truth: pictures.shown(item[trial]!),
            reconstruction: pictures.reconstruct(decoded.prior.subarray(trial * dimensions, (trial + 1) * dimensions)),
          }),
        }
      })
      return evaluatePictureFolds(judged, seed, compare).metrics
    },
  }
}

/** Labelled trials, each run (or each given fold) held out once; answers are pooled over the folds. */
export function labelWorld(
  trials: ImportedTrials,
  targets: Targets,
  backbone: Backbone | null,
  parts: readonly SplitFold[] = runFolds(trials.run, trials.session),
): World {
  const [first, ...rest] = parts.map(({ name, part }): Fold => ({ name, subject: () => holdOut(trials, part) }))
  if (first === undefined) throw new RangeError('nothing to hold out')
  return {
    folds: [first, ...rest],
    targets,
    backbone,
    evaluate(predictions, seed) {
      const answered: number[] = []
      const label: number[] = []
      const run: number[] = []
      predictions.forEach((decoded, fold) => {
        const rows = [...trials.run.keys()].filter((row) => parts[fold]!.part[row] === heldOut)
        answered.push(...nearestLabel(decoded.projected, targets.vectors, decoded.trials, targets.names.length))
        label.push(...rows.map((row) => trials.label[row]!))
        run.push(...rows.map((row) => trials.run[row]!))
      })
      const integers = (values: number[]) => Int32Array.from(values)
      return evaluateAnswers(integers(answered), targets.names, integers(label), integers(run), seed).metrics
    },
  }
}
