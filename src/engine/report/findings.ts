/**
 * What the tables of an experiment say, in words: where a control does as well as the method or better. Means over seeds are compared;
 * where the intervals of two rows overlap in any seed the difference is called unclear. Unflattering findings come first.
 */
import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import type { ExperimentTable } from '../mask-dossier.ts'
import { escapeHtml, metricName, number } from './html.ts'

/** Experiments whose first row is the method and whose other rows are to be compared with it. */
const compared = ['controls', 'ablation', 'cross-validation', 'demo']
const metrics = ['brainToImage', 'imageToBrain', 'pixCorr', 'ssim', 'accuracy'] as const
/** No controls but limits: what a mask could reach that knows the answer. */
const limits = /^(decoder-ridge:)?true$/

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0)
const overlaps = (a: Metric, b: Metric) => a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1]

/** Sentences as HTML; empty for experiments that compare nothing with a method. */
export function findings({ experiment, rows }: ExperimentTable): string[] {
  const method = rows[0]?.condition
  if (method === undefined || !compared.includes(experiment)) return []
  const of = (condition: string) => rows.filter((row) => row.condition === condition)
  const others = [...new Set(rows.map(({ condition }) => condition))].filter((name) => name !== method)
  return metrics.flatMap((metric) => {
    const own = of(method)
    if (own.length === 0 || own.some((row) => row.metrics[metric] === undefined)) return []
    return [
      sentence(
        metric,
        method,
        own,
        others.map((name) => [name, of(name)] as const),
      ),
    ]
  })
}

function sentence(
  metric: (typeof metrics)[number],
  method: string,
  own: readonly TableRow[],
  others: readonly (readonly [string, readonly TableRow[]])[],
): string {
  const value = (rows: readonly TableRow[]) => mean(rows.flatMap((row) => row.metrics[metric]?.value ?? []))
  const sign = own[0]!.metrics[metric]!.direction === 'higher' ? 1 : -1
  const known = others.filter(([name, rows]) => !limits.test(name) && rows.every((row) => row.metrics[metric]))
  const unclear = (rows: readonly TableRow[]) =>
    rows.some((row) => {
      const pair = own.find(({ seed }) => seed === row.seed)
      return pair !== undefined && overlaps(row.metrics[metric]!, pair.metrics[metric]!)
    })
  const named = ([name, rows]: (typeof known)[number]) => `${escapeHtml(name)} ${number(value(rows))}`
  const atLeast = known.filter(([, rows]) => sign * (value(rows) - value(own)) >= 0)
  const below = known.filter((one) => !atLeast.includes(one))
  const parts = [
    ['better beyond their intervals', atLeast.filter(([, rows]) => !unclear(rows))],
    ['as good or better, no clear difference', atLeast.filter(([, rows]) => unclear(rows))],
    ['worse, no clear difference', below.filter(([, rows]) => unclear(rows))],
    ['worse beyond their intervals', below.filter(([, rows]) => !unclear(rows))],
  ] as const
  const said = parts.flatMap(([word, list]) => (list.length === 0 ? [] : [`${word}: ${list.map(named).join(', ')}`]))
  const text = said.length === 0 ? 'nothing to compare it with' : said.join('; ')
  return `<b>${metricName(metric)}</b>: ${escapeHtml(method)} ${number(value(own))}, ${own.length} ${own.length === 1 ? 'seed' : 'seeds'}. ${text[0]!.toUpperCase()}${text.slice(1)}.`
}
