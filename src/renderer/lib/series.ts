/** The live numbers of a run as columns for charts: one series per part and name, in order of steps, each step once. */
import type { RunEvent } from '../../core/contract/run.ts'

export interface Series {
  readonly steps: number[]
  readonly epochs: number[]
  readonly values: number[]
  /** Rises when a number that was there is replaced or gets one before it. */
  revision: number
}

export class SeriesStore {
  /** part → name → series */
  readonly parts = new Map<string, Map<string, Series>>()
  /** The part that got a number last. */
  newest: string | null = null

  add(points: RunEvent['points']): void {
    for (const { part, step, epoch, values } of points) {
      const names = this.parts.get(part) ?? new Map<string, Series>()
      this.parts.set(part, names)
      this.newest = part
      for (const [name, value] of Object.entries(values)) {
        const series = names.get(name) ?? { steps: [], epochs: [], values: [], revision: 0 }
        names.set(name, series)
        // A resumed run computes the steps after its checkpoint again; the newer number replaces the older.
        let at = series.steps.length
        while (at > 0 && series.steps[at - 1]! > step) at--
        if (at < series.steps.length || series.steps[at - 1] === step) series.revision++
        if (at > 0 && series.steps[at - 1] === step) {
          series.values[at - 1] = value
          continue
        }
        series.steps.splice(at, 0, step)
        series.epochs.splice(at, 0, epoch)
        series.values.splice(at, 0, value)
      }
    }
  }
}

/** Debiased exponential mean over all points (Kingma and Ba's correction), so a constant stays a constant. */
export function smooth(values: readonly number[], weight: number): number[] {
  let mean = 0
  let mass = 0
  return values.map((value) => {
    mean = weight * mean + (1 - weight) * value
    mass = weight * mass + (1 - weight)
    return mean / mass
  })
}

/** Where each number lies on an axis of epochs: the last step of the first epoch at 1. Steps are spread evenly over an epoch. */
export function epochPositions({ epochs }: Series): number[] {
  // The epoch that is going has fewer steps so far than it will have. Steps are in order, so an epoch's lie side by side.
  let [steps, within] = [1, 0]
  for (const [at, epoch] of epochs.entries()) {
    within = at > 0 && epoch === epochs[at - 1] ? within + 1 : 1
    if (within > steps) steps = within
  }
  let current = Number.NaN
  return epochs.map((epoch) => {
    within = epoch === current ? within + 1 : 1
    current = epoch
    return epoch + within / steps
  })
}
