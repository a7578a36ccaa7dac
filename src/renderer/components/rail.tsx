/** Six steps joined in order, and below them the runs of this project. */
import { useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { words } from '../lib/step-strings.ts'
import { useSteps } from '../lib/steps.ts'
import { DoneGlyph, NumberGlyph, RunningGlyph, WarningGlyph } from './glyphs.tsx'

export function Rail() {
  const steps = useSteps()
  const runs = useRuns().data ?? []
  const { screen, show } = useWindow()
  return (
    <nav className="rail" aria-label={words.rail.label}>
      {steps.map(({ step, title, state, note }, i) => (
        <button
          key={step}
          type="button"
          className="step"
          disabled={state === 'locked'}
          aria-current={screen.name === step ? 'page' : undefined}
          onClick={() => show({ name: step })}
          title={words.rail.hint(title, note)}
        >
          {state === 'done' ? (
            <DoneGlyph />
          ) : state === 'running' ? (
            <RunningGlyph />
          ) : state === 'waits' ? (
            <WarningGlyph />
          ) : (
            <NumberGlyph value={i + 1} locked={state === 'locked'} />
          )}
          <b>{title}</b>
          <small>{note}</small>
        </button>
      ))}
      <div className="tree">
        <div className="row">
          <small className="grow">{words.rail.runs}</small>
          {runs.length < 2 ? null : (
            <button type="button" className="link small" onClick={() => show({ name: 'compare' })}>
              {words.rail.compare}
            </button>
          )}
        </div>
        <ul>
          {runs.slice(-9).map((run) => (
            <li key={run.id} className="row">
              <button
                type="button"
                className="link ellipsis"
                aria-current={screen.name === 'run' && screen.run === run.id ? 'page' : undefined}
                onClick={() => show({ name: 'run', run: run.id })}
              >
                {run.name}
              </button>
              <small>{run.status}</small>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  )
}
