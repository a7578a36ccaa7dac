/**
 * The 1cycle schedule with cosine annealing, step for step as PyTorch's OneCycleLR: the rate rises from
 * peak / divFactor to peak, then falls to peak / divFactor / finalDivFactor at the last step. With `cycleBeta1`, Adam's
 * β₁ moves against it, .95 → .85 → .95 (PyTorch's default, and therefore what MindEye2 trains with).
 */
import type { Schedule } from './schedule.ts'
import { usualBeta1 } from './schedule.ts'

export interface OneCycleSettings {
  readonly peak: number
  readonly totalSteps: number
  /** Share of the steps in which the rate rises; MindEye2: 2 / epochs. */
  readonly riseShare: number
  readonly divFactor: number
  readonly finalDivFactor: number
  readonly cycleBeta1: boolean
}

/** PyTorch's and MindEye2's factors: start at peak / 25, end at start / 1000. */
export const oneCycleDefaults = { divFactor: 25, finalDivFactor: 1000, cycleBeta1: false } as const

const highBeta1 = 0.95
const lowBeta1 = 0.85

function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share))
}

export function oneCycle(settings: OneCycleSettings): Schedule {
  const { peak, totalSteps, cycleBeta1 } = settings
  const start = peak / settings.divFactor
  const end = start / settings.finalDivFactor
  const top = settings.riseShare * totalSteps - 1
  const last = totalSteps - 1
  return (step) => {
    if (!(step >= 0 && step <= last)) throw new RangeError(`step ${step} is outside a cycle of ${totalSteps} steps`)
    // A rise shorter than one step has no slope: the cycle starts at its peak.
    const rising = step <= top && top > 0
    const fall = last > Math.max(top, 0) ? (step - Math.max(top, 0)) / (last - Math.max(top, 0)) : 0
    const learningRate = rising ? cosine(start, peak, step / top) : cosine(peak, end, fall)
    if (!cycleBeta1) return { learningRate, beta1: usualBeta1 }
    const beta1 = rising ? cosine(highBeta1, lowBeta1, step / top) : cosine(lowBeta1, highBeta1, fall)
    return { learningRate, beta1 }
  }
}
