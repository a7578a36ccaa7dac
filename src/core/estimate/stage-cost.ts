/**
 * What one stage costs, from the sizes of its data. Work is counted in numbers of the input layer, voxels × hidden: in every
 * training step each of them is used in three products (forward, weights, mask) over the batch and then moved by Adam. How long one
 * takes is measured on the computer; everything else is counted. The counts are meant to be right within a factor of three.
 */
import { stepsPerEpoch } from '../troi/batches.ts'
import type { DecoderSettings, MaskSettings, PretrainSettings } from '../troi/settings.ts'

export interface SubjectSize {
  readonly voxels: number
  readonly trainTrials: number
  readonly testTrials: number
  /** Voxels of the whole grid, which maps are kept on. */
  readonly gridVoxels: number
}

export interface StageCost {
  readonly seconds: number
  /** Peak of the process that does the work. */
  readonly memoryBytes: number
  /** Results and the two newest checkpoints. */
  readonly diskBytes: number
}

/** Rows of the batch that Adam costs as much as: it reads and writes each number, its gradient and two moments. */
const adamRows = 8
const measuredBatch = 24
const productsPerStep = 3
/** The network behind the input layer, in seconds per step at 256 hidden units (bench/results/subject.json, stage 2). */
const networkSeconds = 0.006
/** Closed forms took 2.5 times their counted products in bench/results/subject.json: solving, sorting, reading memory. */
const closedFormFactor = 2.5
/** The speed that the constants in seconds above and below were measured at; they are scaled by what this computer does. */
const measuredSecondsPerWeight = 2.5e-9
/** Comparing and scoring one held-out picture (bench/results/subject.json, evaluation: 3.3 s for 300). */
const pictureSeconds = 0.011
/** Node, TensorFlow.js and the program. */
const processBytes = 300e6
/** A shipped network and its runtime, which judge pictures after a decoder was trained: 0.3 GB above the same without. */
export const judgeBytes = 300e6
/** Log, points, run.json and one draft. */
const folderBytes = 2e6
const float = 4
/** A number with its gradient and Adam's two moments. */
const trained = 4 * float
/** A checkpoint holds a number and Adam's two moments; a new one is whole before the older one goes. */
const checkpoints = 2 * 3 * float

const nothing: StageCost = { seconds: 0, memoryBytes: 0, diskBytes: 0 }

/**
 * One after the other in one process: times add up; memory and disk are those of the largest part, because a finished row leaves only
 * its numbers.
 */
export function inTurn(parts: readonly StageCost[]): StageCost {
  return parts.reduce(
    (all, part) => ({
      seconds: all.seconds + part.seconds,
      memoryBytes: Math.max(all.memoryBytes, part.memoryBytes),
      diskBytes: Math.max(all.diskBytes, part.diskBytes),
    }),
    nothing,
  )
}

export const repeated = (cost: StageCost, times: number): StageCost => ({ ...cost, seconds: cost.seconds * times })

/** Seconds that took `seconds` on the computer whose speed the constants are of. */
export function scaled(seconds: number, secondsPerWeight: number): number {
  return seconds * (secondsPerWeight / measuredSecondsPerWeight)
}

/** Seconds to judge the answers to held-out pictures. */
export function evaluationSeconds(pictures: number, secondsPerWeight: number): number {
  return scaled(pictures * pictureSeconds, secondsPerWeight)
}

/** Seconds of one step over `weights` numbers of input layers with a batch of `batch` trials. */
function stepSeconds(weights: number, hidden: number, batch: number, secondsPerWeight: number): number {
  const rows = (batch + adamRows) / (measuredBatch + adamRows)
  const network = scaled(networkSeconds * (hidden / 256), secondsPerWeight)
  return weights * secondsPerWeight * rows + network * Math.max(1, batch / measuredBatch)
}

/** Seconds of products that are not training steps, `multiplyAdds` of them. */
function productSeconds(multiplyAdds: number, secondsPerWeight: number): number {
  return (multiplyAdds * secondsPerWeight) / (productsPerStep * (measuredBatch + adamRows))
}

/** Betas are held once as read and once as standardised and split. */
function dataBytes({ voxels, trainTrials, testTrials }: SubjectSize): number {
  return 2 * voxels * (trainTrials + testTrials) * float
}

