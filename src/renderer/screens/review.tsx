/** Where is the mask, is it plausible, does it beat the controls, what do the pictures look like? Opens as soon as a mask exists. */
import { useQuery } from '@tanstack/react-query'
import type { Mask } from '../../core/contract/result.ts'
import { Button, Empty, ErrorNote, Segments } from '../components/basics.tsx'
import { engine } from '../lib/engine.ts'
import { count, percent } from '../lib/format.ts'
import { useMasks, useProjectId } from '../lib/queries.ts'
import { type ReviewTab, useWindow } from '../lib/state.ts'
import { MaskViewer } from '../viewer/mask-viewer.tsx'
import { PicturesTab } from './pictures.tsx'
import { ResultsTab } from './results.tsx'

const tabs: readonly (readonly [ReviewTab, string])[] = [
  ['mask', 'Mask'],
  ['results', 'Results'],
  ['pictures', 'Pictures'],
]

export function Statistics({ mask }: { mask: Mask }) {
  const sides = Math.max(1, mask.leftVoxels + mask.rightVoxels)
  return (
    <dl className="facts">
      <dt>Voxels</dt>
      <dd>
        {count(mask.voxels)} of {count(mask.budget)}
      </dd>
      {mask.rawVoxels === null ? null : (
        <>
          <dt>Before exact selection</dt>
          <dd>{count(mask.rawVoxels)}</dd>
        </>
      )}
      <dt>Volume</dt>
      <dd>{mask.cubicCentimetres.toFixed(1)} cm³</dd>
      <dt>Left / right</dt>
      <dd>
        {percent(mask.leftVoxels / sides, 0)} / {percent(mask.rightVoxels / sides, 0)}
      </dd>
      <dt>Pieces</dt>
      <dd>{count(mask.components)}</dd>
      <dt>Largest piece</dt>
      <dd>{percent(mask.largestComponent / Math.max(1, mask.voxels), 0)}</dd>
      {mask.overlap.flatMap(({ with: reference, dice, precision, recall }) => {
        const name = reference === 'truth' ? 'true voxels' : 'annotated ROI'
        return [
          <dt key={`${reference} dice`}>Dice with {name}</dt>,
          <dd key={`${reference} dice value`}>{dice.toFixed(3)}</dd>,
          <dt key={`${reference} inside`}>Inside {name}</dt>,
          <dd key={`${reference} inside value`}>{percent(precision)}</dd>,
          <dt key={`${reference} covered`}>Covered of {name}</dt>,
          <dd key={`${reference} covered value`}>{percent(recall)}</dd>,
        ]
      })}
    </dl>
  )
}

function MaskTab({ mask }: { mask: Mask }) {
  const project = useProjectId()
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
      volumes={volumes.data}
      threshold={mask.threshold}
      side={({ layers, readout }) => (
        <aside className="columns" style={{ gridTemplateRows: 'auto minmax(0, 1fr) auto auto' }}>
          <section className="pane" aria-label="Layers">
            <header>
              <h2>Layers</h2>
              <span className="grow ink3">opacity in 2D and 3D</span>
            </header>
            <div className="body" style={{ paddingTop: 6, paddingBottom: 6 }}>
              {layers}
            </div>
          </section>
          <section className="pane" aria-label="Numbers">
            <header>
              <h2>Numbers</h2>
            </header>
            <div className="body">
              <Statistics mask={mask} />
              {mask.flags.map((flag) => (
                <p key={flag} className="ink2" style={{ marginTop: 8 }}>
                  {flag}
                </p>
              ))}
            </div>
          </section>
          <section className="pane" aria-label="At the crosshair">
            <div className="body">{readout}</div>
          </section>
          <section className="pane">
            <div className="body row">
              <Button onPress={() => show({ name: 'decoder' })}>Train a decoder</Button>
              <Button onPress={() => show({ name: 'export' })}>Export…</Button>
            </div>
          </section>
        </aside>
      )}
    />
  )
}

export function ReviewScreen() {
  const { tab, showTab, mask: chosen, chooseMask } = useWindow()
  const masks = useMasks().data ?? []
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
