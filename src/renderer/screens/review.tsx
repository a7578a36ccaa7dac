/** Where is the mask, is it plausible, does it beat the controls, what do the pictures look like? Opens as soon as a mask exists. */
import { useQuery } from '@tanstack/react-query'
import type { Mask } from '../../core/contract/result.ts'
import { Button, Empty, ErrorNote, Segments } from '../components/basics.tsx'
import { engine } from '../lib/engine.ts'
import { useProjectId, useRuns, useSubjects } from '../lib/queries.ts'
import { type ReviewTab, useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { filterUsed } from '../viewer/filter-used.ts'
import { MaskViewer } from '../viewer/mask-viewer.tsx'
import { words as viewerWords } from '../viewer/strings.ts'
import { PicturesTab } from './pictures.tsx'
import { ResultsTab } from './results.tsx'
import { Statistics } from './review/statistics.tsx'
import { words } from './review/strings.ts'

const tabs: readonly (readonly [ReviewTab, string])[] = [
  ['mask', 'Mask'],
  ['results', 'Results'],
  ['pictures', 'Pictures'],
]

function MaskTab({ mask }: { mask: Mask }) {
  const project = useProjectId()
  const run = (useRuns().data ?? []).find((one) => one.id === mask.run)
  const subject = (useSubjects().data ?? []).find((one) => one.id === mask.subject)
  const { show } = useWindow()
  const volumes = useQuery({
    queryKey: ['maskVolumes', project, mask.id],
    queryFn: () => engine.results.volumes({ project, mask: mask.id }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (volumes.data === undefined) return <ErrorNote error={volumes.error} />
  return (
    <MaskViewer
      key={mask.id}
      mask={mask}
      subject={subject?.name ?? ''}
      volumes={volumes.data}
      used={filterUsed(mask, run)}
      side={({ layers, loaded, goTo }) => (
        <aside className="columns" style={{ gridTemplateRows: 'auto minmax(0, 1fr) auto' }}>
          <section className="pane" aria-label={viewerWords.layers.title}>
            <header>
              <h2>{viewerWords.layers.title}</h2>
              <span className="grow ink3 ellipsis">{viewerWords.layers.note}</span>
              <kbd className="key">[</kbd>
              <kbd className="key">]</kbd>
            </header>
            {layers}
          </section>
          <Statistics mask={mask} loaded={loaded} goTo={goTo} />
          <section className="pane">
            <div className="body row">
              <Button onPress={() => show({ name: 'decoder' })}>{words.acts.decoder}</Button>
              <Button onPress={() => show({ name: 'export' })}>{words.acts.export}</Button>
            </div>
          </section>
        </aside>
      )}
    />
  )
}

export function ReviewScreen() {
  const { tab, showTab, mask: chosen, chooseMask } = useWindow()
  const masks = useSubjectMasks()
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  return (
    <>
      <div className="screen-header" style={{ minHeight: 48, padding: '8px 14px' }}>
        <h1>Review {tab === 'mask' ? (mask?.name ?? '') : ''}</h1>
        <Segments label="What to review" value={tab} options={tabs} onChange={showTab} />
        <span className="grow" />
        {masks.length > 1 && tab === 'mask' ? (
          <label className="row">
            Mask
            <select
              className="input"
              aria-label="Mask"
              style={{ width: 200 }}
              value={mask?.id}
              onChange={(event) => chooseMask(event.target.value)}
            >
              {masks.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}, {one.preset}
                </option>
              ))}
            </select>
          </label>
        ) : null}
      </div>
      {tab === 'mask' ? (
        mask === undefined ? (
          <Empty>The mask is shown here as soon as one is found.</Empty>
        ) : (
          <MaskTab mask={mask} />
        )
      ) : null}
      {tab === 'results' ? <ResultsTab /> : null}
      {tab === 'pictures' ? <PicturesTab /> : null}
    </>
  )
}
