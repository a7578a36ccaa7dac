/** What result tables of the window hold, as tables for other programs: every metric with direction, chance, n and interval. Pure. */
import type { Evaluation, TableRow } from '../../core/contract/result.ts'
import type { MaskStatisticsAnswer } from '../../core/contract/statistics.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import type { Cell, ResultTable } from '../../core/table/table-text.ts'
import type { ComparedRow } from './compare-runs.ts'

const metricColumns = ['value', 'direction', 'chance', 'n', 'interval_low', 'interval_high'] as const

function cellsOf({ value, direction, chance, n, interval }: Metric): Cell[] {
  return [value, direction, chance, n, interval[0], interval[1]]
}

/** One row per seed and condition, every metric with all that belongs to it. */
export function conditionsTable(rows: readonly TableRow[]): ResultTable {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))]
  return {
    columns: [
      ...['seed', 'condition', 'voxels', 'dice', 'seconds'],
      ...names.flatMap((name) => metricColumns.map((column) => (column === 'value' ? name : `${name}_${column}`))),
    ],
    rows: rows.map((row) => [
      ...[row.seed, row.condition, row.voxels, row.dice, Math.round(10 * row.seconds) / 10],
      ...names.flatMap((name) => {
        const metric = row.metrics[name]
        return metric === undefined ? metricColumns.map(() => null) : cellsOf(metric)
      }),
    ]),
  }
}

/** Metrics of a decoder, those of packs under their networks' names, and the permutation test. */
export function metricsTable({ metrics, packMetrics = [], permutation }: Evaluation): ResultTable {
  const permuted: Cell[][] =
    permutation === undefined
      ? []
      : [['permutation test, p', permutation.p, 'lower', null, permutation.permutations, null, null]]
  return {
    columns: ['metric', ...metricColumns],
    rows: [
      ...Object.entries(metrics).map(([name, metric]): Cell[] => [name, ...cellsOf(metric)]),
      ...packMetrics.map(({ label, measure, standsInFor, metric }): Cell[] => [
        `${label}, ${measure}${standsInFor === null ? '' : `, stands in for ${standsInFor}`}`,
        ...cellsOf(metric),
      ]),
      ...permuted,
    ],
  }
}

/** Counts: shown in rows, answered in columns. */
export function confusionTable({ labels, counts }: NonNullable<Evaluation['confusion']>): ResultTable {
  return { columns: ['shown', ...labels], rows: counts.map((row, at) => [labels[at] ?? '', ...row]) }
}

export function comparedTable(runs: readonly string[], rows: readonly ComparedRow[]): ResultTable {
  return {
    columns: ['group', 'what', ...runs],
    rows: rows.map(({ group, label, values }) => [group, label, ...values]),
  }
}

/** What the review counts of a mask; numbers with a chance have it beside them. */
export function statisticsTable(found: MaskStatisticsAnswer): ResultTable {
  const { components, isolated, centre } = found
  const plain: [string, Cell][] = [
    ['voxels', found.voxels],
    ['voxels in use', found.voxelsInUse],
    ['cubic centimetres', found.cubicCentimetres],
    ['left', found.left],
    ['right', found.right],
    ['middle', found.middle],
    ['pieces', components.count],
    ['largest piece, voxels', components.largest],
    ['voxels alone', isolated.count],
    ...(centre === null
      ? []
      : (['x', 'y', 'z'] as const).map((axis, at): [string, Cell] => [`centre ${axis}, mm`, centre[at]!])),
  ]
  return {
    columns: ['what', 'value', 'chance'],
    rows: [
      ...plain.map(([name, value]): Cell[] => [name, value, null]),
      ...found.overlap.flatMap((one) =>
        (['dice', 'precision', 'recall'] as const).map((name): Cell[] => [
          `${name} with ${one.with === 'truth' ? 'the true voxels' : 'the annotated ROI'}`,
          one[name],
          one.chance[name],
        ]),
      ),
    ],
  }
}

/** All regions of an atlas, those that the mask holds nothing of too, and the voxels outside. */
export function regionsTable({ regions, outside }: NonNullable<MaskStatisticsAnswer['atlas']>): ResultTable {
  return {
    columns: ['label', 'name', 'voxels', 'in_use', 'covered', 'share_of_region', 'share_of_mask'],
    rows: [
      ...regions.map((one): Cell[] => [
        ...[one.label, one.name, one.voxels, one.inUse, one.covered, one.shareOfRegion, one.shareOfMask],
      ]),
      [null, 'outside all regions', null, null, outside, null, null],
    ],
  }
}

/** Blind grades per decoder. */
export function gradesTable(
  rows: readonly {
    readonly name: string
    readonly summary: {
      readonly n: number
      readonly raters: number
      readonly mean: number
      readonly interval: readonly number[] | null
      readonly counts: readonly number[]
    }
  }[],
): ResultTable {
  return {
    columns: [
      'decoder',
      'n',
      'raters',
      'mean',
      'interval_low',
      'interval_high',
      ...[1, 2, 3, 4, 5].map((one) => `grade_${one}`),
    ],
    rows: rows.map(({ name, summary: { n, raters, mean, interval, counts } }): Cell[] => [
      ...[name, n, raters, mean, interval?.[0] ?? null, interval?.[1] ?? null],
      ...counts,
    ]),
  }
}
