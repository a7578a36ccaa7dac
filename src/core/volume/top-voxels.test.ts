import { describe, expect, it } from 'vitest'
import { Random } from '../random/random.ts'
import { binarise, topVoxels } from './top-voxels.ts'

const chosen = (score: ArrayLike<number>, budget: number) => {
  const result = topVoxels(score, budget)
  if (!result.ok) throw new Error(result.problem.message)
  return result.value
}

describe('topVoxels', () => {
  it('equals a stable sort by score, for any scores with ties and any V', () => {
    const seed = 29
    const random = Random.of(seed, 'top voxels')
    for (let round = 0; round < 300; round++) {
      const count = 1 + random.integer(60)
      const levels = 1 + random.integer(12)
      const score = Float32Array.from({ length: count }, () => random.integer(levels) / 4 - 1)
      const budget = random.integer(count + 1)
      const order = [...score.keys()].sort((a, b) => score[b]! - score[a]! || a - b)
      const expected = new Uint8Array(count)
      for (const v of order.slice(0, budget)) expected[v] = 1
      const { mask, threshold } = chosen(score, budget)
      expect(mask, `seed ${seed}, round ${round}`).toEqual(expected)
      expect(threshold).toBe(budget === 0 ? Number.POSITIVE_INFINITY : score[order[budget - 1]!]!)
    }
  })

  it('takes all voxels where V is their number, one where there is one, the first where all are equal', () => {
    expect([...chosen([3, 1, 2], 3).mask]).toEqual([1, 1, 1])
    expect([...chosen([-5], 1).mask]).toEqual([1])
    expect([...chosen([0, 0, 0, 0], 2).mask]).toEqual([1, 1, 0, 0])
  })

  it('takes 0 and −0 for equal, and works with infinities', () => {
    expect([...chosen([-0, 0, -0], 2).mask]).toEqual([1, 1, 0])
    expect([...chosen([Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY], 2).mask]).toEqual([0, 1, 1])
  })

  it.each([4, -1, 1.5, Number.NaN])('refuses V = %s of 3 voxels', (budget) => {
    const result = topVoxels([1, 2, 3], budget)
    expect(result).toMatchObject({ ok: false, problem: { code: 'BAD_PARAMETER', where: 'budget' } })
  })

  it('refuses a score that is not a number, and names the voxel', () => {
    const result = topVoxels([1, Number.NaN, 3], 2)
    expect(result).toMatchObject({ ok: false, problem: { code: 'NOT_FINITE' } })
    expect(result.ok ? '' : result.problem.message).toContain('voxel 1')
  })
})

describe('binarise', () => {
  it('keeps what is above the threshold, not what is at it', () => {
    expect([...binarise([0.1, 0.5, 0.51, Number.NaN], 0.5)]).toEqual([0, 0, 1, 0])
  })
})
