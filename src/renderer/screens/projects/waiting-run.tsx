/** The run that was cut off, with Resume as the act of the screen: what waits for me comes before what I could start. */
import { useQueries } from '@tanstack/react-query'
import type { Project } from '../../../core/contract/contract.ts'
import type { Run } from '../../../core/contract/run.ts'
import { Button, ErrorNote } from '../../components/basics.tsx'
import { RunningGlyph } from '../../components/glyphs.tsx'
import { engine } from '../../lib/engine.ts'
import { useAct } from '../../lib/queries.ts'
import { useWindow } from '../../lib/state.ts'
import { words } from './strings.ts'

export interface WaitingRun {
  readonly project: Project
  readonly run: Run
}

/** The newest interrupted run of any open project. Projects that are not open have no process that could tell. */
export function useWaitingRun(list: readonly Project[]): WaitingRun | null {
  return useQueries({
    queries: list
      .filter((project) => !project.missing)
      .map((project) => ({
        queryKey: ['runs of', project.id],
        queryFn: () => engine.runs.list({ project: project.id }).catch((): Run[] => []),
      })),
    combine(results) {
      const there = list.filter((project) => !project.missing)
      for (const [at, { data }] of results.entries()) {
        const run = data?.filter(({ status }) => status === 'interrupted').at(-1)
        if (run !== undefined) return { project: there[at]!, run }
      }
      return null
    },
  })
}

export function WaitingRunNote({ waiting: { project, run } }: { waiting: WaitingRun }) {
  const { openProject } = useWindow()
  const look = () => openProject(project.id, { name: 'run', run: run.id })
  const resume = useAct(() => engine.runs.resume({ project: project.id, run: run.id }), look)
  const phase = run.phases.find(({ state, total }) => state === 'running' && total !== null)
  const at = phase === undefined ? '' : words.waiting.at(phase.done, phase.total!)
  return (
    <section className="waiting-note" aria-label={words.waiting.stopped(run.name, at)}>
      <RunningGlyph />
      <span className="grow">
        <b>{words.waiting.stopped(run.name, at)}</b> <span className="ink2">{words.waiting.in(project.name)}</span>
        <small>{words.waiting.explain}</small>
      </span>
      <Button kind="bare" onPress={look}>
        {words.waiting.look}
      </Button>
      <Button kind="filled" disabled={resume.isPending} onPress={() => resume.mutate(undefined)}>
        {words.waiting.resume}
      </Button>
      <ErrorNote error={resume.error} />
    </section>
  )
}
