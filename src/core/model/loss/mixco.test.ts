import { describe, expect, it } from 'vitest'
import { Random } from '../../random/random.ts'
import { drawMixing, mixingTargets, mixRows } from './mixco.ts'

describe('drawMixing', () => {
  it('keeps every partner inside its own subject, each exactly once', () => {
    for (let seed = 0; seed < 50; seed++) {
      const counts = [3, 5, 1, 4]
      const { partners } = drawMixing(counts, { alpha: 0.2, fraction: 1 }, Random.of(seed))
      let offset = 0
      for (const count of counts) {
        const own = Array.from({ length: count }, (_, i) => offset + i)
        expect(Array.from(partners.subarray(offset, offset + count)).sort((a, b) => a - b)).toEqual(own)
        offset += count
      }
    }
  })

  it('mixes in voxels and pictures of the same subject only', () => {
    // Rows of subject s hold the value s; any leak across subjects would show as a fraction.
    const values = Float32Array.from([0, 0, 0, 1, 1, 1, 1, 2, 2])
    const mixing = drawMixing([3, 4, 2], { alpha: 0.5, fraction: 1 }, Random.of('subjects'))
    expect(Array.from(mixRows(values, 1, mixing))).toEqual(Array.from(values))
  })

  it('draws λ from Beta(α, α) and selects the wanted fraction', () => {
    const rows = 20_000
    const alpha = 0.2
    const { shares } = drawMixing([rows], { alpha, fraction: 1 }, Random.of('beta'))
    const mean = shares.reduce((a, b) => a + b, 0) / rows
    const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / rows
    expect(mean).toBeCloseTo(0.5, 1)
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2)
    const half = drawMixing([rows], { alpha: 1, fraction: 0.5 }, Random.of('half'))
    expect(half.shares.filter((share) => share === 1).length / rows).toBeCloseTo(0.5, 1)
  })

  it('is a function of the stream', () => {
    const draw = (seed: number) => drawMixing([6, 6], { alpha: 0.2, fraction: 0.7 }, Random.of(seed))
    expect(draw(4)).toEqual(draw(4))
    expect(draw(4)).not.toEqual(draw(5))
  })
})

describe('mixingTargets', () => {
  it('every row sums to 1, fixed points included', () => {
    const mixing = drawMixing([4, 1, 3], { alpha: 0.2, fraction: 0.8 }, Random.of(2))
    const targets = mixingTargets(mixing)
    for (let row = 0; row < 8; row++) {
      expect(targets.subarray(row * 8, row * 8 + 8).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
    }
    // The subject with one row can only be its own partner.
    expect(mixing.partners[4]).toBe(4)
    expect(targets[4 * 8 + 4]).toBeCloseTo(1, 6)
  })

  it('repeats the released overwrite on request: 1 − λ at a fixed point, 0 where the row is not mixed', () => {
    const mixing = { partners: Int32Array.from([0, 1]), shares: Float64Array.from([0.25, 1]) }
    expect(Array.from(mixingTargets(mixing))).toEqual([1, 0, 0, 1])
    expect(Array.from(mixingTargets(mixing, true))).toEqual([0.75, 0, 0, 0])
  })
})

describe('mixRows', () => {
  const mixing = { partners: Int32Array.from([1, 0]), shares: Float64Array.from([0.75, 1]) }

  it('writes into a given array and refuses to work in place', () => {
    const values = Float32Array.from([4, 8, 0, 0])
    const out = new Float32Array(4)
    expect(mixRows(values, 2, mixing, out)).toBe(out)
    expect(Array.from(out)).toEqual([3, 6, 0, 0])
    expect(() => mixRows(values, 2, mixing, values)).toThrow(/output of its own/)
  })

  it('refuses values that are not whole rows', () => {
    expect(() => mixRows(new Float32Array(5), 2, mixing)).toThrow(/not 2 rows of 2/)
  })
})
