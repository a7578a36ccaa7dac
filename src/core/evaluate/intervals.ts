/** 95 % intervals: percentile bootstrap over items, and Wilson's for a share. */
import { Random } from '../random/random.ts'
import type { Metric } from './metric.ts'

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, sorted.length - 1)
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!)
}

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return values.length > 0 ? sum / values.length : 0
}

/** Percentile interval of the mean over items, drawn with replacement. Seeded; the same items give the same interval. */
export function bootstrapInterval(values: ArrayLike<number>, seed: number, draws = 2000): [number, number] {
  const count = values.length
  if (count === 0) return [0, 0]
  const random = Random.of(seed, 'bootstrap', count)
  const means = new Float64Array(draws)
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[random.integer(count)]!
    means[draw] = sum / count
  }
  means.sort()
  return [quantile(means, 0.025), quantile(means, 0.975)]
}

/** Wilson's score interval for `hits` of `count`. */
export function wilsonInterval(hits: number, count: number): [number, number] {
  if (count === 0) return [0, 1]
  const z = 1.959963984540054
  const share = hits / count
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}

/** Mean over items as a metric with its bootstrap interval. */
export function meanMetric(
  values: ArrayLike<number>,
  direction: Metric['direction'],
  chance: number | null,
  seed: number,
): Metric {
  return { value: mean(values), direction, chance, n: values.length, interval: bootstrapInterval(values, seed) }
}
