/** Results as tables: every number with direction, chance, n and interval. */
import type { Evaluation, TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { arrow, escapeHtml, metricName, number, table } from './html.ts'

function shownValue(metric: Metric | undefined, more = ''): string {
  if (metric === undefined) return '–'
  return `${number(metric.value)}<small>${number(metric.interval[0])} to ${number(metric.interval[1])}</small>${more}`
}

const context = ({ chance, n }: Metric) => `<small>${chance === null ? '' : `chance ${number(chance)}, `}n ${n}</small>`

/** Networks under their own names; what stands in for another says so in its row. */
function packRows({ packMetrics = [] }: Evaluation): string[][] {
  return packMetrics.map(({ label, measure, standsInFor, metric }) => {
    const how = measure === 'twoWay' ? 'two-way identification' : 'correlation distance'
    const standIn =
      standsInFor === null
        ? ''
        : `<small>stands in for ${standsInFor}; does not compare with its published numbers</small>`
    return [
      ...[`${escapeHtml(label)}, ${how} ${arrow(metric)}${standIn}`, shownValue(metric)],
      ...[metric.chance === null ? '–' : number(metric.chance), String(metric.n)],
    ]
  })
}

/** Metrics, those of packs, what is missing in words, the permutation null and the confusion matrix. */
export function evaluationTable(evaluation: Evaluation): string {
  const { metrics, permutation, confusion, notes = [], missingMetrics = [] } = evaluation
  const said = [...notes, ...missingMetrics.map(({ words }) => words)].map((line) => `<p>${escapeHtml(line)}</p>`)
  const rows = Object.entries(metrics).map(([name, metric]) => [
    ...[`${metricName(name)} ${arrow(metric)}`, shownValue(metric)],
    ...[metric.chance === null ? '–' : number(metric.chance), String(metric.n)],
  ])
  const permuted =
    permutation === undefined
      ? ''
      : `<p>Permuted labels: mean ${number(permutation.mean)}, highest ${number(permutation.maximum)} of ${permutation.permutations}; p = ${permutation.p.toPrecision(2)}.</p>`
  const confused =
    confusion === undefined
      ? ''
      : `<p>Answers (columns) for each shown label (rows):</p>${table(
          ['', ...confusion.labels.map(escapeHtml)],
          confusion.counts.map((row, at) => [escapeHtml(confusion.labels[at] ?? ''), ...row.map(String)]),
        )}`
  return `${table(['Metric', 'Value, 95 % interval', 'Chance', 'n'], [...rows, ...packRows(evaluation)])}${permuted}${confused}${said.join('')}`
}

/** Direction, chance and n of a column stand in its head; where rows differ in chance or n, in the cells. */
export function conditionTable(rows: readonly TableRow[]): string {
  const columns = ['brainToImage', 'imageToBrain', 'pixCorr', 'ssim', 'accuracy'].flatMap((name) => {
    const found = rows.map((row) => row.metrics[name]).filter((metric) => metric !== undefined)
    const [first] = found
    if (first === undefined) return []
    const alike = found.every(({ chance, n }) => chance === first.chance && n === first.n)
    return [{ name, first, alike }]
  })
  const dice = rows.some((row) => row.dice !== null)
  const head = columns.map(
    ({ name, first, alike }) => `${metricName(name)} ${arrow(first)}${alike ? context(first) : ''}`,
  )
  const body = rows.map((row) => [
    ...[escapeHtml(row.condition), String(row.seed), String(row.voxels)],
    ...(dice ? [row.dice === null ? '–' : number(row.dice)] : []),
    ...columns.map(({ name, alike }) => {
      const metric = row.metrics[name]
      return shownValue(metric, metric === undefined || alike ? '' : context(metric))
    }),
  ])
  const note = columns.length === 0 ? '' : '<p>Values with their 95 % intervals over held-out items.</p>'
  return `${table(['Condition', 'Seed', 'Voxels', ...(dice ? ['Dice with the truth'] : []), ...head], body)}${note}`
}
