/** The run's own log: for runs that train nothing, this is what there is to see; read again while the run goes on. */
import { useQuery } from '@tanstack/react-query'
import { Empty, ErrorNote, Pane } from '../../components/basics.tsx'
import { engine } from '../../lib/engine.ts'
import { useProjectId } from '../../lib/queries.ts'
import { words } from './strings.ts'

export function LogPane({ run, live }: { run: string; live: boolean }) {
  const project = useProjectId()
  const log = useQuery({
    queryKey: ['log', project, run, live],
    refetchInterval: live ? 2000 : false,
    queryFn: () => engine.runs.log({ project, run }),
  })
  return (
    <Pane title={words.log.title} note={words.log.note}>
      <ErrorNote error={log.error} />
      {log.data === undefined || log.data.trim() === '' ? (
        <Empty>{words.log.none}</Empty>
      ) : (
        <pre className="log">{log.data.trimEnd()}</pre>
      )}
    </Pane>
  )
}
