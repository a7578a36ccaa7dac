/**
 * Which contrastive loss an epoch uses and at which temperature: BiMixCo for the first part of the training, SoftCLIP
 * with a temperature that rises by half-cosine after it (MindEye2; "stop after one third" in TROI).
 */
import type { ContrastiveKind } from './contrastive.ts'

/** Value `index` of `count` from start to end along half a cosine; the first is `start`, the last `end`. */
export function halfCosine(start: number, end: number, count: number, index: number): number {
  if (index < 0 || index >= count) throw new RangeError(`step ${index} is outside 0 … ${count - 1}`)
  if (count === 1) return start
  return end + ((start - end) / 2) * (1 + Math.cos((Math.PI * index) / (count - 1)))
}

export interface ContrastiveSchedule {
  /** Share of the epochs, from the start, that use BiMixCo. */
  readonly mixPhase: number
  readonly mixTemperature: number
  readonly softTemperatureStart: number
  readonly softTemperatureEnd: number
  readonly overwriteFixedPoints: boolean
}

/** Epochs of the mixing phase: the share, rounded down. */
export function mixingEpochs(schedule: ContrastiveSchedule, epochs: number): number {
  // A hair above the product, so that a third of 15 epochs is 5 in floating point too.
  return Math.min(epochs, Math.floor(schedule.mixPhase * epochs + 1e-9))
}

/** The loss of `epoch` (from 0) of a training of `epochs`. Rows are mixed exactly when its kind is `bimixco`. */
export function contrastiveOfEpoch(schedule: ContrastiveSchedule, epoch: number, epochs: number): ContrastiveKind {
  const mixed = mixingEpochs(schedule, epochs)
  if (epoch < mixed) {
    const { mixTemperature: temperature, overwriteFixedPoints } = schedule
    return { kind: 'bimixco', temperature, overwriteFixedPoints }
  }
  const { softTemperatureStart, softTemperatureEnd } = schedule
  const temperature = halfCosine(softTemperatureStart, softTemperatureEnd, epochs - mixed, epoch - mixed)
  return { kind: 'softclip', temperature }
}
