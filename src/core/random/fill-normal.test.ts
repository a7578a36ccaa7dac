import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

const count = 2_000_000
const seed = 5
const drawn = new Float32Array(count)
Random.of(seed, 'fill').fillNormal(drawn)

/** Share of a standard normal distribution beyond these. */
const tails: readonly (readonly [number, number])[] = [
  [0.5, 0.30853754],
  [1, 0.15865525],
  [2, 0.02275013],
  [3, 0.0013499],
  // Beyond the start of the ziggurat's tail.
  [3.6, 0.00015911],
]

describe('fillNormal', () => {
  it('has the moments of a standard normal distribution', () => {
    const moment = (power: number) => drawn.reduce((sum, value) => sum + value ** power, 0) / count
    const error = 5 / Math.sqrt(count)
    expect(Math.abs(moment(1))).toBeLessThan(error)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(Math.sqrt(2) * error)
    expect(Math.abs(moment(3))).toBeLessThan(Math.sqrt(15) * error)
    expect(Math.abs(moment(4) - 3)).toBeLessThan(Math.sqrt(96) * error)
  })

  it.each(tails)('has its share beyond ±%d', (at, share) => {
    const error = 5 * Math.sqrt(share / count)
    for (const sign of [-1, 1]) {
      const beyond = drawn.reduce((sum, value) => sum + (sign * value > at ? 1 : 0), 0) / count
      expect(Math.abs(beyond - share)).toBeLessThan(error)
    }
  })

  it('fills as many places as asked, neighbours uncorrelated, and the stream goes on', () => {
    let product = 0
    for (let i = 1; i < count; i++) product += drawn[i]! * drawn[i - 1]!
    expect(Math.abs(product / count)).toBeLessThan(5 / Math.sqrt(count))
    const random = Random.of(seed, 'fill')
    const part = new Float32Array(10)
    random.fillNormal(part, 6)
    expect(part.subarray(0, 6)).toEqual(drawn.subarray(0, 6))
    expect(Array.from(part.subarray(6))).toEqual([0, 0, 0, 0])
    random.fillNormal(part)
    expect(part).toEqual(drawn.subarray(6, 16))
  })
})
