import { describe, expect, it } from 'vitest'
import { chosenItems, numbered, orders, rowsInSight, type Wanted } from './order.ts'

const item = (name: string, pixCorr: number, rank: number) => ({
  ...{ name, pixCorr, ssim: 1 - pixCorr, rankBrainToImage: rank, rankImageToBrain: 0 },
})
const items = numbered([item('sky', 0.9, 0), item('tree', 0.2, 5), item('house', 0.5, 2), item('sky blue', 0.5, 0)])
const other = [item('sky', 0.95, 0), item('tree', 0.1, 0), item('house', 0.1, 0), item('sky blue', 0.5, 0)]
const names = (own: Partial<Wanted>) =>
  chosenItems(items, other, { order: 'shown', score: 'pixCorr', text: '', missedOnly: false, ...own }).map(
    (one) => one.name,
  )

describe('pictures in order', () => {
  it('by score, and equal ones as they were shown', () => {
    expect(names({ order: 'best' })).toEqual(['sky', 'house', 'sky blue', 'tree'])
    expect(names({ order: 'worst' })).toEqual(['tree', 'house', 'sky blue', 'sky'])
    expect(names({ order: 'best', score: 'ssim' })).toEqual(['tree', 'house', 'sky blue', 'sky'])
  })

  it('by the gap to another decoder, gains and losses alike', () => {
    expect(names({ order: 'gain' })).toEqual(['house', 'tree', 'sky blue', 'sky'])
    expect(names({ order: 'loss' })).toEqual(['sky', 'sky blue', 'tree', 'house'])
  })

  it('only those with a part of the name, or not found at once', () => {
    expect(names({ text: ' SKY' })).toEqual(['sky', 'sky blue'])
    expect(names({ missedOnly: true })).toEqual(['tree', 'house'])
    expect(names({ order: 'rank', missedOnly: true })).toEqual(['house', 'tree'])
  })

  it('never lose or double one', () => {
    for (const order of orders) expect([...names({ order })].sort()).toEqual(items.map((one) => one.name).sort())
  })
})

describe('rows in sight', () => {
  it('are few of many, and cover what is seen', () => {
    for (const scrolled of [0, 1234, 112 * 1000 - 600]) {
      const { first, end } = rowsInSight(1000, 112, scrolled, 600)
      expect(end - first).toBeLessThan(20)
      expect(first * 112).toBeLessThanOrEqual(scrolled)
      expect(end * 112).toBeGreaterThanOrEqual(Math.min(1000 * 112, scrolled + 600))
    }
  })

  it('end where the pictures end', () => {
    expect(rowsInSight(3, 112, 0, 600)).toEqual({ first: 0, end: 3 })
    expect(rowsInSight(3, 112, 9999, 600)).toEqual({ first: 3, end: 3 })
    expect(rowsInSight(0, 112, 0, 600)).toEqual({ first: 0, end: 0 })
  })
})
