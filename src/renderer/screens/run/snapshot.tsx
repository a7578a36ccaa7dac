/** The mask while it is found, in 3D, anew after each epoch. */
import { useQuery } from '@tanstack/react-query'
import { Empty, Pane } from '../../components/basics.tsx'
import { engine } from '../../lib/engine.ts'
import { count } from '../../lib/format.ts'
import { useProjectId } from '../../lib/queries.ts'
import { fetchVolume } from '../../lib/volumes.ts'
import { GlassBrain } from '../../viewer/glass-brain.tsx'
import { layerStyles } from '../../viewer/layers.ts'
import { words } from './strings.ts'

export function SnapshotPane({ run, epoch, live }: { run: string; epoch: number | null; live: boolean }) {
  const project = useProjectId()
  const snapshot = useQuery({
    queryKey: ['snapshot', project, run, epoch],
    placeholderData: (before) => before,
    refetchInterval: live ? 3000 : false,
    async queryFn() {
      const found = await engine.runs.snapshot({ project, run })
      if (found === null) return null
      const { grid } = found
      const mask = await fetchVolume(found.mask, grid)
      // Opacity cannot show small differences; what counts is which voxels are still in.
      const values = mask.values.map((value) => (value > 0.5 ? 1 : 0))
      return {
        epoch: found.epoch,
        mask: { ...mask, values },
        brain: await fetchVolume(found.brain, grid),
        voxels: values.reduce((sum, value) => sum + value, 0),
      }
    },
  })
  const found = snapshot.data
  const style = layerStyles[0]!
  return (
    <Pane title={words.snapshot.title} note={found ? words.snapshot.note(count(found.epoch)) : ''} flush>
      {found ? (
        <div className="slices one">
          <GlassBrain
            key={found.brain.grid.shape.join()}
            brain={found.brain}
            layers={[{ style, volume: found.mask, visible: true, opacity: 1 }]}
            label={words.snapshot.view}
          />
          <p className="live-count">
            <span className="big">{count(found.voxels)}</span> {words.snapshot.voxels}
          </p>
        </div>
      ) : (
        <Empty>{live ? words.snapshot.none : words.snapshot.over}</Empty>
      )}
    </Pane>
  )
}
