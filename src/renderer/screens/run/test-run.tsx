/** What a test run is, what it went through, and the way to the full run. It has no results, so nothing of it can be taken for one. */
import { useQuery } from '@tanstack/react-query'
import { type Run, type RunRequest, withoutTestRun } from '../../../core/contract/run.ts'
import { Button, ErrorNote } from '../../components/basics.tsx'
import { NoteGlyph } from '../../components/glyphs.tsx'
import { engine } from '../../lib/engine.ts'
import { bytes, count } from '../../lib/format.ts'
import { useAct, useProjectId } from '../../lib/queries.ts'
import { useWindow } from '../../lib/state.ts'
import { words } from './strings.ts'

const text = words.test

export function TestRunNote({ run }: { run: Run }) {
  const project = useProjectId()
  const { show } = useWindow()
  const done = run.status === 'done'
  const report = useQuery({
    queryKey: ['test report', project, run.id, run.status],
    enabled: done,
    queryFn: () => engine.runs.testReport({ project, run: run.id }),
  })
  const full = useAct(
    (request: RunRequest) => engine.runs.start({ project, request }),
    (started) => show({ name: 'run', run: started.id }),
  )
  const found = report.data ?? null
  return (
    <section className="test-run" aria-label={text.title}>
      <NoteGlyph />
      <div className="stack">
        <b>{done ? text.done : text.going}</b>
        {found === null ? null : (
          <>
            <p>
              {text.training(count(found.trainTrials), count(found.ofTrainTrials))}{' '}
              {text.heldOut(count(found.testTrials), count(found.ofTestTrials))} {text.epochs(found.epochs)}{' '}
              {text.room(bytes(found.peakMemoryBytes), bytes(found.writtenBytes))}
            </p>
            <ul>
              {found.checks.map((check) => (
                <li key={check}>{check}</li>
              ))}
            </ul>
          </>
        )}
        <ErrorNote error={report.error ?? full.error} />
      </div>
      {done ? (
        <Button kind="filled" large disabled={full.isPending} onPress={() => full.mutate(withoutTestRun(run.request))}>
          {text.full}
        </Button>
      ) : null}
    </section>
  )
}
