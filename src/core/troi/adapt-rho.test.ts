import { describe, expect, it } from 'vitest'
import { adaptRho } from './adapt-rho.ts'

const slowFall = [1000, 990, 980, 970, 960, 950, 940, 930, 920, 910]

describe('adaptRho', () => {
  it('keeps a course that falls steadily, before and after the tenth iteration', () => {
    for (let k = 1; k <= 10; k++) expect(adaptRho(slowFall.slice(0, k), 100, 0.08, 0)).toEqual({ kind: 'keep' })
    expect(adaptRho([...slowFall, 800], 100, 0.08, 0)).toEqual({ kind: 'keep' })
  })

  it('starts again with half of ρ where the budget is met before iteration 5', () => {
    expect(adaptRho([1000, 90], 100, 0.08, 0)).toEqual({ kind: 'restart', rho: 0.04 })
    expect(adaptRho([1000, 900, 800, 100], 100, 0.08, 0)).toEqual({ kind: 'restart', rho: 0.04 })
  })

  it('accepts a budget met at iteration 5 or later', () => {
    expect(adaptRho([1000, 900, 800, 700, 100], 100, 0.08, 0)).toEqual({ kind: 'keep' })
    expect(adaptRho([...slowFall, 100], 100, 0.08, 0)).toEqual({ kind: 'keep' })
  })

  it('raises ρ by half where the count fell by less than 2 % in three iterations after the tenth', () => {
    const { kind, ...rest } = adaptRho([...slowFall, 925], 100, 0.08, 0)
    expect(kind).toBe('raise')
    expect(rest).toEqual({ rho: 0.08 * 1.5 })
  })

  it('compares with the count three iterations earlier, exactly at 2 %', () => {
    const flat = new Array(10).fill(1000)
    expect(adaptRho([...flat, 981], 100, 1, 0)).toEqual({ kind: 'raise', rho: 1.5 })
    expect(adaptRho([...flat, 980], 100, 1, 0)).toEqual({ kind: 'keep' })
    // Iteration 10 itself is still within the patience.
    expect(adaptRho(flat, 100, 1, 0)).toEqual({ kind: 'keep' })
  })

  it('gives a raised ρ three iterations before it judges again', () => {
    const flat = (k: number) => new Array(k).fill(1000)
    expect(adaptRho(flat(11), 100, 1, 0)).toEqual({ kind: 'raise', rho: 1.5 })
    expect(adaptRho(flat(12), 100, 1.5, 11)).toEqual({ kind: 'keep' })
    expect(adaptRho(flat(13), 100, 1.5, 11)).toEqual({ kind: 'keep' })
    expect(adaptRho(flat(14), 100, 1.5, 11)).toEqual({ kind: 'raise', rho: 2.25 })
  })
})
