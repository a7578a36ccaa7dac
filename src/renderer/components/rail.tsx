/** Six steps joined in order, and below them the runs of this project. */
import { useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSteps } from '../lib/steps.ts'
import { DoneGlyph, NumberGlyph, RunningGlyph } from './glyphs.tsx'

export function Rail() {
  const steps = useSteps()
  const runs = useRuns().data ?? []
  const { screen, show } = useWindow()
  return (
    <nav className="rail" aria-label="Steps">
      {steps.map(({ step, title, state, note }, i) => (
        <button
          key={step}
          type="button"
          className="step"
          disabled={state === 'locked'}
          aria-current={screen.name === step ? 'page' : undefined}
          onClick={() => show({ name: step })}
          title={`${title}: ${note}`}
        >
          {state === 'done' ? (
            <DoneGlyph />
          ) : state === 'running' ? (
            <RunningGlyph />
          ) : (
            <NumberGlyph value={i + 1} locked={state === 'locked'} />
          )}
          <b>{title}</b>
          <small>{note}</small>
        </button>
      ))}
      <div className="tree">
        <small>Runs of this project</small>
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
