/** Runs of this project side by side: what they were asked, what came of it, and by default only what differs. */
import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { isTestRun, type Run } from '../../core/contract/run.ts'
import { Empty, ErrorNote, Pane, Segments } from '../components/basics.tsx'
import { frame } from '../components/strings.ts'
import { TableActs } from '../components/table-acts.tsx'
import { type ComparedRow, differs, rowsOf, settingsOfRun } from '../lib/compare-runs.ts'
import { when } from '../lib/format.ts'
import { useMasks, useProjectId, useRuns } from '../lib/queries.ts'
import { comparedTable } from '../lib/result-tables.ts'
import { useWindow } from '../lib/state.ts'
import { factsOf, resultsOf } from './compare/results.ts'
import { words } from './compare/strings.ts'

const most = 6

function useCompared(runs: readonly Run[]): { rows: readonly ComparedRow[]; error: unknown } {
  const project = useProjectId()
  const masks = useMasks().data ?? []
  const all = useRuns().data ?? []
  const results = useQuery({
    queryKey: ['compare', project, runs.map((run) => `${run.id} ${run.status}`).join()],
    enabled: runs.length > 1,
    placeholderData: (before) => before,
    queryFn: async () =>
      new Map(await Promise.all(runs.map(async (run) => [run.id, await resultsOf(project, run)] as const))),
  })
  const rows = rowsOf(
    runs.map((run) => [
      ...factsOf(run, masks, all),
      ...settingsOfRun(run, words.groups),
      ...(results.data?.get(run.id) ?? []),
    ]),
  )
  const order = Object.values(words.groups) as string[]
  return { rows: [...rows].sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group)), error: results.error }
}

function Table({ runs, rows }: { runs: readonly Run[]; rows: readonly ComparedRow[] }) {
  const { show } = useWindow()
  const groups = [...new Set(rows.map(({ group }) => group))]
  return (
    <table className="compared" aria-label={words.title}>
      <thead>
        <tr>
          <th />
          {runs.map((run) => (
            <th key={run.id}>
              <button type="button" className="link" onClick={() => show({ name: 'run', run: run.id })}>
                {run.name}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <Fragment key={group}>
            <tr className="group">
              <th colSpan={runs.length + 1}>{group}</th>
            </tr>
            {rows
              .filter((row) => row.group === group)
              .map((row) => (
                <tr key={row.label} className={differs(row) ? 'differs' : ''}>
                  <th scope="row">{row.label}</th>
                  {row.values.map((value, at) => (
                    <td key={runs[at]!.id}>{value ?? '–'}</td>
                  ))}
                </tr>
              ))}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

export function CompareScreen() {
  const all = [...(useRuns().data ?? [])].reverse()
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const [only, setOnly] = useState<'only' | 'all'>('only')
  // The two newest of one kind are what one wants to compare most often.
  const pair = all
    .filter(({ request }) => !isTestRun(request))
    .map((run) => all.filter((other) => other.kind === run.kind && !isTestRun(other.request)).slice(0, 2))
    .find((two) => two.length === 2)
  const ids = chosen ?? (pair ?? []).map((run) => run.id)
  const runs = all.filter((run) => ids.includes(run.id)).reverse()
  const { rows, error } = useCompared(runs)
  const shown = only === 'only' ? rows.filter(differs) : rows
  const toggle = (id: string) => setChosen(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id])
  return (
    <>
      <div className="screen-header">
        <h1>{words.title}</h1>
        <span className="grow" />
        <Segments
          label={words.what}
          value={only}
          options={[
            ['only', words.only],
            ['all', words.all],
          ]}
          onChange={setOnly}
        />
      </div>
      <div className="columns compare-columns">
        <Pane title={words.choose} note={ids.length >= most ? words.full : words.note(ids.length)} flush>
          <ul className="scroll compare-list">
            {all.map((run) => (
              <li key={run.id}>
                <label className="row">
                  <input
                    type="checkbox"
                    checked={ids.includes(run.id)}
                    disabled={!ids.includes(run.id) && ids.length >= most}
                    onChange={() => toggle(run.id)}
                  />
                  <b>{run.name}</b>
                  <span className="ink2 grow ellipsis">
                    {frame.queue.kind(run)}, {run.status}
                  </span>
                  <small>{when(run.created)}</small>
                </label>
              </li>
            ))}
          </ul>
        </Pane>
        <section className="pane" aria-label={words.title}>
          {runs.length < 2 || shown.length === 0 ? null : (
            <header>
              <h2 className="grow">{words.side}</h2>
              <TableActs
                title={words.table}
                file={words.file}
                table={() =>
                  comparedTable(
                    runs.map(({ name }) => name),
                    shown,
                  )
                }
              />
            </header>
          )}
          <ErrorNote error={error} />
          {runs.length < 2 ? (
            <Empty>{words.none}</Empty>
          ) : shown.length === 0 ? (
            <Empty>{words.same}</Empty>
          ) : (
            <div className="scroll compare-table">
              <Table runs={runs} rows={shown} />
              <p className="pane-note small">
                {only === 'only' ? `${words.hidden(rows.length - shown.length)} ` : ''}
                {words.intervals}
              </p>
            </div>
          )}
        </section>
      </div>
    </>
  )
}
