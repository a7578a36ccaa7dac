import { describe, expect, it } from 'vitest'
import { epochPositions, SeriesStore, smooth } from './series.ts'

const point = (step: number, epoch: number, total: number) => ({ part: 'p', step, epoch, values: { total } })

describe('live numbers', () => {
  it('keeps one value per step, the newer one, in order', () => {
    const store = new SeriesStore()
    store.add([point(0, 0, 5), point(1, 0, 4), point(2, 1, 3)])
    // A resumed run repeats what came after its checkpoint.
    store.add([point(1, 0, 4.5), point(2, 1, 3.5), point(3, 1, 3)])
    const series = store.parts.get('p')!.get('total')!
    expect(series.steps).toEqual([0, 1, 2, 3])
    expect(series.values).toEqual([5, 4.5, 3.5, 3])
  })

  it('places steps within their epochs, also in an epoch that is not complete', () => {
    const store = new SeriesStore()
    store.add([point(0, 0, 1), point(1, 0, 1), point(2, 0, 1), point(3, 0, 1), point(4, 1, 1), point(5, 1, 1)])
    expect(epochPositions(store.parts.get('p')!.get('total')!)).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5])
  })

  it('smooths without moving a constant, and never ahead of the newest value', () => {
    expect(smooth([3, 3, 3, 3], 0.9).map((value) => Math.round(1e9 * value) / 1e9)).toEqual([3, 3, 3, 3])
    const falling = smooth([5, 4, 3, 2, 1], 0.8)
    for (let i = 1; i < 5; i++) expect(falling[i]).toBeLessThan(falling[i - 1]!)
    expect(falling.at(-1)).toBeGreaterThan(1)
  })
})
