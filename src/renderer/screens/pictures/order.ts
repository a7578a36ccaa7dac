/** In which order pictures are shown, and which of them: by a score, by the gap between two decoders, by rank, by name. Pure. */
import type { Gallery } from '../../../core/contract/result.ts'

export type Item = Gallery['items'][number] & { readonly at: number }
export type Score = 'pixCorr' | 'ssim'
export const orders = ['best', 'worst', 'gain', 'loss', 'rank', 'shown'] as const
export type Order = (typeof orders)[number]

export interface Wanted {
  readonly order: Order
  readonly score: Score
  /** Part of a name; everything for ''. */
  readonly text: string
  /** Only pictures that are not found at once in either direction. */
  readonly missedOnly: boolean
}

export function numbered(items: Gallery['items']): readonly Item[] {
  return items.map((item, at) => ({ ...item, at }))
}

/** How much more the first decoder scores than the other on each picture; 0 without another. */
export function gapOf(item: Item, other: Gallery['items'] | undefined, score: Score): number {
  return other === undefined ? 0 : item[score] - (other[item.at]?.[score] ?? item[score])
}

/** Equal ones keep the order in which they were shown. */
export function chosenItems(
  items: readonly Item[],
  other: Gallery['items'] | undefined,
  { order, score, text, missedOnly }: Wanted,
): readonly Item[] {
  const part = text.trim().toLowerCase()
  const fits = items.filter(
    (item) =>
      item.name.toLowerCase().includes(part) && (!missedOnly || item.rankBrainToImage > 0 || item.rankImageToBrain > 0),
  )
  const by: Readonly<Record<Order, (item: Item) => number>> = {
    best: (item) => -item[score],
    worst: (item) => item[score],
    gain: (item) => -gapOf(item, other, score),
    loss: (item) => gapOf(item, other, score),
    rank: (item) => item.rankBrainToImage,
    shown: (item) => item.at,
  }
  return [...fits].sort((a, b) => by[order](a) - by[order](b) || a.at - b.at)
}

export interface Rows {
  readonly first: number
  /** One past the last. */
  readonly end: number
}

/** The rows of equal height that have to exist for what is seen, with a few more above and below. */
export function rowsInSight(count: number, rowHeight: number, scrolled: number, height: number, more = 4): Rows {
  const first = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight) - more))
  return { first, end: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + more) }
}