/** Residual blocks, projector and prior: square matrices of the hidden width. */
function networkNumbers(hidden: number, blocks: number): number {
  return (blocks + 4) * hidden * hidden
}

/** Stage 0: every step sees a batch of every subject. */
export function pretrainCost(
  subjects: readonly SubjectSize[],
  settings: PretrainSettings,
  secondsPerWeight: number,
): StageCost {
  const { hidden, blocks } = settings.model
  const weights = subjects.reduce((sum, { voxels }) => sum + voxels * hidden, 0)
  const steps = Math.max(
    0,
    ...subjects.map(({ trainTrials }) => stepsPerEpoch(trainTrials, settings.batch, settings.epochTrials)),
  )
  const network = networkNumbers(hidden, blocks)
  return {
    seconds: settings.epochs * steps * stepSeconds(weights, hidden, settings.batch, secondsPerWeight),
    memoryBytes: processBytes + subjects.reduce((sum, one) => sum + dataBytes(one), 0) + (weights + network) * trained,
    diskBytes: folderBytes + (weights + network) * checkpoints + network * float,
  }
}

const usesAlgorithm1 = ({ preset }: MaskSettings) => preset !== 'troi' && preset !== 'instant'

/** Stage 1. Of Algorithm 1 the time is the longest it may take: it stops when the budget is met. */
export function maskCost(
  subject: SubjectSize,
  settings: MaskSettings,
  hidden: number,
  secondsPerWeight: number,
): StageCost {
  const { voxels, trainTrials: trials, gridVoxels } = subject
  const weights = voxels * hidden
  const maps = 6 * gridVoxels * float
  if (usesAlgorithm1(settings)) {
    const { algorithm1: own } = settings
    const steps = own.maximumEpochs * stepsPerEpoch(trials, own.batch, own.epochTrials)
    const network = networkNumbers(hidden, 2)
    return {
      seconds: steps * stepSeconds(weights, hidden, own.batch, secondsPerWeight),
      memoryBytes: processBytes + dataBytes(subject) + (weights + network) * trained,
      // Up to 64 pictures of a film, a byte per voxel.
      diskBytes: folderBytes + maps + 64 * voxels + (weights + network) * checkpoints,
    }
  }
  const { crossFit } = settings
  const folds = settings.preset === 'troi' ? crossFit.folds : 0
  const steps =
    folds === 0 ? 0 : crossFit.epochs * stepsPerEpoch(trials, Math.min(crossFit.batch, trials), crossFit.epochTrials)
  const multiplyAdds =
    voxels * (trials * trials + 2 * trials * hidden * (folds + 1) + 2 * hidden * crossFit.batch * steps)
  return {
    seconds: closedFormFactor * productSeconds(multiplyAdds, secondsPerWeight),
    memoryBytes: processBytes + dataBytes(subject) + (folds + 2) * weights * float + 2 * trials * trials * 8,
    diskBytes: folderBytes + maps + 64 * voxels + voxels * checkpoints,
  }
}

/** Stage 2 on `voxels` of the subject, with the answers to its held-out trials. */
export function decodeCost(
  subject: SubjectSize,
  voxels: number,
  settings: DecoderSettings,
  hidden: number,
  secondsPerWeight: number,
): StageCost {
  const weights = voxels * hidden
  const { trainTrials: trials } = subject
  const chosenBytes = voxels * (trials + subject.testTrials) * float
  if (settings.method === 'ridge')
    return {
      seconds: closedFormFactor * productSeconds(voxels * trials * (trials + 2 * hidden), secondsPerWeight),
      memoryBytes: processBytes + dataBytes(subject) + chosenBytes + 2 * trials * trials * 8 + weights * float,
      diskBytes: folderBytes + weights * float,
    }
  const network = networkNumbers(hidden, 2)
  const moving = weights + (settings.trainBackbone || settings.trainPrior ? network : 0)
  const steps = settings.epochs * stepsPerEpoch(trials, settings.batch, settings.epochTrials)
  return {
    seconds: steps * stepSeconds(weights, hidden, settings.batch, secondsPerWeight),
    memoryBytes: processBytes + dataBytes(subject) + chosenBytes + (weights + network) * trained,
    diskBytes: folderBytes + moving * checkpoints + (weights + network) * float,
  }
}
