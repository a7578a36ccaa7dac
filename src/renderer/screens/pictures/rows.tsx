/** The rows of the gallery. Only those in sight exist, so that a thousand pictures open as fast as ten. */
import { useEffect, useRef, useState } from 'react'
import { MarkSign } from '../../components/marks.tsx'
import { useRoomy } from '../../lib/roomy.ts'
import type { Galleries } from './galleries.ts'
import { gapOf, type Item, rowsInSight, type Score } from './order.ts'
import { Picture } from './picture.tsx'
import { words } from './strings.ts'

/** A picture and its margins, as in styles/pictures.css and styles/roomy.css. */
const rowHeights = { usual: 112, roomy: 152 } as const

export interface PictureRowsProps {
  readonly galleries: Galleries
  readonly items: readonly Item[]
  readonly score: Score
  readonly selected: number | null
  readonly onSelect: (item: number) => void
}

export function PictureRows({ galleries, items, score, selected, onSelect }: PictureRowsProps) {
  const box = useRef<HTMLDivElement>(null)
  const rowHeight = rowHeights[useRoomy() ? 'roomy' : 'usual']
  const [sight, setSight] = useState(() => rowsInSight(items.length, rowHeight, 0, 800))
  useEffect(() => {
    const element = box.current
    if (element === null) return
    // Most scrolling shows the rows that are there already; then nothing is made anew.
    const measure = () => {
      const found = rowsInSight(items.length, rowHeight, element.scrollTop, element.clientHeight)
      setSight((now) => (now.first === found.first && now.end === found.end ? now : found))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [items.length, rowHeight])
  // A row that is chosen by a key comes into sight.
  const at = items.findIndex((item) => item.at === selected)
  useEffect(() => {
    const element = box.current
    if (element === null || at < 0) return
    const [top, room] = [at * rowHeight, element.clientHeight - 34]
    if (top < element.scrollTop) element.scrollTop = top
    if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room
  }, [at, rowHeight])
  const { truth, decoded } = galleries
  const { first } = sight
  const end = Math.min(items.length, sight.end)
  const second = decoded[1]
  return (
    <div className="scroll grow" ref={box}>
      <div className="picture-row head">
        <span>{words.columns.picture}</span>
        <span className="row">
          <MarkSign mark="truth" /> {words.columns.shown}
        </span>
        {decoded.map((one, column) => (
          <span key={one.decoder.id} className="row ellipsis" title={one.name}>
            <MarkSign mark={column === 0 ? 'method' : 'control'} /> <span className="ellipsis">{one.decoder.name}</span>
          </span>
        ))}
        <span>{words.columns.scores}</span>
      </div>
      <div className="picture-rows" style={{ height: items.length * rowHeight }}>
        {items.slice(first, end).map((item, step) => (
          <div
            key={item.at}
            className={`picture-row placed covered${item.at === selected ? ' chosen' : ''}`}
            style={{ top: (first + step) * rowHeight }}
          >
            <span>
              <button
                type="button"
                className="cover"
                aria-label={words.compare(item.name)}
                aria-pressed={item.at === selected}
                onClick={() => onSelect(item.at)}
              >
                {item.name}
              </button>
              <small>{words.test(item.at + 1, decoded[0]!.items.length)}</small>
            </span>
            <Picture set={truth} item={item.at} label={words.asShown(item.name)} />
            {decoded.map((one) => (
              <Picture
                key={one.decoder.id}
                set={one.pictures}
                item={item.at}
                label={words.asDecoded(item.name, one.name)}
              />
            ))}
            <Scores
              item={item}
              all={decoded[0]!.items.length}
              gap={second === undefined ? null : { by: second.decoder.name, value: gapOf(item, second.items, score) }}
              score={score}
            />
          </div>
        ))}
      </div>
    </div>
  )
}

/** Scores on their scale from 0 to 1, both ranks, and the gap to the next column in the score that is sorted by. */
function Scores({
  item,
  all,
  gap,
  score,
}: {
  item: Item
  all: number
  gap: { by: string; value: number } | null
  score: Score
}) {
  const line = (name: Score) => (
    <>
      <span>{words[name]} ↑</span>
      <b>{item[name].toFixed(2)}</b>
      {gap === null || name !== score ? (
        <span className="track">
          <i style={{ left: `${100 * Math.max(0, Math.min(1, item[name]))}%` }} />
        </span>
      ) : (
        <small className="ellipsis" title={words.gap(gap.by)}>
          {gap.value < 0 ? '−' : '+'}
          {Math.abs(gap.value).toFixed(2)} {words.gap(gap.by)}
        </small>
      )}
    </>
  )
  return (
    <span className="scores">
      {line('pixCorr')}
      {line('ssim')}
      <span>{words.brainToImage}</span>
      <b>{item.rankBrainToImage + 1}</b>
      <small>{words.of(all)}</small>
      <span>{words.imageToBrain}</span>
      <b>{item.rankImageToBrain + 1}</b>
      <small>{words.of(all)}</small>
    </span>
  )
}
