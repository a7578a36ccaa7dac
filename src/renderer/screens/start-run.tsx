/** The page from which a stage is started: its form and what was made so far on the left, what it needs and its runs on the right. */
import type { ReactNode } from 'react'
import { asTestRun, type Run, type RunRequest, runRequestSchema } from '../../core/contract/run.ts'
import { Button, ErrorNote, Pane } from '../components/basics.tsx'
import { frame } from '../components/strings.ts'
import { engine } from '../lib/engine.ts'
import { clock, when } from '../lib/format.ts'
import { useAct, useProjectId, useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { PreFlight } from './stages/pre-flight.tsx'
import { words } from './stages/strings.ts'

const text = words.start

export interface StartRunProps {
  readonly title: string
  readonly act: string
  readonly request: RunRequest | null
  /** Why it cannot start, when `request` is null. */
  readonly reason: string
  readonly kinds: readonly Run['kind'][]
  readonly form: ReactNode
  readonly about: ReactNode
  readonly more?: ReactNode
  /** What this stage has made so far. */
  readonly made: ReactNode
  /** Puts a smaller request into the form. */
  readonly onSmaller: (request: RunRequest) => void
}

/** The first setting that is out of its range, in words; null when all are well. */
function firstWrong(request: RunRequest): string | null {
  const parsed = runRequestSchema.safeParse(request)
  if (parsed.success) return null
  const issue = parsed.error.issues[0]!
  return text.wrong(issue.path.slice(1).join(' › '), issue.message)
}

export function StartRun({ title, act, request, reason, kinds, form, about, more, made, onSmaller }: StartRunProps) {
  const project = useProjectId()
  const { show } = useWindow()
  const runs = useRuns().data ?? []
  const start = useAct(
    (what: RunRequest) => engine.runs.start({ project, request: what }),
    (run) => show({ name: 'run', run: run.id }),
  )
  const wrong = request === null ? null : firstWrong(request)
  const own = runs.filter((run) => kinds.includes(run.kind)).reverse()
  return (
    <>
      <div className="screen-header">
        <h1>{title}</h1>
        <span className="grow" />
        {request === null || wrong !== null ? <span className="ink2">{wrong ?? reason}</span> : null}
        {more}
        <Button
          large
          disabled={request === null || wrong !== null || start.isPending}
          onPress={() => {
            const test = request === null ? null : asTestRun(request)
            if (test !== null) start.mutate(test)
          }}
        >
          {text.test}
        </Button>
        <Button
          kind="filled"
          large
          disabled={request === null || wrong !== null || start.isPending}
          onPress={() => request !== null && start.mutate(request)}
        >
          {act}
        </Button>
      </div>
      <div className="columns" style={{ gridTemplateColumns: 'minmax(420px, 1fr) minmax(320px, 360px)' }}>
        <div className="columns form-and-made">
          <Pane title={text.settings}>
            <div className="stack-wide">
              <ErrorNote error={start.error} />
              {form}
            </div>
          </Pane>
          {made}
        </div>
        <div className="columns" style={{ gridTemplateRows: 'auto auto minmax(0, 1fr)' }}>
          <Pane title={text.what}>
            {about}
            <p className="ink2 test-words">{text.testWords}</p>
          </Pane>
          <PreFlight request={wrong === null ? request : null} onSmaller={onSmaller} />
          <Pane title={text.runs} note={own.length === 0 ? text.none : ''} flush>
            <div className="scroll">
              <table className="wide">
                <tbody>
                  {own.map((run) => (
                    <tr key={run.id}>
                      <td>
                        <button type="button" className="link" onClick={() => show({ name: 'run', run: run.id })}>
                          {run.name}
                        </button>
                      </td>
                      <td>{frame.queue.state(run)}</td>
                      <td className="number">{clock(run.elapsed)}</td>
                      <td className="number ink3">{when(run.created)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Pane>
        </div>
      </div>
    </>
  )
}
