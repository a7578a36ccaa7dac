/** Where is the mask, is it plausible, does it beat the controls, what do the pictures look like? Opens as soon as a mask exists. */

import { useQuery } from '@tanstack/react-query'
import type { ListedMask } from '../../core/contract/result.ts'
import { useActs } from '../actions/actions.ts'
import { KeyHint } from '../actions/key-hint.tsx'
import { Button, Empty, ErrorNote, Segments } from '../components/basics.tsx'
import { engine } from '../lib/engine.ts'
import { useProjectId, useRuns, useSubjects } from '../lib/queries.ts'
import { useWindow } from '../lib/state.ts'
import { useSubjectMasks } from '../lib/subject.ts'
import { filterUsed } from '../viewer/filter-used.ts'
import { MaskViewer } from '../viewer/mask-viewer.tsx'
import { words as viewerWords } from '../viewer/strings.ts'
import { PicturesTab } from './pictures.tsx'
import { ResultsTab } from './results.tsx'
import { Statistics } from './review/statistics.tsx'
import { words } from './review/strings.ts'
import { VerdictPanel } from './review/verdict.tsx'
import { words as verdictWords } from './review/verdict-strings.ts'

function MaskTab({ mask }: { mask: ListedMask }) {
  const project = useProjectId()
  const run = (useRuns().data ?? []).find((one) => one.id === mask.run)
  const subject = (useSubjects().data ?? []).find((one) => one.id === mask.subject)
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
        <aside className="columns review-side" aria-label={words.side}>
          <section className="pane" aria-label={viewerWords.layers.title}>
            <header>
              <h2>{viewerWords.layers.title}</h2>
              <span className="grow ink3 ellipsis">{viewerWords.layers.note}</span>
              <KeyHint of="mask.lessOpacity" />
              <KeyHint of="mask.moreOpacity" />
            </header>
            <div className="scroll">{layers}</div>
          </section>
          <Statistics mask={mask} loaded={loaded} goTo={goTo} />
          <VerdictPanel mask={mask} />
        </aside>
      )}
    />
  )
}

/** The next mask in either direction that nobody has judged; null where none waits but the one that is shown. */
function waitingFrom(masks: readonly ListedMask[], shown: ListedMask | undefined, by: 1 | -1): ListedMask | null {
  const at = shown === undefined ? 0 : masks.indexOf(shown)
  const around = masks.map((_, step) => masks[(at + by * (step + 1) + masks.length * 2) % masks.length]!)
  return around.find((mask) => mask.verdict === null && mask !== shown) ?? null
}

export function ReviewScreen() {
  const { tab, showTab, mask: chosen, chooseMask, show } = useWindow()
  const masks = useSubjectMasks()
  const mask = masks.find((one) => one.id === chosen) ?? masks.at(-1)
  const waiting = masks.filter((one) => one.verdict === null).length
  const go = (by: 1 | -1) => {
    const next = tab === 'mask' ? waitingFrom(masks, mask, by) : null
    return { reason: next === null ? verdictWords.none : null, run: () => next !== null && chooseMask(next.id) }
  }
  useActs(tab === 'mask' ? { 'item.next': go(1), 'item.previous': go(-1) } : {})
  return (
    <>
      <div className="screen-header review-header">
        <h1>{tab === 'mask' && mask !== undefined ? words.title(mask.name) : words.whole}</h1>
        <Segments
          label={words.what}
          value={tab}
          options={(['mask', 'results', 'pictures'] as const).map((name) => [name, words.tabs[name]] as const)}
          onChange={showTab}
        />
        <span className="grow" />
        {tab === 'mask' && masks.length > 0 ? (
          <small className="row">
            {waiting === 0 ? words.allJudged(masks.length) : words.waiting(waiting, masks.length)}
            <KeyHint of="item.next" />
            <KeyHint of="item.previous" />
          </small>
        ) : null}
        {masks.length > 1 && tab === 'mask' ? (
          <label className="row">
            {words.mask}
            <select
              className="input mask-select"
              aria-label={words.mask}
              value={mask?.id}
              onChange={(event) => chooseMask(event.target.value)}
            >
              {masks.map((one) => (
                <option key={one.id} value={one.id}>
                  {words.option(one.name, one.preset)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        {tab === 'mask' && mask !== undefined ? (
          <>
            <Button onPress={() => show({ name: 'decoder' })}>{words.acts.decoder}</Button>
            <Button onPress={() => show({ name: 'export' })}>{words.acts.export}</Button>
          </>
        ) : null}
      </div>
      {tab === 'mask' ? mask === undefined ? <Empty>{words.empty}</Empty> : <MaskTab mask={mask} /> : null}
      {tab === 'results' ? <ResultsTab /> : null}
      {tab === 'pictures' ? <PicturesTab /> : null}
    </>
  )
}
