/**
 * Conditions by metrics as dots with whiskers on a scale that all rows share. A dotted line carries the method's value down. No row is
 * called better as a whole: every metric stands for itself, with its direction, chance, n and interval.
 */

import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { count } from '../lib/format.ts'
import { type Mark, MarkShape } from './glyphs.tsx'

interface Summary {
  readonly condition: string
  readonly group: Group
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

type Group = 'Method' | 'Controls' | 'Other masks and ablations' | 'Closed-form decoder' | 'Oracle'
const groups: readonly Group[] = ['Method', 'Controls', 'Other masks and ablations', 'Closed-form decoder', 'Oracle']
const controls = /^(annotated|whole|random|random-in-annotated|noise-ceiling|encoding|ridge)(\+filter)?$/

function groupOf(condition: string, method: string): Group {
  if (condition === method) return 'Method'
  if (condition === 'true') return 'Oracle'
  if (condition.startsWith('decoder-ridge:')) return 'Closed-form decoder'
  return controls.test(condition) ? 'Controls' : 'Other masks and ablations'
}

export function markOf(condition: string, method: string): Mark {
  if (condition === 'true' || condition.endsWith(':true')) return 'truth'
  if (condition.includes('annotated') && condition !== 'random-in-annotated') return 'annotated'
  return condition === method ||
    /^(troi|instant|memory|paper|mindeye2|without|rewind|finetune|unfrozen|V|2V)/.test(condition) ||
    condition === `decoder-ridge:${method}`
    ? 'method'
    : 'control'
}

/** One line per condition. With one seed the whiskers are that run's own interval; with more, mean and range of the seeds. */
export function summarise(rows: readonly TableRow[], method: string): Summary[] {
  const conditions = [...new Set(rows.map((row) => row.condition))]
  return conditions.map((condition) => {
    const own = rows.filter((row) => row.condition === condition)
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const names = [...new Set(own.flatMap((row) => Object.keys(row.metrics)))]
    const metrics = Object.fromEntries(
      names.map((name) => {
        const found = own.flatMap((row) => row.metrics[name] ?? [])
        const values = found.map((metric) => metric.value)
        const single = found.length === 1
        return [
          name,
          {
            value: mean(values),
            low: single ? found[0]!.interval[0] : Math.min(...values),
            high: single ? found[0]!.interval[1] : Math.max(...values),
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
      group: groupOf(condition, method),
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

export function metricTitle(name: string): string {
  return titles[name] ?? name
}

export function metricText(name: string, value: number): string {
  return shares.has(name) ? `${(100 * value).toFixed(1)} %` : value.toFixed(3)
}

function Plot({
  summary,
  name,
  method,
  range,
  mark,
}: {
  summary: Summary
  name: string
  method: number | null
  range: readonly [number, number]
  mark: Mark
}) {
  const metric = summary.metrics[name]
  if (metric === undefined) return null
  const x = (value: number) => 4 + (192 * (value - range[0])) / Math.max(1e-9, range[1] - range[0])
  return (
    <svg
      viewBox="0 0 200 24"
      preserveAspectRatio="none"
      role="img"
      aria-label={`${summary.condition}, ${metricTitle(name)}: ${metricText(name, metric.value)}`}
    >
      {metric.chance === null ? null : (
        <line
          x1={x(metric.chance)}
          x2={x(metric.chance)}
          y1={0}
          y2={24}
          stroke="var(--ink3)"
          strokeDasharray="3 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      {method === null ? null : (
        <line
          x1={x(method)}
          x2={x(method)}
          y1={-2}
          y2={26}
          stroke="var(--method)"
          strokeDasharray="1 3"
          vectorEffect="non-scaling-stroke"
        />
      )}
      <line
        x1={x(metric.low)}
        x2={x(metric.high)}
        y1={12}
        y2={12}
        stroke="var(--ink2)"
        vectorEffect="non-scaling-stroke"
      />
      <g transform={`translate(${x(metric.value)} 12)`}>
        <MarkShape mark={mark} x={0} y={0} size={4.5} />
      </g>
    </svg>
  )
}

export function ResultTable({
  rows,
  method = 'troi',
  compact = false,
  names,
}: {
  rows: readonly TableRow[]
  method?: string
  compact?: boolean
  names?: readonly string[]
}) {
  const summaries = summarise(rows, method)
  const present = (names ?? ['brainToImage', 'imageToBrain', 'accuracy', 'pixCorr'])
    .filter((name) => summaries.some((summary) => summary.metrics[name] !== undefined))
    .slice(0, compact ? 2 : 4)
  const ranges = new Map(
    present.map((name) => {
      const all = summaries.flatMap((summary) =>
        summary.metrics[name] === undefined
          ? []
          : [
              summary.metrics[name].low,
              summary.metrics[name].high,
              summary.metrics[name].chance ?? summary.metrics[name].low,
            ],
      )
      return [name, [Math.min(...all), Math.max(...all)] as const]
    }),
  )
  const leader = summaries.find((summary) => summary.condition === method)
  return (
    <table className="dot-table">
      <thead>
        <tr>
          <th>Condition</th>
          <th className="number">Voxels</th>
          {summaries.some((summary) => summary.dice !== null) ? <th className="number">Dice ↑</th> : null}
          {present.map((name) => {
            const sample = summaries.find((summary) => summary.metrics[name] !== undefined)!.metrics[name]!
            return (
              <th key={name} colSpan={compact ? 1 : 2}>
                {metricTitle(name)} {sample.direction === 'higher' ? '↑' : '↓'}{' '}
                <small>
                  {sample.chance === null ? '' : `chance ${metricText(name, sample.chance)}, `}n {count(sample.n)}
                </small>
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        {groups.flatMap((group) => {
          const own = summaries.filter((summary) => summary.group === group)
          if (own.length === 0) return []
          return [
            <tr key={group} className="group">
              <th colSpan={3 + 2 * present.length}>{group}</th>
            </tr>,
            ...own.map((summary) => {
              const mark = markOf(summary.condition, method)
              return (
                <tr key={summary.condition}>
                  <td>
                    <span className="row">
                      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <MarkShape mark={mark} x={7} y={7} />
                      </svg>
                      {summary.condition}
                    </span>
                  </td>
                  <td className="number">{count(summary.voxels)}</td>
                  {summaries.some((one) => one.dice !== null) ? (
                    <td className="number">{summary.dice === null ? '–' : summary.dice.toFixed(3)}</td>
                  ) : null}
                  {present.flatMap((name) => {
                    const metric = summary.metrics[name]
                    const text = (
                      <td
                        key={`${name} value`}
                        className="number"
                        title={
                          metric === undefined
                            ? ''
                            : `${metricText(name, metric.low)} to ${metricText(name, metric.high)}`
                        }
                      >
                        {metric === undefined ? '–' : metricText(name, metric.value)}
                      </td>
                    )
                    if (compact) return [text]
                    return [
                      <td key={`${name} plot`} className="plot">
                        <Plot
                          summary={summary}
                          name={name}
                          mark={mark}
                          method={leader?.metrics[name]?.value ?? null}
                          range={ranges.get(name)!}
                        />
                      </td>,
                      text,
                    ]
                  })}
                </tr>
              )
            }),
          ]
        })}
      </tbody>
    </table>
  )
}
