import { describe, expect, it } from 'vitest'
import { drawnIndices, firstAtLeast, thinned } from './thin.ts'

const wave = (count: number, period: number) => Array.from({ length: count }, (_, at) => Math.sin(at / period))
const rises = (indices: readonly number[]) => indices.every((at, i) => i === 0 || at > indices[i - 1]!)

describe('points that have to be drawn', () => {
  it('are all of them where there are few', () => {
    expect(drawnIndices([wave(50, 3)], 0, 50, 20)).toEqual(Array.from({ length: 50 }, (_, at) => at))
    expect(drawnIndices([wave(50, 3)], 10, 10, 20)).toEqual([])
  })

  it('are few of many, rising, with both ends', () => {
    const lines = [wave(100_000, 700), wave(100_000, 41)]
    const drawn = drawnIndices(lines, 0, 100_000, 400)
    expect(drawn.length).toBeLessThanOrEqual(400 * 5 + 1)
    expect(rises(drawn)).toBe(true)
    expect([drawn[0], drawn.at(-1)]).toEqual([0, 99_999])
  })

  it('keep every spike of every line, up and down', () => {
    const lines = [wave(60_000, 900), wave(60_000, 500)]
    lines[0]![31_007] = 9
    lines[1]![12_345] = -9
    const drawn = new Set(drawnIndices(lines, 0, 60_000, 300))
    expect(drawn.has(31_007)).toBe(true)
    expect(drawn.has(12_345)).toBe(true)
  })

  it('pass over gaps', () => {
    const values = Array.from({ length: 10_000 }, (_, at) => (at % 3 === 0 ? at : null))
    const drawn = drawnIndices([values], 0, 10_000, 50)
    expect(rises(drawn)).toBe(true)
    expect(drawn.at(-1)).toBe(9999)
  })

  it('are fine inside what is seen and coarse outside', () => {
    const x = Array.from({ length: 50_000 }, (_, at) => at / 10)
    const drawn = thinned(x, [wave(50_000, 300)], [1000, 1100], 400)
    expect(rises(drawn)).toBe(true)
    expect([drawn[0], drawn.at(-1)]).toEqual([0, 49_999])
    const inside = drawn.filter((at) => x[at]! >= 1000 && x[at]! <= 1100)
    expect(inside).toHaveLength(1001)
    expect(drawn.length - inside.length).toBeLessThan(320)
  })

  it('are found by x', () => {
    expect(firstAtLeast([1, 2, 4, 8], 3)).toBe(2)
    expect(firstAtLeast([1, 2, 4, 8], 9)).toBe(4)
    expect(firstAtLeast([], 1)).toBe(0)
  })
})
