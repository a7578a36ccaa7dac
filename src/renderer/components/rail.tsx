/**
 * Six steps joined in order; below them what was made from what, and the newest runs. Where the rail is narrow the tree opens from a
 * glyph. The tree is no step: every name in it opens its page at any time.
 */
import { useState } from 'react'
import { isTestRun } from '../../core/contract/run.ts'
import { useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { words } from '../lib/step-strings.ts'
import { useSteps } from '../lib/steps.ts'
import { Dialog } from './basics.tsx'
import { DoneGlyph, NumberGlyph, RunningGlyph, WarningGlyph } from './glyphs.tsx'
import { Icon } from './icons.tsx'
import { LineageTree } from './lineage-tree.tsx'
import { frame } from './strings.ts'

export function Rail() {
  const steps = useSteps()
  const runs = useRuns().data ?? []
  const { screen, show } = useWindow()
  const [open, setOpen] = useState(false)
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
      <section className="tree lineage-place" aria-label={frame.lineage.title}>
        <small>{frame.lineage.short}</small>
        <LineageTree />
      </section>
      <button
        type="button"
        className="icon-button lineage-button"
        aria-label={frame.lineage.title}
        title={frame.lineage.title}
        onClick={() => setOpen(true)}
      >
        <Icon name="tree" />
      </button>
      {open ? (
        <Dialog title={frame.lineage.title} onClose={() => setOpen(false)}>
          <LineageTree onOpened={() => setOpen(false)} />
        </Dialog>
      ) : null}
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
          {runs.slice(-6).map((run) => (
            <li key={run.id} className="row">
              <button
                type="button"
                className="link ellipsis"
                aria-current={screen.name === 'run' && screen.run === run.id ? 'page' : undefined}
                onClick={() => show({ name: 'run', run: run.id })}
              >
                {run.name}
              </button>
              <small>{isTestRun(run.request) ? frame.queue.test : run.status}</small>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  )
}
