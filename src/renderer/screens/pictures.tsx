/** What was shown beside what was decoded: one row per picture, sorted by what the reader wants to see first. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Empty, ErrorNote, Segments } from '../components/basics.tsx'
import { engine } from '../lib/engine.ts'
import { count } from '../lib/format.ts'
import { useDecoders, useProjectId } from '../lib/queries.ts'
import { fetchNumbers, type Numbers } from '../lib/volumes.ts'

function Picture({
  pixels,
  item,
  width,
  height,
  label,
}: {
  pixels: Numbers
  item: number
  width: number
  height: number
  label: string
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(width, height)
    const start = item * width * height * 3
    for (let p = 0; p < width * height; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = pixels[start + 3 * p + c]!
      image.data[4 * p + 3] = 255
    }
    context.putImageData(image, 0, 0)
  }, [pixels, item, width, height])
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
}

const orders = [
  ['best', 'Best first'],
  ['worst', 'Worst first'],
  ['rank', 'By rank'],
  ['shown', 'As shown'],
] as const
type Order = (typeof orders)[number][0]
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
  if (decoder === undefined) return <Empty>Reconstructions appear here once a decoder was trained.</Empty>
  if (gallery.data === null)
    return <Empty>This subject saw categories, not pictures of their own; its confusion matrix is under Results.</Empty>
  if (gallery.data === undefined) return <ErrorNote error={gallery.error} />
  const { width, height, truthPixels, decodedPixels, items } = gallery.data
  return (
    <section className="pane grow" aria-label="Pictures">
      <header>
        <h2>Held-out pictures</h2>
        <span className="grow ink3">
          {count(items.length)} pictures, decoded by {decoder.name}; ranks are among all of them, 1 is first
        </span>
        <Segments label="Order" value={order} options={orders} onChange={setOrder} />
      </header>
      <div
        className="scroll grow"
        onScroll={(event) => {
          const box = event.currentTarget
          if (box.scrollTop + box.clientHeight > box.scrollHeight - 600)
            setLength((now) => Math.min(items.length, now + pageLength))
        }}
      >
        <div
          className="gallery-row ink3"
          style={{ position: 'sticky', top: 0, background: 'var(--pane)', zIndex: 1, padding: '4px 14px' }}
        >
          <span>Picture</span>
          <span>Shown</span>
          <span>Decoded</span>
          <span>Scores</span>
        </div>
        {sorted.slice(0, length).map((item) => (
          <div key={item.at} className="gallery-row">
            <span className="ellipsis">{item.name}</span>
            <Picture
              pixels={truthPixels}
              item={item.at}
              width={width}
              height={height}
              label={`${item.name} as shown`}
            />
            <Picture
              pixels={decodedPixels}
              item={item.at}
              width={width}
              height={height}
              label={`${item.name} as decoded`}
            />
            <dl className="facts" style={{ maxWidth: 320 }}>
              <dt>PixCorr ↑</dt>
              <dd>{item.pixCorr.toFixed(3)}</dd>
              <dt>SSIM ↑</dt>
              <dd>{item.ssim.toFixed(3)}</dd>
              <dt>Rank brain → image</dt>
              <dd>{item.rankBrainToImage + 1}</dd>
              <dt>Rank image → brain</dt>
              <dd>{item.rankImageToBrain + 1}</dd>
            </dl>
          </div>
        ))}
      </div>
    </section>
  )
}
