/** Does the method beat the controls, by more than chance and spread? */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Evaluation } from '../../core/contract/result.ts'
import { isTestRun } from '../../core/contract/run.ts'
import { Button, Empty, ErrorNote, Pane, Scroll } from '../components/basics.tsx'
import { DotTable } from '../components/dot-table.tsx'
import { MarkSign } from '../components/marks.tsx'
import { metricText, metricTitle } from '../components/result-table.tsx'
import { frame } from '../components/strings.ts'
import { TableActs } from '../components/table-acts.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useDecoders, useProjectId, useRuns, useTable } from '../lib/queries.ts'
import { conditionsTable, confusionTable, metricsTable } from '../lib/result-tables.ts'
import { useWindow } from '../lib/state.ts'
import { PackMetrics } from './results/pack-metrics.tsx'
import { AccuracyFigure } from './review/accuracy.tsx'
import { InWords } from './review/in-words.tsx'
import { words } from './review/strings.ts'

function MetricList({ evaluation }: { evaluation: Evaluation }) {
  return (
    <table>
      <thead>
        <tr>
          <th>{words.metrics.metric}</th>
          <th className="number">{words.metrics.value}</th>
          <th className="number">{words.metrics.interval}</th>
          <th className="number">{words.metrics.chance}</th>
          <th className="number">{words.metrics.n}</th>
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
              {words.metrics.to(metricText(name, metric.interval[0]), metricText(name, metric.interval[1]))}
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
    <table aria-label={words.confusion.title} className="confusion">
      <thead>
        <tr>
          <th>{words.confusion.corner}</th>
          {confusion.labels.map((label) => (
            <th key={label} className="number ellipsis" title={label}>
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
              <th className="ellipsis" title={confusion.labels[i]}>
                {confusion.labels[i]}
              </th>
              {row.map((value, j) => (
                <td
                  key={confusion.labels[j]}
                  className="number"
                  style={{
                    background: `rgba(${i === j ? '76, 195, 245' : '154, 164, 175'}, ${(0.55 * value) / total})`,
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

export function ResultsTab() {
  const project = useProjectId()
  const runs = useRuns().data ?? []
  const decoders = useDecoders().data ?? []
  // An experiment that has only been queued must not hide the results of one that is done.
  const [wanted, setWanted] = useState<string | null>(null)
  const experiments = runs
    .filter(
      (run) => (run.kind === 'demo' || run.kind === 'experiment') && run.started !== null && !isTestRun(run.request),
    )
    .reverse()
  const experiment =
    experiments.find((run) => run.id === wanted) ?? experiments.find((run) => run.status === 'done') ?? experiments[0]
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
  const { show } = useWindow()
  if (rows.length === 0 && (evaluation.data ?? null) === null)
    return (
      <Empty action={<Button onPress={() => show({ name: 'decoder' })}>{words.toDecoder}</Button>}>{words.none}</Empty>
    )
  return (
    <div className={`columns results${rows.length > 0 ? '' : ' labels'}`}>
      {rows.length === 0 ? null : (
        <section className="pane conditions" aria-label={words.table.conditions(experiment?.name ?? '')}>
          <header>
            <span className="grow ellipsis ink2">
              {seeds > 1 ? words.table.several(seeds) : words.table.one} {words.table.higher}
            </span>
            {experiments.length < 2 ? null : (
              <select
                className="input"
                aria-label={words.table.which}
                style={{ width: 130 }}
                value={experiment?.id}
                onChange={(event) => setWanted(event.target.value)}
              >
                {experiments.map((run) => (
                  <option key={run.id} value={run.id}>
                    {run.name}
                  </option>
                ))}
              </select>
            )}
            <ul className="row legend">
              {words.table.legend.map(([mark, text]) => (
                <li key={mark} className="row">
                  <MarkSign mark={mark} /> {text}
                </li>
              ))}
            </ul>
            <TableActs
              title={words.table.title}
              file={words.table.file(experiment?.name ?? '')}
              table={() => conditionsTable(rows)}
            />
          </header>
          <Scroll label={frame.conditions.title}>
            <ErrorNote error={table.error} />
            <DotTable rows={rows} method={method} />
          </Scroll>
        </section>
      )}
      <div className="columns results-below">
        {evaluation.data === null || evaluation.data === undefined ? null : (
          <Pane
            title={words.decoder(decoder?.name ?? '')}
            note={words.heldOut}
            actions={
              <TableActs
                title={words.metrics.title}
                file={words.metrics.file(decoder?.name ?? '')}
                table={() => metricsTable(evaluation.data!)}
              />
            }
          >
            {evaluation.data.confusion === undefined ? null : <AccuracyFigure evaluation={evaluation.data} />}
            <MetricList evaluation={evaluation.data} />
            <PackMetrics evaluation={evaluation.data} />
          </Pane>
        )}
        {rows.length === 0 ? null : <InWords rows={rows} method={method} />}
        {evaluation.data?.confusion === undefined ? null : (
          <Pane
            title={words.confusion.title}
            note={words.heldOut}
            actions={
              <TableActs
                title={words.confusion.title}
                file={words.confusion.file(decoder?.name ?? '')}
                table={() => confusionTable(evaluation.data!.confusion!)}
              />
            }
          >
            <ConfusionTable confusion={evaluation.data.confusion} />
          </Pane>
        )}
      </div>
    </div>
  )
}
