/** The tables of an export: what a decoder answered, the conditions of experiments, the voxels of a mask. */
import type { TableRow } from '../../core/contract/result.ts'
import type { Metric } from '../../core/evaluate/metric.ts'
import type { Cell, ResultTable } from '../../core/table/table-text.ts'
import { applyAffine } from '../../core/volume/affine.ts'
import type { Grid } from '../../core/volume/grid.ts'

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
