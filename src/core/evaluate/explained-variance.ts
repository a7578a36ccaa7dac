/** How much of the variance of the true embeddings a decoder explains: one R² over all items and dimensions. */
import { ratioBootstrapInterval } from './intervals.ts'
import type { Metric } from './metric.ts'

/**
 * 1 − residual / total sum of squares, the total taken about the mean of the true vectors; predicting that mean gives 0 and a worse
 * prediction a negative value. (R² per item is unstable, hence one value.) Both rows × columns. The interval draws items anew, with
 * their residual and total together; 0 where the true vectors do not vary.
 */
export function explainedVariance(predicted: Float32Array, truth: Float32Array, rows: number, seed: number): Metric {
  const columns = rows > 0 ? truth.length / rows : 0
  const average = new Float64Array(columns)
  for (let i = 0; i < truth.length; i++) average[i % columns]! += truth[i]! / rows
  const residual = new Float64Array(rows)
  const total = new Float64Array(rows)
  let [residuals, totals] = [0, 0]
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      const at = row * columns + c
      residual[row]! += (truth[at]! - predicted[at]!) ** 2
      total[row]! += (truth[at]! - average[c]!) ** 2
    }
    residuals += residual[row]!
    totals += total[row]!
  }
  const varies = totals > 0
  const [low, high] = varies ? ratioBootstrapInterval(residual, total, seed) : [1, 1]
  return {
    value: varies ? 1 - residuals / totals : 0,
    direction: 'higher',
    chance: 0,
    n: rows,
    interval: [1 - high, 1 - low],
  }
}
