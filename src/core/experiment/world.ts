/**
 * What an experiment is run on: a subject with held-out trials (one fold), or several ways to hold trials out whose
 * answers are pooled, the embeddings, a backbone if there is one, and how predictions are judged.
 */
import { holdOutRuns, type ImportedTrials } from '../data/imported-trials.ts'
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { type InvertiblePart, reconstruct } from '../embedding/picture-embedding.ts'
import { type Pictures, pictureAt } from '../embedding/pictures.ts'
import { nearestLabel } from '../evaluate/classification.ts'
import { evaluateAnswers, evaluatePictures } from '../evaluate/evaluate-decoder.ts'
import { leaveOneRunOut } from '../evaluate/folds.ts'
import type { Picture, PictureComparer } from '../evaluate/image-metrics.ts'
import type { Metric } from '../evaluate/metric.ts'
import type { Backbone } from '../troi/backbone.ts'
import type { Decoded } from '../troi/decoder.ts'

export interface Fold {
  readonly name: string
  /** Made on demand: standardised betas of every fold at once would not fit. */
  subject(): SubjectData
}

export interface World {
  readonly folds: readonly [Fold, ...Fold[]]
  readonly targets: Targets
  readonly backbone: Backbone | null
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

/** Labelled trials, each run (or each given set of runs) held out once; answers are pooled over the folds. */
export function labelWorld(
  trials: ImportedTrials,
  targets: Targets,
  backbone: Backbone | null,
  heldOut: readonly (readonly number[])[] = leaveOneRunOut(trials.run),
): World {
  const [first, ...rest] = heldOut.map(
    (runs): Fold => ({
      name: `held out: run ${runs.join(', ')}`,
      subject: () => holdOutRuns(trials, runs),
    }),
  )
  if (first === undefined) throw new RangeError('no runs to hold out')
  return {
    folds: [first, ...rest],
    targets,
    backbone,
    evaluate(predictions, seed) {
      const answered: number[] = []
      const label: number[] = []
      const run: number[] = []
      predictions.forEach((decoded, fold) => {
        const rows = testRows(trials, heldOut[fold] ?? [])
        answered.push(...nearestLabel(decoded.projected, targets.vectors, decoded.trials, targets.names.length))
        label.push(...rows.map((row) => trials.label[row]!))
        run.push(...rows.map((row) => trials.run[row]!))
      })
      const integers = (values: number[]) => Int32Array.from(values)
      return evaluateAnswers(integers(answered), targets.names, integers(label), integers(run), seed).metrics
    },
  }
}

/** Rows of the held-out trials in the order `holdOutRuns` gives them. */
function testRows(trials: ImportedTrials, runs: readonly number[]): number[] {
  const held = new Set(runs)
  return [...trials.run.keys()].filter((row) => held.has(trials.run[row]!))
}
