/** What was shown beside what was decoded: one row per picture, sorted by what the reader wants to see first. */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Gallery } from '../../core/contract/result.ts'
import { Empty, ErrorNote } from '../components/basics.tsx'
import { MarkSign } from '../components/marks.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useDecoders, useProjectId } from '../lib/queries.ts'
import { fetchNumbers } from '../lib/volumes.ts'
import { Inspector } from './pictures/inspector.tsx'
import { Picture } from './pictures/picture.tsx'
import { words } from './pictures/strings.ts'

type Order = (typeof words.orders)[number][0]
const pageLength = 40

export function PicturesTab() {
  const project = useProjectId()
  const decoder = (useDecoders().data ?? []).at(-1)
  const [order, setOrder] = useState<Order>('best')
  const [length, setLength] = useState(pageLength)
  const gallery = useQuery({
    queryKey: ['gallery', project, decoder?.id],
    enabled: decoder !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn() {
      const found = await engine.results.gallery({ project, decoder: decoder!.id })
      return found === null
        ? null
        : {
            ...found,
            truthPixels: await fetchNumbers(found.truth),
            decodedPixels: await fetchNumbers(found.reconstruction),
          }
    },
  })
  const sorted = useMemo(() => {
    const items = (gallery.data?.items ?? []).map((item, at) => ({ ...item, at }))
    if (order === 'shown') return items
    if (order === 'rank') return items.sort((a, b) => a.rankBrainToImage - b.rankBrainToImage || b.pixCorr - a.pixCorr)
    return items.sort((a, b) => (order === 'best' ? b.pixCorr - a.pixCorr : a.pixCorr - b.pixCorr))
  }, [gallery.data, order])
  const [chosen, setChosen] = useState<number | null>(null)
  if (decoder === undefined) return <Empty>{words.none}</Empty>
  if (gallery.data === null) return <Empty>{words.labels}</Empty>
  if (gallery.data === undefined) return <ErrorNote error={gallery.error} />
  const { width, height, truthPixels, decodedPixels, items } = gallery.data
  const truth = { pixels: truthPixels, width, height }
  const decoded = { pixels: decodedPixels, width, height }
  const selected = sorted.find((item) => item.at === chosen) ?? sorted[0]
  return (
    <div className="columns pictures">
      <section className="pane" aria-label={words.title}>
        <header className="view-bar">
          <h2>{words.title}</h2>
          <span className="grow ink3 ellipsis">{words.about(count(items.length), decoder.name)}</span>
          <label className="row">
            {words.sort}
            <select
              className="input"
              style={{ width: 190 }}
              value={order}
              onChange={(event) => setOrder(event.target.value as Order)}
            >
              {words.orders.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        </header>
        <div
          className="scroll grow"
          onScroll={(event) => {
            const box = event.currentTarget
            if (box.scrollTop + box.clientHeight > box.scrollHeight - 600)
              setLength((now) => Math.min(items.length, now + pageLength))
          }}
        >
          <div className="picture-row head">
            <span>{words.columns.picture}</span>
            <span className="row">
              <MarkSign mark="truth" /> {words.columns.shown}
            </span>
            <span className="row">
              <MarkSign mark="method" /> {words.columns.decoded}
            </span>
            <span>{words.columns.scores}</span>
          </div>
          {sorted.slice(0, length).map((item) => (
            <button
              key={item.at}
              type="button"
              className="picture-row"
              aria-label={words.compare(item.name)}
              aria-pressed={item.at === selected?.at}
              onClick={() => setChosen(item.at)}
            >
              <span>
                <b>{item.name}</b>
                <small>{words.test(item.at + 1, items.length)}</small>
              </span>
              <Picture set={truth} item={item.at} label={words.asShown(item.name)} />
              <Picture set={decoded} item={item.at} label={words.asDecoded(item.name)} />
              <Scores item={item} all={items.length} />
            </button>
          ))}
        </div>
      </section>
      {selected === undefined ? null : <Inspector item={selected} all={items.length} truth={truth} decoded={decoded} />}
    </div>
  )
}

/** PixCorr on its scale from 0 to 1, and both ranks. */
function Scores({ item, all }: { item: Gallery['items'][number]; all: number }) {
  return (
    <span className="scores">
      <span>{words.pixCorr} ↑</span>
      <b>{item.pixCorr.toFixed(2)}</b>
      <span className="track">
        <i style={{ left: `${100 * Math.max(0, Math.min(1, item.pixCorr))}%` }} />
      </span>
      <span>{words.ssim} ↑</span>
      <b>{item.ssim.toFixed(2)}</b>
      <span className="track">
        <i style={{ left: `${100 * Math.max(0, Math.min(1, item.ssim))}%` }} />
      </span>
      <span>{words.brainToImage}</span>
      <b>{item.rankBrainToImage + 1}</b>
      <small>{words.of(all)}</small>
      <span>{words.imageToBrain}</span>
      <b>{item.rankImageToBrain + 1}</b>
      <small>{words.of(all)}</small>
    </span>
  )
}
