import { describe, expect, it } from 'vitest'
import { GrowingPositions, GrowingSmooth } from './growing.ts'
import { epochPositions, SeriesStore, smooth } from './series.ts'

const point = (step: number, epoch: number, total: number) => ({ part: '', step, epoch, values: { total } })
const rough = (step: number) => Math.sin(step * 12.9898) * 3

describe('lines of a series that grows', () => {
  it('are the same as when they are computed at once, at every moment', () => {
    const store = new SeriesStore()
    const [smoothed, positions] = [new GrowingSmooth(), new GrowingPositions()]
    for (let step = 0; step < 60; step += 7) {
      store.add(Array.from({ length: 7 }, (_, i) => point(step + i, Math.floor((step + i) / 20), rough(step + i))))
      const series = store.parts.get('')!.get('total')!
      expect(smoothed.of(series, 0.8)).toEqual(smooth(series.values, 0.8))
      expect(positions.of(series)).toEqual(epochPositions(series))
    }
  })

  it('follow another weight, and numbers that a resumed run replaced', () => {
    const store = new SeriesStore()
    const [smoothed, positions] = [new GrowingSmooth(), new GrowingPositions()]
    store.add(Array.from({ length: 30 }, (_, step) => point(step, Math.floor(step / 10), rough(step))))
    const series = store.parts.get('')!.get('total')!
    smoothed.of(series, 0.8)
    positions.of(series)
    expect(smoothed.of(series, 0.3)).toEqual(smooth(series.values, 0.3))
    store.add([point(12, 1, 99), point(30, 3, 1)])
    expect(smoothed.of(series, 0.3)).toEqual(smooth(series.values, 0.3))
    expect(smoothed.of(series, 0.3)[12]).toBeGreaterThan(50)
    expect(positions.of(series)).toEqual(epochPositions(series))
  })
})
