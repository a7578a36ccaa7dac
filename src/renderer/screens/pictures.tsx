/** What was shown beside what was decoded: one row per picture, one column per decoder, sorted by what the reader wants to see first. */

import { useMemo, useState } from 'react'
import { useActs } from '../actions/actions.ts'
import { KeyHint } from '../actions/key-hint.tsx'
import { Button, Empty, ErrorNote } from '../components/basics.tsx'
import { Icon } from '../components/icons.tsx'
import { Slider } from '../components/slider.tsx'
import { count } from '../lib/format.ts'
import { type Galleries, useGalleries } from './pictures/galleries.ts'
import { Inspector } from './pictures/inspector.tsx'
import { chosenItems, numbered, orders, type Score, type Wanted } from './pictures/order.ts'
import { BlindRating } from './pictures/rating.tsx'
import { PictureRows } from './pictures/rows.tsx'
import { words } from './pictures/strings.ts'
import { mostZoom, useZoom } from './pictures/use-zoom.ts'

export function PicturesTab() {
  const { any, query } = useGalleries()
  const [blind, setBlind] = useState(false)
  if (!any) return <Empty>{words.none}</Empty>
  if (query.data === null) return <Empty>{words.labels}</Empty>
  if (query.data === undefined) return <ErrorNote error={query.error} />
  return blind ? (
    <BlindRating galleries={query.data} onClose={() => setBlind(false)} />
  ) : (
    <Browser galleries={query.data} onBlind={() => setBlind(true)} />
  )
}

function Browser({ galleries, onBlind }: { galleries: Galleries; onBlind: () => void }) {
  const [wanted, setWanted] = useState<Wanted>({ order: 'best', score: 'pixCorr', text: '', missedOnly: false })
  const change = (next: Partial<Wanted>) => setWanted((now) => ({ ...now, ...next }))
  const [chosen, setChosen] = useState<number | null>(null)
  const { zoom, style, setFactor, toggle, gestures } = useZoom()
  const { decoded } = galleries
  const all = useMemo(() => numbered(decoded[0]!.items), [decoded])
  const items = useMemo(() => chosenItems(all, decoded[1]?.items, wanted), [all, decoded, wanted])
  const selected = chosen ?? items[0]?.at ?? null
  const move = (by: number) => {
    const at = items.findIndex((item) => item.at === selected)
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))]
    if (next !== undefined) setChosen(next.at)
  }
  useActs({
    'item.next': { run: () => move(1) },
    'item.previous': { run: () => move(-1) },
    'pictures.blind': { run: onBlind },
    'pictures.zoom': { run: toggle },
  })
  const gaps = decoded.length > 1
  return (
    <div className="columns pictures" style={style} {...gestures}>
      <section className="pane" aria-label={words.title} data-columns={Math.min(4, decoded.length)}>
        <header className="view-bar">
          <h2>{words.title}</h2>
          <span className="grow ink3 ellipsis">{words.about(count(items.length), count(all.length))}</span>
          <input
            className="input find"
            type="search"
            aria-label={words.find}
            placeholder={words.find}
            value={wanted.text}
            onChange={(event) => change({ text: event.target.value })}
          />
          <label className="row">
            <input
              type="checkbox"
              checked={wanted.missedOnly}
              onChange={(event) => change({ missedOnly: event.target.checked })}
            />
            {words.missed}
          </label>
          <select
            className="input order"
            aria-label={words.sort}
            value={wanted.order}
            onChange={(event) => change({ order: orders.find((one) => one === event.target.value) ?? 'best' })}
          >
            {orders
              .filter((order) => gaps || (order !== 'gain' && order !== 'loss'))
              .map((order) => (
                <option key={order} value={order}>
                  {words.orders[order]}
                </option>
              ))}
          </select>
          <select
            className="input score"
            aria-label={words.by}
            value={wanted.score}
            onChange={(event) => change({ score: event.target.value === 'ssim' ? 'ssim' : 'pixCorr' })}
          >
            {(['pixCorr', 'ssim'] as const satisfies readonly Score[]).map((score) => (
              <option key={score} value={score}>
                {words[score]}
              </option>
            ))}
          </select>
        </header>
        <div className="view-bar second">
          <button type="button" className="button" aria-pressed={zoom.factor > 1} onClick={toggle}>
            <Icon name="zoom" size={16} /> {words.zoom} <KeyHint of="pictures.zoom" />
          </button>
          <span className="zoom-slider">
            <Slider label={words.zoomBy} value={zoom.factor} low={1} high={mostZoom} step={0.1} onChange={setFactor} />
          </span>
          <small className="grow ellipsis">{zoom.factor > 1 ? words.zoomHint : ''}</small>
          <Button onPress={onBlind}>
            <Icon name="eyeOff" size={16} /> {words.blind} <KeyHint of="pictures.blind" />
          </Button>
        </div>
        {items.length === 0 ? (
          <Empty>{words.empty}</Empty>
        ) : (
          <PictureRows {...{ galleries, items, score: wanted.score, selected }} onSelect={setChosen} />
        )}
      </section>
      {selected === null ? null : <Inspector galleries={galleries} item={selected} onShow={setChosen} />}
    </div>
  )
}
