/** Every run of the project, newest first, each a way to its page; beside it what was made from what. */
import { clock, when } from '../lib/format.ts'
import { useRuns } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { Dialog } from './basics.tsx'
import { LineageTree } from './lineage-tree.tsx'
import { frame } from './strings.ts'

const words = frame.queue

export function RunsDialog({ onClose }: { onClose: () => void }) {
  const runs = [...(useRuns().data ?? [])].reverse()
  const { show } = useWindow()
  return (
    <Dialog title={words.title} onClose={onClose} wide={runs.length > 0}>
      {runs.length === 0 ? (
        <p className="ink2">{words.none}</p>
      ) : (
        <div className="runs-and-tree">
          <div className="scroll">
            <table>
              <tbody>
                {runs.map((run) => (
                  <tr key={run.id}>
                    <td>
                      <button
                        type="button"
                        className="link"
                        onClick={() => {
                          show({ name: 'run', run: run.id })
                          onClose()
                        }}
                      >
                        {run.name}
                      </button>
                    </td>
                    <td>{words.kind(run)}</td>
                    <td>{run.status}</td>
                    <td className="number">{clock(run.elapsed)}</td>
                    <td className="number ink3">{when(run.created)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <section className="scroll" aria-label={frame.lineage.title}>
            <h3>{frame.lineage.title}</h3>
            <LineageTree onOpened={onClose} />
          </section>
        </div>
      )}
    </Dialog>
  )
}
