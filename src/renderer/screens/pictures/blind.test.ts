import { describe, expect, it } from 'vitest'
import type { Rating } from '../../../core/contract/rating.ts'
import { blindTasks, counting, pairedDifference, summaryOf } from './blind.ts'

let number = 0
const rating = (decoder: string, item: number, grade: number, own: Partial<Rating> = {}): Rating => ({
  ...{ decoder, item, rating: grade, rater: 'M. Ortiz', blind: true, seed: 1 },
  ...{ id: `r${number++}`, created: '2026-01-01T00:00:00.000Z' },
  ...own,
})

describe('the order of a blind session', () => {
  it('holds every pair once, and depends on the seed alone', () => {
    const tasks = blindTasks(['b', 'a'], 30, 7)
    expect(tasks).toHaveLength(60)
    expect(new Set(tasks.map(({ decoder, item }) => `${decoder} ${item}`)).size).toBe(60)
    expect(blindTasks(['a', 'b'], 30, 7)).toEqual(tasks)
    expect(blindTasks(['a', 'b'], 30, 8)).not.toEqual(tasks)
  })

  it('puts every pair into every place about as often, over seeds', () => {
    const places = new Map<string, number>()
    const rounds = 4000
    for (let seed = 0; seed < rounds; seed++) {
      const first = blindTasks(['a', 'b'], 4, seed)[0]!
      const key = `${first.decoder} ${first.item}`
      places.set(key, (places.get(key) ?? 0) + 1)
    }
    // Eight pairs, expected 500 each; 6 standard deviations of a binomial are 126.
    expect(places.size).toBe(8)
    for (const count of places.values()) expect(Math.abs(count - rounds / 8)).toBeLessThan(126)
  })

  it('mixes decoders and pictures', () => {
    const tasks = blindTasks(['a', 'b'], 50, 3)
    const firstHalf = tasks.slice(0, 50).filter(({ decoder }) => decoder === 'a').length
    expect(firstHalf).toBeGreaterThan(10)
    expect(firstHalf).toBeLessThan(40)
    expect(tasks.map(({ item }) => item)).not.toEqual([...tasks.map(({ item }) => item)].sort((x, y) => x - y))
  })
})

describe('what was rated', () => {
  const all = [
    rating('a', 0, 1),
    rating('a', 0, 4),
    rating('a', 1, 2),
    rating('a', 1, 5, { blind: false, seed: null }),
    rating('a', 0, 2, { rater: 'K. Ito' }),
    rating('b', 0, 1),
    rating('b', 1, 1),
  ]

  it('counts the newest grade of each rater, and only blind ones where that is asked', () => {
    expect(counting(all, true).map((one) => one.rating)).toEqual([4, 2, 2, 1, 1])
    expect(counting(all, false).map((one) => one.rating)).toEqual([4, 5, 2, 1, 1])
  })

  it('is a mean over pictures with its interval, and the grades counted', () => {
    const found = summaryOf('a', counting(all, true))!
    expect(found).toMatchObject({ n: 2, raters: 2, counts: [0, 2, 0, 1, 0], mean: 2.5 })
    // Means per picture 3 and 2: standard error 0.5, t with one degree of freedom 12.706.
    expect(found.interval![0]).toBeCloseTo(2.5 - 12.706 * 0.5, 6)
    expect(summaryOf('c', all)).toBeNull()
  })

  it('has no interval from one picture', () => {
    expect(summaryOf('a', [rating('a', 0, 3)])!.interval).toBeNull()
  })

  it('is compared picture by picture, and is clear only where the interval holds no zero', () => {
    const many = Array.from({ length: 12 }, (_, at) => [rating('a', at, 3 + (at % 2)), rating('b', at, 2)]).flat()
    const found = pairedDifference('a', 'b', many)!
    expect(found).toMatchObject({ n: 12, mean: 1.5, clear: true })
    expect(pairedDifference('a', 'b', counting(all, true))).toMatchObject({ n: 2, mean: 1.5, clear: false })
    expect(pairedDifference('a', 'c', all)).toBeNull()
  })
})
