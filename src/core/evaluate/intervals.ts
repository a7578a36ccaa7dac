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

/** Percentile interval of a statistic that `draw` computes from one resample. */
function percentileInterval(draws: number, draw: () => number): [number, number] {
  const values = new Float64Array(draws)
  for (let i = 0; i < draws; i++) values[i] = draw()
  values.sort()
  return [quantile(values, 0.025), quantile(values, 0.975)]
}

/** Percentile interval of the mean over items, drawn with replacement. Seeded; the same items give the same interval. */
export function bootstrapInterval(values: ArrayLike<number>, seed: number, draws = 2000): [number, number] {
  const count = values.length
  if (count === 0) return [0, 0]
  const random = Random.of(seed, 'bootstrap', count)
  return percentileInterval(draws, () => {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[random.integer(count)]!
    return sum / count
  })
}

/** The same for the mean of the groups' means: items are drawn anew within each group, so every group keeps its weight. */
export function stratifiedBootstrapInterval(
  groups: readonly ArrayLike<number>[],
  seed: number,
  draws = 2000,
): [number, number] {
  if (groups.length === 0) return [0, 0]
  const random = Random.of(seed, 'stratified bootstrap', groups.length)
  return percentileInterval(draws, () => {
    let total = 0
    for (const group of groups) {
      let sum = 0
      for (let i = 0; i < group.length; i++) sum += group[random.integer(group.length)]!
      total += sum / group.length
    }
    return total / groups.length
  })
}

/** The same for a ratio of two sums over items, both drawn together. Items whose sums below are all 0 give 0. */
export function ratioBootstrapInterval(
  above: ArrayLike<number>,
  below: ArrayLike<number>,
  seed: number,
  draws = 2000,
): [number, number] {
  const count = above.length
  if (count === 0) return [0, 0]
  const random = Random.of(seed, 'ratio bootstrap', count)
  return percentileInterval(draws, () => {
    let [top, bottom] = [0, 0]
    for (let i = 0; i < count; i++) {
      const item = random.integer(count)
      top += above[item]!
      bottom += below[item]!
    }
    return bottom > 0 ? top / bottom : 0
  })
}

/** Wilson's score interval for `hits` of `count`. */
export function wilsonInterval(hits: number, count: number): [number, number] {
  if (count === 0) return [0, 1]
  const z = 1.959963984540054
  const share = hits / count
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  // None right reaches down to exactly 0 and all right up to exactly 1, which rounding can miss.
  return [hits === 0 ? 0 : Math.max(0, centre - half), hits === count ? 1 : Math.min(1, centre + half)]
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
