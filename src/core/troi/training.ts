/**
 * The pieces every trained stage shares: the network behind the input layer while some of its modules are trained, and
 * the description of one training step. The input layer is not here; it updates itself (`SubjectLayer.backward`).
 */
import type { ContrastiveKind } from '../model/loss/contrastive.ts'
import type { Mixing } from '../model/loss/mixco.ts'
import { drawMixing } from '../model/loss/mixco.ts'
import { contrastiveOfEpoch } from '../model/loss/schedule.ts'
import type { LossValues, ModuleName, TrainingBatch } from '../model/network.ts'
import { disposeStep, lossAndGradients, parameterNames, readLosses } from '../model/network.ts'
import { AdamW, type AdamWState, decayMatrices } from '../model/optim/adam-w.ts'
import { oneCycle, oneCycleDefaults } from '../model/optim/one-cycle.ts'
import type { Schedule, ScheduledStep } from '../model/optim/schedule.ts'
import type { NetworkSettings } from '../model/settings.ts'
import { disposeWeights, toArrays, toTensors, type WeightArrays, type Weights } from '../model/weights.ts'
import { Random } from '../random/random.ts'
import type { AdamStep } from '../tensor/subject-layer.ts'
import { type Tensor2D, tf } from '../tensor/tf.ts'
import { mergeSaved, packOptimiser, packWeights, type Saved, unpackOptimiser, unpackWeights } from './saved.ts'
import type { TrainingSettings } from './settings.ts'

/** PyTorch's defaults, for the input layer and the mask; `step` counts from 1. */
export function adamStep(scheduled: ScheduledStep, weightDecay: number, step: number): AdamStep {
  return { ...scheduled, beta2: 0.999, epsilon: 1e-8, weightDecay, step }
}

/** The 1cycle of a whole training of `epochs` × `steps` steps; the rate rises during two epochs, as MindEye2's does. */
export function trainingCycle(
  { learningRate, epochs, cycleBeta1 }: { learningRate: number; epochs: number; cycleBeta1: boolean },
  steps: number,
): Schedule {
  const riseShare = Math.min(0.5, 2 / epochs)
  return oneCycle({ ...oneCycleDefaults, peak: learningRate, totalSteps: epochs * steps, riseShare, cycleBeta1 })
}

/** Names a training step: every random draw of it is a function of this and the purpose. */
export interface StepName {
  readonly seed: number
  readonly stage: string
  readonly epoch: number
  readonly step: number
}

export function stepRandom({ seed, stage, epoch, step }: StepName, purpose: string): Random {
  return Random.of(seed, stage, purpose, epoch, step)
}

/** Loss of an epoch; an epoch after the planned ones repeats the last (Algorithm 1 does not know its length). */
export function lossOfEpoch(settings: TrainingSettings, epoch: number, plannedEpochs: number): ContrastiveKind {
  return contrastiveOfEpoch(settings, Math.min(epoch, plannedEpochs - 1), plannedEpochs)
}

/** Partners and shares of a step that uses BiMixCo; null otherwise. `subjectRows`: rows of each subject in the batch. */
export function drawStepMixing(
  settings: TrainingSettings,
  loss: ContrastiveKind,
  subjectRows: readonly number[],
  name: StepName,
): Mixing | null {
  if (loss.kind !== 'bimixco') return null
  const { mixAlpha: alpha, mixFraction: fraction } = settings
  return drawMixing(subjectRows, { alpha, fraction }, stepRandom(name, 'mixing'))
}

export interface NetworkStep {
  readonly dh: Tensor2D
  readonly losses: LossValues
}

/** The shared network while some of its modules are trained by AdamW; the others are frozen, in evaluation mode. */
export class TrainedNetwork {
  readonly settings: NetworkSettings
  readonly #weights: Weights
  readonly #optimiser: AdamW

  private constructor(settings: NetworkSettings, weights: Weights, optimiser: AdamW) {
    this.settings = settings
    this.#weights = weights
    this.#optimiser = optimiser
  }

  static async of(
    settings: NetworkSettings,
    arrays: WeightArrays,
    modules: readonly ModuleName[],
    weightDecay: number,
  ): Promise<TrainedNetwork> {
    const weights = toTensors(arrays)
    const groups = decayMatrices(weights, parameterNames(settings, modules), weightDecay)
    return new TrainedNetwork(settings, weights, await AdamW.of(weights, groups))
  }

  /** Like `of`, continuing what `pack` saved under the same prefix. */
  static async unpack(
    prefix: string,
    saved: Saved,
    settings: NetworkSettings,
    modules: readonly ModuleName[],
    weightDecay: number,
  ): Promise<TrainedNetwork> {
    const arrays = unpackWeights(`${prefix}/weights`, saved)
    const network = await TrainedNetwork.of(settings, arrays, modules, weightDecay)
    network.#optimiser.restore(unpackOptimiser(`${prefix}/optimiser`, saved))
    return network
  }

  /** One update of the trained modules from the input layer's output h (rows × hidden). The caller disposes `dh`. */
  async step(h: Tensor2D, batch: TrainingBatch, scheduled: ScheduledStep, name: StepName): Promise<NetworkStep> {
    const result = lossAndGradients({
      h,
      weights: this.#weights,
      trainable: this.#optimiser.names,
      batch,
      settings: this.settings,
      dropout: stepRandom(name, 'network dropout'),
      noise: stepRandom(name, 'prior noise'),
    })
    const losses = await readLosses(result)
    await this.#optimiser.step(result.gradients, scheduled)
    const dh = result.dh.clone()
    disposeStep(result)
    return { dh, losses }
  }

  arrays(): Promise<WeightArrays> {
    return toArrays(this.#weights)
  }

  async pack(prefix: string): Promise<Saved> {
    const optimiser: AdamWState = this.#optimiser.state()
    return mergeSaved(
      packWeights(`${prefix}/weights`, await this.arrays()),
      packOptimiser(`${prefix}/optimiser`, optimiser),
    )
  }

  dispose(): void {
    disposeWeights(this.#weights)
  }
}

/** Frees tensors that a step made. */
export function release(...tensors: readonly Tensor2D[]): void {
  tf.dispose([...tensors])
}
