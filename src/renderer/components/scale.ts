/** A scale that all rows of a column share, with few round ticks. */

export interface Scale {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  /** Place of a value in per cent of the width. */
  place(value: number): number
}

const steps = [1, 2, 2.5, 5, 10]

/** Covers all values with a little room; about `wanted` ticks at round numbers. */
export function scaleOver(values: readonly number[], wanted = 4): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const spread = Math.max(most - least, 1e-6 * Math.max(1, Math.abs(most)))
  const [low, high] = [least - 0.05 * spread, most + 0.06 * spread]
  const rough = (high - low) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * steps.find((factor) => factor * power >= rough * 0.999)!
  const ticks: number[] = []
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at++)
    ticks.push(at === 0 ? 0 : at * step)
  return { low, high, ticks, place: (value) => (100 * (value - low)) / (high - low) }
}
