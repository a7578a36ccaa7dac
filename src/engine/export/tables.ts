/**
 * Tables as other programs read them: TSV as BIDS writes it ("n/a" where there is no value), and the same as CSV for spreadsheets
 * (a byte-order mark, cells left empty). Numbers have a decimal point and every digit they have; lines end with a line feed.
 */
import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import { applyAffine } from '../../core/volume/affine.ts'
import type { Grid } from '../../core/volume/grid.ts'

export type Cell = string | number | null

export interface ResultTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export function toTsv({ columns, rows }: ResultTable): string {
  const cell = (value: Cell) => (value === null ? 'n/a' : String(value).replace(/[\t\r\n]+/g, ' '))
  return [columns, ...rows].map((row) => `${row.map(cell).join('\t')}\n`).join('')
}

export function toCsv({ columns, rows }: ResultTable): string {
  const cell = (value: Cell) => {
    if (typeof value === 'number') return String(value)
    // A text that a spreadsheet would take for a formula stays a text.
    const text = (value ?? '').replace(/^(?=[=+\-@])/, "'")
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return `\uFEFF${[columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')}`
}

/** One row per voxel of the mask: place on the grid as stored, millimetres, score, and how often repeats chose it. */
export function voxelTable(
  { mask, score }: { readonly mask: Uint8Array; readonly score: Float32Array },
  grid: Grid,
  index: Int32Array,
  frequency: Float32Array | null,
): ResultTable {
  const [, ny, nz] = grid.shape
  const rows: Cell[][] = []
  index.forEach((at, v) => {
    if (!mask[v]) return
    const [i, j, k] = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
    const [x, y, z] = applyAffine(grid.affine, [i, j, k])
    rows.push([i, j, k, x, y, z, score[v]!, frequency === null ? null : frequency[v]!])
  })
  return { columns: ['i', 'j', 'k', 'x', 'y', 'z', 'score', 'frequency'], rows }
}

const metricColumns = ['metric', 'value', 'direction', 'chance', 'n', 'low', 'high'] as const
const metricCells = (name: string, { value, direction, chance, n, interval }: Metric): Cell[] => [
  ...[name, value, direction, chance, n],
  ...interval,
]

/** One row per decoder and metric. */
export function decodingTable(
  decoders: readonly {
    readonly name: string
    readonly restart: string
    readonly evaluation: { readonly metrics: Readonly<Record<string, Metric>> }
  }[],
): ResultTable {
  return {
    columns: ['decoder', 'restart', ...metricColumns],
    rows: decoders.flatMap(({ name, restart, evaluation }) =>
      Object.entries(evaluation.metrics).map(([metric, found]) => [name, restart, ...metricCells(metric, found)]),
    ),
  }
}

/** One row per experiment, seed, condition and metric; conditions without metrics have one row. */
export function conditionTable(
  tables: readonly { readonly name: string; readonly experiment: string; readonly rows: readonly TableRow[] }[],
): ResultTable {
  const empty: Cell[] = metricColumns.map(() => null)
  return {
    columns: ['run', 'experiment', 'seed', 'condition', 'voxels', 'dice', 'seconds', ...metricColumns],
    rows: tables.flatMap(({ name, experiment, rows }) =>
      rows.flatMap(({ seed, condition, voxels, dice, seconds, metrics }) => {
        const own: Cell[] = [name, experiment, seed, condition, voxels, dice, seconds]
        const found = Object.entries(metrics)
        return found.length === 0
          ? [[...own, ...empty]]
          : found.map(([metric, of]) => [...own, ...metricCells(metric, of)])
      }),
    ),
  }
}
