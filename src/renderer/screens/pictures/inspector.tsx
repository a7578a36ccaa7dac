/** One picture large: shown and decoded under one line that is moved from side to side, and both ranks with their near misses. */

import { type CSSProperties, useState } from 'react'
import { KeyHint } from '../../actions/key-hint.tsx'
import { Segments } from '../../components/basics.tsx'
import { Slider } from '../../components/slider.tsx'
import type { Galleries } from './galleries.ts'
import { NearMisses } from './near-misses.tsx'
import { numbered } from './order.ts'
import { Picture } from './picture.tsx'
import { words } from './strings.ts'

export function Inspector({
  galleries,
  item: at,
  onShow,
}: {
  galleries: Galleries
  /** Number of the picture. */
  item: number
  onShow: (item: number) => void
}) {
  const [place, setPlace] = useState(0.5)
  const [wanted, setWanted] = useState<string | null>(null)
  const { truth, decoded } = galleries
  const shown = decoded.find((one) => one.decoder.id === wanted) ?? decoded[0]!
  const items = numbered(shown.items)
  const item = items[at]!
  const line = { '--at': `${100 * place}%` } as CSSProperties
  const names = (other: number) => items[other]?.name ?? ''
  const near = { item, all: items.length, names, truth, onShow }
  return (
    <aside className="pane inspector" aria-label={item.name}>
      <header>
        <h2 className="ellipsis">{item.name}</h2>
        <span className="ink3 grow">{words.test(at + 1, items.length)}</span>
        <KeyHint of="item.next" />
        <KeyHint of="item.previous" />
      </header>
      <div className="scroll">
        <div className="swipe" style={line}>
          <div className="frame">
            <Picture set={shown.pictures} item={at} label={words.asDecoded(item.name, shown.name)} />
            <div className="over">
              <Picture set={truth} item={at} label={words.asShown(item.name)} />
            </div>
            <i className="line" />
          </div>
          <span className="side left">{words.columns.shown}</span>
          <span className="side right">{shown.decoder.name}</span>
        </div>
        <div className="swipe-control">
          <Slider label={words.swipe} value={place} step={0.01} onChange={setPlace} />
          <span>
            {words.pixCorr} <b>{item.pixCorr.toFixed(2)}</b> {words.ssim} <b>{item.ssim.toFixed(2)}</b>
          </span>
        </div>
        {decoded.length < 2 ? null : (
          <div className="swipe-control">
            <Segments
              label={words.swipeWith}
              value={shown.decoder.id}
              options={decoded.map((one) => [one.decoder.id, one.decoder.name] as const)}
              onChange={setWanted}
            />
          </div>
        )}
        <NearMisses way="brainToImage" {...near} />
        <NearMisses way="imageToBrain" {...near} />
        <p className="pane-note small">{words.scale}</p>
      </div>
    </aside>
  )
}
