/**
 * Retrieval among candidate pictures, in both directions under explicit names:
 *  - brainToImage: given a brain sample, is its own picture the most similar of all? (MindEye2's tables call this "Brain".)
 *  - imageToBrain: given a picture, is its own brain sample the most similar of all? (MindEye2's tables call this "Image".)
 * With more than 300 items, the mean over 30 seeded draws of 300, as MindEye2 does; else all items at once. What is corrected for hubs
 * is corrected within each draw: a picture that was not drawn is no candidate, and so no neighbour either.
 */
import { Random } from '../random/random.ts'
import { bootstrapInterval } from './intervals.ts'
import type { Metric } from './metric.ts'
import { cosineMatrix } from './similarity.ts'

export const candidateCount = 300
export const drawCount = 30

export interface Ranks {
  /** Position of the right answer per item, 0 is first. Ties count against it. */
  readonly brainToImage: Int32Array
  readonly imageToBrain: Int32Array
}

/** Ranks from similarities[brain × picture] among the items listed. A similarity that is not a number counts against the item. */
export function ranksAmong(similarity: Float64Array, count: number, items: ArrayLike<number>): Ranks {
  const n = items.length
  const brainToImage = new Int32Array(n)
  const imageToBrain = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const self = items[i]!
    const own = similarity[self * count + self]!
    for (let j = 0; j < n; j++) {
      if (j === i) continue
      const other = items[j]!
      if (!(similarity[self * count + other]! < own)) brainToImage[i]!++
      if (!(similarity[other * count + self]! < own)) imageToBrain[i]!++
    }
  }
  return { brainToImage, imageToBrain }
}

export interface Near {
  readonly item: number
  readonly similarity: number
}

/**
 * Per item the `top` most similar of all items in both directions, best first, with the item itself added as the last where it is not
 * among them: the near misses beside the right answer. Equal similarities go to the lower item, except that the right one comes last,
 * as in `ranksAmong`. similarities[brain × picture].
 */
export function nearestOf(
  similarity: Float64Array,
  count: number,
  top: number,
): { readonly brainToImage: readonly Near[]; readonly imageToBrain: readonly Near[] }[] {
  const pick = (self: number, value: (other: number) => number): Near[] => {
    const all = Array.from({ length: count }, (_, item) => ({ item, similarity: value(item) }))
    all.sort(
      (a, b) => b.similarity - a.similarity || Number(a.item === self) - Number(b.item === self) || a.item - b.item,
    )
    const best = all.slice(0, top)
    return best.some(({ item }) => item === self) ? best : [...best, all.find(({ item }) => item === self)!]
  }
  return Array.from({ length: count }, (_, self) => ({
    brainToImage: pick(self, (other) => similarity[self * count + other]!),
    imageToBrain: pick(self, (other) => similarity[other * count + self]!),
  }))
}

/**
 * CSLS (cross-domain similarity local scaling): each similarity less the mean similarity of both sides to their k nearest. It
 * corrects for pictures that are near everything. It looks at all candidates at once, so it stands beside the raw value, never instead.
 */
export function csls(similarity: Float64Array, count: number, k = 10): Float64Array {
  const nearest = (value: (j: number) => number) => {
    const all = Float64Array.from({ length: count }, (_, j) => value(j)).sort()
    const take = Math.min(k, count)
    let sum = 0
    for (let i = 0; i < take; i++) sum += all[count - 1 - i]!
    return sum / take
  }
  const rows = Float64Array.from({ length: count }, (_, i) => nearest((j) => similarity[i * count + j]!))
  const columns = Float64Array.from({ length: count }, (_, j) => nearest((i) => similarity[i * count + j]!))
  return similarity.map((value, at) => 2 * value - rows[Math.floor(at / count)]! - columns[at % count]!)
}

export interface Retrieval {
  readonly brainToImage: Metric
  readonly imageToBrain: Metric
}

/** CSLS among the items listed alone, as a matrix of their number. */
function cslsAmong(similarity: Float64Array, count: number, items: ArrayLike<number>): Float64Array {
  const n = items.length
  const drawn = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) drawn[i * n + j] = similarity[items[i]! * count + items[j]!]!
  return csls(drawn, n)
}

/**
 * Share of items whose right answer ranks below `top` (1: is first), per direction, with a bootstrap interval over items; `scaled`: by
 * CSLS among the items of each draw.
 */
export function retrievalFrom(
  similarity: Float64Array,
  count: number,
  seed: number,
  top = 1,
  scaled = false,
): Retrieval {
  const candidates = Math.min(candidateCount, count)
  const draws = count > candidateCount ? drawCount : 1
  // Per item: how often it was drawn and how often it was right, so that the interval is over items and not over draws.
  const drawn = new Float64Array(count)
  const hits = { brainToImage: new Float64Array(count), imageToBrain: new Float64Array(count) }
  for (let draw = 0; draw < draws; draw++) {
    const items =
      draws === 1
        ? Int32Array.from({ length: count }, (_, i) => i)
        : Random.of(seed, 'retrieval draw', draw).sample(count, candidates)
    const ranks = scaled
      ? ranksAmong(cslsAmong(similarity, count, items), items.length, Int32Array.from(items.keys()))
      : ranksAmong(similarity, count, items)
    for (let i = 0; i < items.length; i++) {
      drawn[items[i]!]!++
      if (ranks.brainToImage[i]! < top) hits.brainToImage[items[i]!]!++
      if (ranks.imageToBrain[i]! < top) hits.imageToBrain[items[i]!]!++
    }
  }
  const metric = (right: Float64Array): Metric => {
    let [sum, total] = [0, 0]
    const shares: number[] = []
    for (let i = 0; i < count; i++) {
      sum += right[i]!
      total += drawn[i]!
      if (drawn[i]! > 0) shares.push(right[i]! / drawn[i]!)
    }
    return {
      value: total > 0 ? sum / total : 0,
      direction: 'higher',
      chance: Math.min(1, top / candidates),
      n: count,
      interval: bootstrapInterval(shares, seed),
    }
  }
  return { brainToImage: metric(hits.brainToImage), imageToBrain: metric(hits.imageToBrain) }
}

/** Retrieval of projected brain rows against picture embeddings, row i belonging to row i. Both items × dimensions. */
export function retrieval(brain: Float32Array, pictures: Float32Array, count: number, seed: number): Retrieval {
  return retrievalFrom(cosineMatrix(brain, pictures, count, count), count, seed)
}
