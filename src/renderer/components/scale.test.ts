import { describe, expect, it } from 'vitest'
import { scaleOver } from './scale.ts'

describe('a shared scale', () => {
  it('holds every value and a few round ticks, for spans of any size', () => {
    for (const values of [
      [0.01, 0.44, 0.6],
      [0.552, 0.553],
      [-3, 12],
      [0.2, 0.2],
      [1e-5, 3e-5],
      [1200, 48_000],
    ]) {
      const scale = scaleOver(values)
      for (const value of values) {
        expect(scale.place(value)).toBeGreaterThanOrEqual(0)
        expect(scale.place(value)).toBeLessThanOrEqual(100)
      }
      expect(scale.ticks.length).toBeGreaterThanOrEqual(2)
      expect(scale.ticks.length).toBeLessThanOrEqual(6)
      for (const tick of scale.ticks) expect(tick).toBeGreaterThanOrEqual(scale.low - 1e-12)
    }
  })

  it('puts ticks where people expect them', () => {
    expect(scaleOver([0, 0.6]).ticks.map((tick) => Math.round(1e6 * tick) / 1e6)).toEqual([0, 0.2, 0.4, 0.6])
  })
})
