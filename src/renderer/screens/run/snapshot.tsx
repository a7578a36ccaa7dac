/** The mask while it is found, in 3D, anew after each epoch. */
import { useQuery } from '@tanstack/react-query'
import { memo, useMemo, useState } from 'react'
import type { OrientedVolume } from '../../../core/volume/orientation.ts'
import { Empty, Pane } from '../../components/basics.tsx'
import { engine } from '../../lib/engine.ts'
import { count } from '../../lib/format.ts'
import { queryClient, useProjectId } from '../../lib/queries.ts'
import { fetchVolume } from '../../lib/volumes.ts'
import { GlassBrain } from '../../viewer/glass-brain.tsx'
import { layerStyles } from '../../viewer/layers.ts'
import { FilmStrip, useFilm, useFilmVolume } from './film.tsx'
import { words } from './strings.ts'

interface Snapshot {
  /** Of the mask's bytes. */
  readonly id: string
  readonly epoch: number
  readonly mask: OrientedVolume<Float32Array>
  readonly brain: OrientedVolume<Float32Array>
  readonly voxels: number
}

interface SnapshotProps {
  run: string
  epoch: number | null
  live: boolean
}

/** Numbers come twenty times a second, pictures once an epoch: this pane is not drawn again for a number. */
export const SnapshotPane = memo(function SnapshotPane({ run, epoch, live }: SnapshotProps) {
  const project = useProjectId()
  const snapshot = useQuery({
    queryKey: ['snapshot', project, run, epoch],
    placeholderData: (before) => before,
    refetchInterval: live ? 3000 : false,
    async queryFn(): Promise<Snapshot | null> {
      const found = await engine.runs.snapshot({ project, run })
      if (found === null) return null
      const { grid } = found
      // The same picture again: what is drawn of it stands.
      const before = queryClient.getQueryData<Snapshot>(['snapshot', project, run, epoch])
      if (before?.id === found.mask.id) return before
      const mask = await fetchVolume(found.mask, grid)
      // Opacity cannot show small differences; what counts is which voxels are still in.
      const values = mask.values.map((value) => (value > 0.5 ? 1 : 0))
      return {
        id: found.mask.id,
        epoch: found.epoch,
        mask: { ...mask, values },
        brain: await fetchVolume(found.brain, grid),
        voxels: values.reduce((sum, value) => sum + value, 0),
      }
    },
  })
  const film = useFilm(run, live).data
  const [back, setBack] = useState<number | null>(null)
  const past = useFilmVolume(film, back).data
  const found = snapshot.data
  const shown = back === null || past === undefined ? null : { volume: past, ...film!.pictures[back]! }
  const volume = shown?.volume ?? found?.mask
  const layers = useMemo(
    () => (volume === undefined ? [] : [{ style: layerStyles[0]!, volume, visible: true, opacity: 1 }]),
    [volume],
  )
  return (
    <Pane
      title={back === null ? words.snapshot.title : words.film.past}
      note={found ? words.snapshot.note(count(shown?.epoch ?? found.epoch)) : ''}
      flush
    >
      {found ? (
        <div className="slices one">
          <GlassBrain
            key={found.brain.grid.shape.join()}
            brain={found.brain}
            layers={layers}
            label={words.snapshot.view}
          />
          <p className="live-count">
            <span className="big">{count(shown?.voxels ?? found.voxels)}</span> {words.snapshot.voxels}
          </p>
        </div>
      ) : (
        <Empty>{live ? words.snapshot.none : words.snapshot.over}</Empty>
      )}
      {film && film.pictures.length > 1 ? <FilmStrip film={film} at={back} onAt={setBack} /> : null}
    </Pane>
  )
})
