/** The phases of a run joined by a line. Runs with many show the last few and count the ones before. */
import { Fragment } from 'react'
import type { Run } from '../../../core/contract/run.ts'
import { DoneGlyph, RunningGlyph, WaitingGlyph } from '../../components/glyphs.tsx'
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
            {phase.state === 'done' || run.status === 'done' ? (
              <DoneGlyph />
            ) : phase.state === 'running' ? (
              <RunningGlyph />
            ) : (
              <WaitingGlyph />
            )}
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
