/**
 * Rating without knowing which decoder made a picture: every pair of picture and decoder once, in an order that depends on the seed
 * alone, so that a session can be repeated and checked. What is counted afterwards: the newest grade of a rater for each pair.
 */
import type { Rating } from '../../../core/contract/rating.ts'
import { halfInterval } from '../../components/result-table.tsx'

export interface Task {
  readonly decoder: string
  readonly item: number
}

/** Fisher and Yates, with Marsaglia's 32-bit xorshift started from the seed: enough to hide an order, and the same everywhere. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1
  const below = (end: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % end
  }
  const out = [...items]
  for (let n = 0; n < 8; n++) below(1)
  for (let at = out.length - 1; at > 0; at--) {
    const other = below(at + 1)
    const moved = out[at]!
    out[at] = out[other]!
    out[other] = moved
  }
  return out
}

/** All pairs, shuffled. The same seed gives the same order for the same decoders, whatever order those come in. */
export function blindTasks(decoders: readonly string[], items: number, seed: number): readonly Task[] {
  const tasks = [...decoders]
    .sort()
    .flatMap((decoder) => Array.from({ length: items }, (_, item): Task => ({ decoder, item })))
  return shuffled(tasks, seed)
}

/** Grades that count: the newest of each rater for a picture of a decoder. `ratings` oldest first. */
export function counting(ratings: readonly Rating[], blindOnly: boolean): readonly Rating[] {
  const newest = new Map<string, Rating>()
  for (const rating of ratings)
    if (rating.blind || !blindOnly) newest.set(`${rating.decoder} ${rating.item} ${rating.rater}`, rating)
  return [...newest.values()]
}

export interface RatingSummary {
  readonly decoder: string
  /** Pictures that were rated; a picture rated by several people counts once, with their mean. */
  readonly n: number
  readonly raters: number
  /** How often each grade 1 to 5 was given. */
  readonly counts: readonly number[]
  readonly mean: number
  /** 95 % interval of the mean over pictures (t); null with one picture. */
  readonly interval: readonly [number, number] | null
}

function meanPerItem(ratings: readonly Rating[]): Map<number, number> {
  const sums = new Map<number, [sum: number, count: number]>()
  for (const { item, rating } of ratings) {
    const [sum, count] = sums.get(item) ?? [0, 0]
    sums.set(item, [sum + rating, count + 1])
  }
  return new Map([...sums].map(([item, [sum, count]]) => [item, sum / count]))
}

function meanWithInterval(values: readonly number[]): Pick<RatingSummary, 'mean' | 'interval'> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length < 2) return { mean, interval: null }
  const half = halfInterval(values)
  return { mean, interval: [mean - half, mean + half] }
}

export function summaryOf(decoder: string, ratings: readonly Rating[]): RatingSummary | null {
  const own = ratings.filter((rating) => rating.decoder === decoder)
  const values = [...meanPerItem(own).values()]
  if (values.length === 0) return null
  return {
    decoder,
    n: values.length,
    raters: new Set(own.map(({ rater }) => rater)).size,
    counts: [1, 2, 3, 4, 5].map((grade) => own.filter(({ rating }) => rating === grade).length),
    ...meanWithInterval(values),
  }
}

export interface PairedDifference extends Pick<RatingSummary, 'mean' | 'interval' | 'n'> {
  /** Whether the interval holds no zero. */
  readonly clear: boolean
}

/** Mean over pictures rated for both of first minus second; null without such a picture. No difference is 0. */
export function pairedDifference(first: string, second: string, ratings: readonly Rating[]): PairedDifference | null {
  const [a, b] = [first, second].map((decoder) => meanPerItem(ratings.filter((rating) => rating.decoder === decoder)))
  const values = [...a!].flatMap(([item, value]) => (b!.has(item) ? [value - b!.get(item)!] : []))
  if (values.length === 0) return null
  const found = meanWithInterval(values)
  const clear = found.interval !== null && (found.interval[0] > 0 || found.interval[1] < 0)
  return { ...found, n: values.length, clear }
}
