/** How far, how long, is this normal? One run as it goes, or as it went. */
import { isTestRun, type Run } from '../../core/contract/run.ts'
import { ErrorNote, ProblemNote } from '../components/basics.tsx'
import { clock, count } from '../lib/format.ts'
import { useProjectId, useTable } from '../lib/queries.ts'
import { useLiveRun } from '../lib/use-run.ts'
import { DevicePane, SettingsPane } from './run/about.tsx'
import { CountPane, LossPane } from './run/charts.tsx'
import { Controls, NextSteps } from './run/controls.tsx'
import { ExperimentPane } from './run/experiment-pane.tsx'
import { LogPane } from './run/log.tsx'
import { Phases } from './run/phases.tsx'
import { SnapshotPane } from './run/snapshot.tsx'
import { kindTitles, statusWords, words } from './run/strings.ts'
import { TestRunNote } from './run/test-run.tsx'

function budgetOf(run: Run): number | null {
  if (run.request.kind === 'mask') return run.request.settings.budget
  return run.request.kind === 'experiment' ? run.request.mask.budget : null
}

/** The condition under test: the default method of a demo, the chosen preset of an experiment. */
function methodOf({ request }: Run): string {
  return request.kind === 'experiment' ? request.mask.preset : 'troi'
}

function Tags({ run: { request, status, kind } }: { run: Run }) {
  return (
    <>
      {request.kind === 'mask' ? (
        <>
          <span className="tag">
            {words.preset} <b>{request.settings.preset}</b>
          </span>
          <span className="tag">{words.budget(count(request.settings.budget))}</span>
          <span className="tag">{words.seed(request.settings.seed)}</span>
        </>
      ) : null}
      {request.kind === 'demo' ? (
        <>
          <span className="tag">
            {words.size} <b>{request.size}</b>
          </span>
          <span className="tag">{words.seeds(request.seeds.length)}</span>
        </>
      ) : null}
      {request.kind === 'experiment' ? <span className="tag">{request.experiment}</span> : null}
      {isTestRun(request) ? <span className="tag test">{words.test.tag(kindTitles[kind])}</span> : null}
      <span className="tag">{statusWords[status]}</span>
    </>
  )
}

function Times({ run }: { run: Run }) {
  return (
    <>
      <span className="time">
        <span className="big">{clock(run.elapsed)}</span>
        <small>{words.elapsed}</small>
      </span>
      {run.remaining === null || run.status !== 'running' ? null : (
        <span className="time">
          <span className="big">{words.about(clock(run.remaining))}</span>
          <small>{words.left}</small>
        </span>
      )}
    </>
  )
}

const training: readonly Run['kind'][] = ['pretrain', 'mask', 'decode', 'experiment', 'demo']
const findsMasks: readonly Run['kind'][] = ['mask', 'experiment', 'demo']

export function RunScreen({ run: id }: { run: string }) {
  const project = useProjectId()
  const { run, series, snapshotEpoch, error } = useLiveRun(project, id)
  const live = run?.status === 'running'
  const going = live || run?.status === 'paused' || run?.status === 'queued'
  const table = useTable(run?.kind === 'demo' || run?.kind === 'experiment' ? id : null, live === true)
  if (run === null) return <ErrorNote error={error} />
  const rows = table.data?.rows ?? []
  const trains = training.includes(run.kind)
  // Where nothing was trained or its numbers are gone, the table has the room; it grows while the run goes on.
  const hasLosses = series.parts.size > 0
  // An experiment that is over leaves numbers; its masks are looked at under Review.
  const test = isTestRun(run.request)
  // A test run keeps no mask to look at.
  const pictured =
    !test && findsMasks.includes(run.kind) && !(run.kind === 'experiment' && !going && snapshotEpoch === null)
  return (
    <>
      <div className="screen-header run-header">
        <h1>
          {test ? words.test.title : kindTitles[run.kind]} {run.name.replace(`${run.kind}-`, '')}
        </h1>
        <Tags run={run} />
        <span className="grow" />
        <Times run={run} />
        <Controls run={run} />
        {test ? null : <NextSteps run={run} />}
        <Phases run={run} />
      </div>
      {run.problem === null ? null : (
        <div className="run-problem">
          <ProblemNote problem={run.problem} />
        </div>
      )}
      <ErrorNote error={error} />
      {test ? <TestRunNote run={run} /> : null}
      <div className={`columns run-columns${pictured || rows.length === 0 ? '' : ' numbers'}`}>
        <div className={`columns rows${rows.length > 0 ? ' with-table' : ''}`}>
          {rows.length > 0 ? null : <CountPane series={series} budget={budgetOf(run) ?? table.data?.budget ?? null} />}
          {rows.length === 0 ? null : (
            <ExperimentPane
              rows={rows}
              method={methodOf(run)}
              live={live === true}
              name={run.name}
              amounts={run.request.kind === 'experiment' && ['budget', 'data-amount'].includes(run.request.experiment)}
            />
          )}
          {!trains ? <LogPane run={id} live={live === true} /> : null}
          {trains && (rows.length === 0 || hasLosses || live) ? <LossPane series={series} over={!going} /> : null}
        </div>
        <div className={`columns rows${pictured ? '' : ' about-only'}`}>
          {pictured ? <SnapshotPane run={id} epoch={snapshotEpoch} live={live === true} /> : null}
          <div className="columns run-about">
            <DevicePane run={run} />
            <SettingsPane run={run} />
          </div>
        </div>
      </div>
    </>
  )
}
