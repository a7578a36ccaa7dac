/** The phases of a run joined by a line. Runs with many show the last few and count the ones before. */
import { Fragment } from 'react'
import type { Run } from '../../../core/contract/run.ts'
import { DoneGlyph, RunningGlyph, StopGlyph, WaitingGlyph } from '../../components/glyphs.tsx'
import { clock } from '../../lib/format.ts'
import { words } from './strings.ts'

const mostShown = 4

function detail({ state, done, total, seconds }: Run['phases'][number]): string {
  const counted = total !== null && total > 1
  switch (state) {
    case 'done':
      return clock(seconds)
    case 'running':
      return counted ? `${words.ofAtMost(done, total)}, ${clock(seconds)}` : clock(seconds)
    case 'waiting':
      return counted ? words.atMost(total) : ''
    default:
      return state satisfies never
  }
}

/** A phase that was under way when the run stopped is not under way any more. */
function Sign({ state, status }: { state: Run['phases'][number]['state']; status: Run['status'] }) {
  if (state === 'done' || status === 'done') return <DoneGlyph />
  if (state === 'waiting') return <WaitingGlyph />
  if (status === 'failed') return <StopGlyph />
  return status === 'interrupted' || status === 'cancelled' ? <WaitingGlyph /> : <RunningGlyph />
}

export function Phases({ run }: { run: Run }) {
  const hidden = Math.max(0, run.phases.length - mostShown)
  // Phases only ever come after the others, so their number names them.
  const shown = run.phases.map((phase, number) => ({ ...phase, number })).slice(hidden)
  return (
    <ol className="phase-line" aria-label={words.phases}>
      {hidden === 0 ? null : (
        <li className="earlier">
          <DoneGlyph />
          <span>{words.earlier(hidden)}</span>
        </li>
      )}
      {shown.map(({ number, ...phase }) => (
        <Fragment key={number}>
          {number > 0 ? <li className="joint" aria-hidden="true" /> : null}
          <li className={`is-${phase.state}`}>
            <Sign state={phase.state} status={run.status} />
            <span>
              <b className="ellipsis" title={phase.name}>
                {phase.name}
              </b>
              <small>{detail(phase)}</small>
            </span>
          </li>
        </Fragment>
      ))}
    </ol>
  )
}
