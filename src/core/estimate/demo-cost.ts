/**
 * What a demo costs: per seed a simulated cohort, a backbone, and every condition on the new subject; of the first seed the cohort,
 * mask and decoder are kept as well. The sizes are those of the cohort, so nothing needs to be there before.
 */
import type { Condition, ExperimentPlan } from '../experiment/conditions.ts'
import {
  type CohortSize,
  pictureCount,
  type SizeSettings,
  sizeSettings,
  type TrialCounts,
} from '../simulate/settings.ts'
import { defaultDecoderSettings, defaultPretrainSettings, maskPresets } from '../troi/settings.ts'
import { rowsCost, rowsOf } from './experiment-cost.ts'
import {
  decodeCost,
  evaluationSeconds,
  inTurn,
  judgeBytes,
  maskCost,
  pretrainCost,
  repeated,
  type StageCost,
  type SubjectSize,
  scaled,
} from './stage-cost.ts'

/** Fewer epochs in the tiny cohort, which only shows that everything works; settings of the engine's demo are made from these. */
export function demoEpochs(size: CohortSize): { readonly pretrain: number; readonly decoder: number } {
  const usual = { pretrain: defaultPretrainSettings.epochs, decoder: defaultDecoderSettings.epochs }
  return size === 'tiny' ? { pretrain: 3, decoder: 5 } : usual
}

/** Drawing and embedding a picture, and one trial of one voxel (bench/results/subject.json, simulate: 27.7 s and 55 s). */
const secondsPerPicture = 2.9e-3
const secondsPerTrialVoxel = 1.06e-7
/** A shipped network looks at each held-out picture and its reconstruction. */
const networkSecondsPerPicture = 0.03
/** Pixels and features of a picture as they are kept. */
const bytesPerPicture = 30_000
/** The same while pictures are drawn and embedded; as the peak of bench/results/demo.json says. */
const workingBytesPerPicture = 90_000
const float = 4

const trialsOf = ({ sessions, trialsPerSession }: TrialCounts) => sessions * trialsPerSession

function sizesOf(size: SizeSettings): { readonly subject: SubjectSize; readonly teacher: SubjectSize } {
  const gridVoxels = size.shape.reduce((product, side) => product * side, 1)
  const [low, high] = size.brainVoxels
  const common = { testTrials: size.testPictures, gridVoxels }
  return {
    subject: { ...common, voxels: Math.round((low + high) / 2), trainTrials: trialsOf(size.newSubject) },
    // Only the annotated voxels of a pretraining subject are kept, and it is tested on nothing.
    teacher: { ...common, voxels: size.annotatedVoxels, trainTrials: trialsOf(size.pretrainingSubject), testTrials: 0 },
  }
}

function planOf(size: CohortSize, seed: number): ExperimentPlan {
  return {
    ...{
      experiment: 'demo',
      seeds: [seed],
      mask: { ...maskPresets.troi, budget: sizeSettings[size].trueVoxels, seed },
    },
    decoder: { ...defaultDecoderSettings, epochs: demoEpochs(size).decoder, seed },
  }
}

export function demoConditions(size: CohortSize, seed: number): Condition[] {
  return rowsOf(planOf(size, seed), sizesOf(sizeSettings[size]).subject, true, true)
}

export function demoCost(size: CohortSize, seeds: readonly number[], secondsPerWeight: number): StageCost {
  const own = sizeSettings[size]
  const { subject, teacher } = sizesOf(own)
  const { hidden } = defaultPretrainSettings.model
  const plan = planOf(size, seeds[0] ?? 0)
  const teachers = Array.from({ length: own.pretrainingSubjects }, () => teacher)
  const subjects = [subject, ...teachers]
  const simulated = subjects.reduce((sum, one) => sum + (one.trainTrials + one.testTrials) * subject.voxels, 0)
  const pictures = pictureCount(own)
  const pretraining = { ...defaultPretrainSettings, epochs: demoEpochs(size).pretrain }
  const perSeed = inTurn([
    {
      seconds: scaled(pictures * secondsPerPicture + simulated * secondsPerTrialVoxel, secondsPerWeight),
      ...{ memoryBytes: 0, diskBytes: 0 },
    },
    pretrainCost(teachers, pretraining, secondsPerWeight),
    rowsCost(plan, subject, { hidden, labels: false, pretrained: true, truth: true }, secondsPerWeight),
  ])
  const shown = inTurn([
    maskCost(subject, plan.mask, hidden, secondsPerWeight),
    decodeCost(subject, plan.mask.budget, plan.decoder, hidden, secondsPerWeight),
  ])
  const judged =
    evaluationSeconds(own.testPictures, secondsPerWeight) +
    scaled(2 * own.testPictures * networkSecondsPerPicture, secondsPerWeight)
  const kept = subjects.reduce((sum, one) => sum + one.voxels * (one.trainTrials + one.testTrials) * float, 0)
  const whole = inTurn([repeated(perSeed, seeds.length), shown])
  return {
    seconds: whole.seconds + judged,
    // The cohort stays in memory while its masks and decoders are made.
    memoryBytes: whole.memoryBytes + kept + judgeBytes + pictures * workingBytesPerPicture,
    diskBytes: whole.diskBytes + kept + pictures * bytesPerPicture,
  }
}
