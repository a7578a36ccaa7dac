/**
 * An experiment as a chart: a curve over the voxel budget or over the share of the data where the conditions are amounts, and dots with
 * whiskers per condition otherwise. Conditions that are not the method's own are lines or dots of their own; chance is marked.
 */
import type { TableRow } from '../../core/contract/result.ts'
import { conditionGroups, lookOf } from '../components/conditions.ts'
import type { Mark } from '../components/marks.tsx'
import { type Summary, summarise } from '../components/result-table.tsx'

export interface ChartPoint {
  readonly condition: string
  readonly label: string
  readonly mark: Mark
  /** Voxels of the mask, or share of the trials; null where the condition has no place on the axis. */
  readonly x: number | null
  readonly value: number
  readonly low: number
  readonly high: number
  readonly voxels: number
  readonly seeds: number
  readonly n: number
}

export interface ExperimentChart {
  readonly metric: string
  readonly direction: 'higher' | 'lower'
  readonly chance: number | null
  readonly axis: 'voxels' | 'share' | 'condition'
  /** Joined by a line in order of x; each its own mark. Empty for an axis of conditions. */
  readonly curves: readonly { readonly mark: Mark; readonly label: string; readonly points: readonly ChartPoint[] }[]
  /** Lines across a curve, or the dots of an axis of conditions. */
  readonly others: readonly ChartPoint[]
}

/** Share of the trials behind an @, as in troi@25%; null where there is none. */
function shareOf(condition: string): number | null {
  const found = /@(\d+(?:\.\d+)?)%$/.exec(condition)
  return found === null ? null : Number(found[1]) / 100
}

const withBudget = /@\d*V(?:\/\d+)?$/

function pointOf(summary: Summary, metric: string, method: string): ChartPoint[] {
  const found = summary.metrics[metric]
  if (found === undefined) return []
  const { condition, voxels, seeds } = summary
  const look = lookOf(condition, method)
  const x = withBudget.test(condition) ? voxels : shareOf(condition)
  const remarks = [
    ...(look.remark === '' || x !== null ? [] : [look.remark]),
    // In the table its group says so; a chart has no groups.
    ...(look.group === 'Closed-form decoder' ? [look.group.toLowerCase()] : []),
  ]
  const label = [look.name, ...remarks].join(', ')
  return [
    {
      ...{ condition, label, x, voxels, seeds, mark: look.mark },
      ...{ value: found.value, low: found.low, high: found.high, n: found.n },
    },
  ]
}

/** `method` is the condition under test. Null where no row has the metric. */
export function experimentChart(rows: readonly TableRow[], metric: string, method: string): ExperimentChart | null {
  const summaries = summarise(rows)
  const points = summaries.flatMap((summary) => pointOf(summary, metric, method))
  const first = summaries.flatMap((summary) => summary.metrics[metric] ?? [])[0]
  if (first === undefined) return null
  const { direction, chance } = first
  const placed = points.filter(({ x }) => x !== null)
  if (placed.length < 2)
    return { metric, direction, chance, axis: 'condition', curves: [], others: inGroups(points, method) }
  const names = [...new Set(placed.map(({ condition }) => condition.split('@')[0]!))]
  const curves = names.map((name) => {
    const own = placed.filter(({ condition }) => condition.split('@')[0] === name).sort((a, b) => a.x! - b.x!)
    return { mark: own[0]!.mark, label: own[0]!.label, points: own }
  })
  const axis = placed.some(({ condition }) => withBudget.test(condition)) ? 'voxels' : 'share'
  return { metric, direction, chance, axis, curves, others: points.filter(({ x }) => x === null) }
}

/** In the order of the table: method, controls, variants, closed form, bound. */
function inGroups(points: readonly ChartPoint[], method: string): ChartPoint[] {
  return conditionGroups.flatMap((group) => points.filter(({ condition }) => lookOf(condition, method).group === group))
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** One line per point, with everything that the chart shows. */
export function chartCsv(chart: ExperimentChart): string {
  const points = [...chart.curves.flatMap(({ points }) => points), ...chart.others]
  const lines = points.map(({ condition, x, voxels, value, low, high, n, seeds }) =>
    [
      quoted(condition),
      chart.axis === 'share' ? (x ?? '') : '',
      voxels,
      value,
      low,
      high,
      chart.chance ?? '',
      n,
      seeds,
    ].join(','),
  )
  const header = `condition,share,voxels,${chart.metric},interval_low,interval_high,chance,n,seeds`
  return `${[header, ...lines].join('\n')}\n`
}
