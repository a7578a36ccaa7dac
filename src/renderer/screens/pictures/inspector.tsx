/** One picture large: shown and decoded under one line that is moved from side to side, and both ranks with their chance. */
import { type CSSProperties, useState } from 'react'
import type { Gallery } from '../../../core/contract/result.ts'
import { Slider } from '../../components/slider.tsx'
import { Picture, type PictureSet } from './picture.tsx'
import { words } from './strings.ts'

type Item = Gallery['items'][number] & { readonly at: number }

function Rank({ title, question, rank, all }: { title: string; question: string; rank: number; all: number }) {
  return (
    <section className="rank">
      <h2>{title}</h2>
      <span>
        rank <span className="big">{rank + 1}</span>{' '}
        <small>
          {words.of(all)}, {words.chance(Math.round((all + 1) / 2))}
        </small>
      </span>
      <small className="ink2">{question}</small>
    </section>
  )
}

export function Inspector({
  item,
  all,
  truth,
  decoded,
}: {
  item: Item
  all: number
  truth: PictureSet
  decoded: PictureSet
}) {
  const [at, setAt] = useState(0.5)
  const place = { '--at': `${100 * at}%` } as CSSProperties
  return (
    <aside className="pane inspector" aria-label={item.name}>
      <header>
        <h2 className="ellipsis">{item.name}</h2>
        <span className="ink3">{words.test(item.at + 1, all)}</span>
      </header>
      <div className="swipe" style={place}>
        <div className="frame">
          <Picture set={decoded} item={item.at} label={words.asDecoded(item.name)} />
          <div className="over">
            <Picture set={truth} item={item.at} label={words.asShown(item.name)} />
          </div>
          <i className="line" />
        </div>
        <span className="side left">{words.columns.shown}</span>
        <span className="side right">{words.columns.decoded}</span>
      </div>
      <div className="swipe-control">
        <Slider label={words.swipe} value={at} step={0.01} onChange={setAt} />
        <span>
          {words.pixCorr} <b>{item.pixCorr.toFixed(2)}</b> {words.ssim} <b>{item.ssim.toFixed(2)}</b>
        </span>
      </div>
      <Rank
        title={words.brainToImage}
        question={words.questions.brainToImage(all)}
        rank={item.rankBrainToImage}
        all={all}
      />
      <Rank
        title={words.imageToBrain}
        question={words.questions.imageToBrain(all)}
        rank={item.rankImageToBrain}
        all={all}
      />
      <p className="pane-note small">{words.scale}</p>
    </aside>
  )
}
