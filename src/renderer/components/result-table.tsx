/** Tables of experiments reduced to one line per condition, and the names and forms of their metrics. */

import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'

export interface Summary {
  readonly condition: string
  readonly seeds: number
  readonly voxels: number
  readonly dice: number | null
  readonly metrics: Readonly<
    Record<
      string,
      { value: number; low: number; high: number; chance: number | null; n: number; direction: Metric['direction'] }
    >
  >
}

/** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; 1.96 beyond. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/** Half the 95 % interval of a mean over at least two values. */
export function halfInterval(values: readonly number[]): number {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return (studentT[n - 2] ?? 1.96) * Math.sqrt(variance / n)
}

/** One line per condition. With one seed the bars are that run's own interval; with more, mean and interval over the seeds. */
export function summarise(rows: readonly TableRow[]): Summary[] {
  const conditions = [...new Set(rows.map((row) => row.condition))]
  return conditions.map((condition) => {
    const own = rows.filter((row) => row.condition === condition)
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const names = [...new Set(own.flatMap((row) => Object.keys(row.metrics)))]
    const metrics = Object.fromEntries(
      names.map((name) => {
        const found = own.flatMap((row) => row.metrics[name] ?? [])
        const values = found.map((metric) => metric.value)
        const half = values.length > 1 ? halfInterval(values) : 0
        return [
          name,
          {
            value: mean(values),
            low: values.length > 1 ? mean(values) - half : found[0]!.interval[0],
            high: values.length > 1 ? mean(values) + half : found[0]!.interval[1],
            chance: found[0]!.chance,
            n: found[0]!.n,
            direction: found[0]!.direction,
          },
        ]
      }),
    )
    const dices = own.flatMap((row) => row.dice ?? [])
    return {
      condition,
      seeds: own.length,
      voxels: Math.round(mean(own.map((row) => row.voxels))),
      dice: dices.length > 0 ? mean(dices) : null,
      metrics,
    }
  })
}

const shares = new Set([
  'brainToImage',
  'imageToBrain',
  'brainToImageCsls',
  'imageToBrainCsls',
  'accuracy',
  'balancedAccuracy',
  'twoWay',
])
const titles: Readonly<Record<string, string>> = {
  brainToImage: 'brain → image',
  imageToBrain: 'image → brain',
  brainToImageCsls: 'brain → image, CSLS',
  imageToBrainCsls: 'image → brain, CSLS',
  pixCorr: 'PixCorr',
  ssim: 'SSIM',
  twoWay: 'two-way',
  correlationDistance: 'correlation distance',
  embeddingR2: 'embedding R²',
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
}

/** Whether a metric is a share of items, shown in per cent. */
export function share(name: string): boolean {
  return shares.has(name)
}

export function metricTitle(name: string): string {
  return titles[name] ?? name
}

export function metricText(name: string, value: number): string {
  return shares.has(name) ? `${(100 * value).toFixed(1)} %` : value.toFixed(3)
}
