/** Does the method beat the controls, by more than chance and spread? */
import { useQuery } from '@tanstack/react-query'
import type { Evaluation } from '../../core/contract/result.ts'
import { Button, Empty, ErrorNote, Pane } from '../components/basics.tsx'
import { metricText, metricTitle, ResultTable } from '../components/result-table.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useDecoders, useProjectId, useRuns, useTable } from '../lib/queries.ts'

function MetricList({ evaluation }: { evaluation: Evaluation }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Metric</th>
          <th className="number">Value</th>
          <th className="number">95 % interval</th>
          <th className="number">Chance</th>
          <th className="number">n</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(evaluation.metrics).map(([name, metric]) => (
          <tr key={name}>
            <td>
              {metricTitle(name)} {metric.direction === 'higher' ? '↑' : '↓'}
            </td>
            <td className="number">
              <b>{metricText(name, metric.value)}</b>
            </td>
            <td className="number">
              {metricText(name, metric.interval[0])} to {metricText(name, metric.interval[1])}
            </td>
            <td className="number">{metric.chance === null ? '–' : metricText(name, metric.chance)}</td>
            <td className="number">{count(metric.n)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function ConfusionTable({ confusion }: { confusion: NonNullable<Evaluation['confusion']> }) {
  return (
    <table aria-label="Confusion matrix" style={{ width: 'auto' }}>
      <thead>
        <tr>
          <th>shown ↓ answered →</th>
          {confusion.labels.map((label) => (
            <th key={label} className="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {confusion.counts.map((row, i) => {
          const total = Math.max(
            1,
            row.reduce((sum, value) => sum + value, 0),
          )
          return (
            <tr key={confusion.labels[i]}>
              <th>{confusion.labels[i]}</th>
              {row.map((value, j) => (
                <td
                  key={confusion.labels[j]}
                  className="number"
                  style={{
                    background: `rgba(${i === j ? '76, 195, 245' : '154, 164, 175'}, ${(0.55 * value) / total})`,
                    paddingRight: 10,
                    minWidth: 56,
                  }}
                >
                  {value}
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function csvOf(rows: NonNullable<ReturnType<typeof useTable>['data']>['rows']): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))]
  const head = [
    'seed',
    'condition',
    'voxels',
    'dice',
    'seconds',
    ...names.flatMap((name) => [name, `${name}_low`, `${name}_high`, `${name}_chance`, `${name}_n`]),
  ]
  const lines = rows.map((row) =>
    [
      row.seed,
      row.condition,
      row.voxels,
      row.dice ?? '',
      row.seconds.toFixed(1),
      ...names.flatMap((name) =>
        row.metrics[name] === undefined
          ? ['', '', '', '', '']
          : [
              row.metrics[name].value,
              ...row.metrics[name].interval,
              row.metrics[name].chance ?? '',
              row.metrics[name].n,
            ],
      ),
    ].join(','),
  )
  return [head.join(','), ...lines].join('\n')
}

export function ResultsTab() {
  const project = useProjectId()
  const runs = useRuns().data ?? []
  const decoders = useDecoders().data ?? []
  const experiment = [...runs].reverse().find((run) => run.kind === 'demo' || run.kind === 'experiment')
  const table = useTable(experiment?.id ?? null, experiment?.status === 'running')
  const decoder = decoders.at(-1)
  const evaluation = useQuery({
    queryKey: ['evaluation', project, decoder?.id],
    enabled: decoder !== undefined,
    queryFn: () => engine.results.evaluation({ project, decoder: decoder!.id }),
  })
  const rows = table.data?.rows ?? []
  const seeds = new Set(rows.map((row) => row.seed)).size
  const method = experiment?.request.kind === 'experiment' ? experiment.request.mask.preset : 'troi'
  if (rows.length === 0 && (evaluation.data ?? null) === null)
    return (
      <Empty>
        Results appear here: the method beside every control it must beat, each number with chance, n and interval.
      </Empty>
    )
  return (
    <div
      className="columns"
      style={{ gridTemplateRows: rows.length > 0 ? 'minmax(0, 1.6fr) minmax(0, 1fr)' : 'minmax(0, 1fr)' }}
    >
      {rows.length === 0 ? null : (
        <Pane
          title={`Conditions of ${experiment?.name ?? ''}`}
          note={
            seeds > 1
              ? `mean of ${seeds} seeds; the bar spans their range`
              : 'one seed; the bar is the 95 % interval over trials'
          }
          actions={
            <Button kind="bare" onPress={() => void navigator.clipboard.writeText(csvOf(rows))}>
              Copy as CSV
            </Button>
          }
        >
          <ErrorNote error={table.error} />
          <ResultTable rows={rows} method={method} />
        </Pane>
      )}
      {evaluation.data === null || evaluation.data === undefined ? null : (
        <Pane title={`Decoder ${decoder?.name ?? ''}`} note="on held-out trials">
          <div
            style={{
              display: 'grid',
              gridTemplateColumns: evaluation.data.confusion === undefined ? '1fr' : 'minmax(420px, 1fr) auto',
              gap: 32,
            }}
          >
            <div className="stack">
              <MetricList evaluation={evaluation.data} />
              {evaluation.data.permutation === undefined ? null : (
                <p className="ink2">
                  With labels permuted within runs {count(evaluation.data.permutation.permutations)} times: mean{' '}
                  {metricText('accuracy', evaluation.data.permutation.mean)}, highest{' '}
                  {metricText('accuracy', evaluation.data.permutation.maximum)}, p ={' '}
                  {evaluation.data.permutation.p.toPrecision(2)}.
                </p>
              )}
            </div>
            {evaluation.data.confusion === undefined ? null : <ConfusionTable confusion={evaluation.data.confusion} />}
          </div>
        </Pane>
      )}
    </div>
  )
}
