import { afterAll, describe, expect, it } from 'vitest'
import { comparePairs } from '../../core/evaluate/image-metrics.ts'
import { Random } from '../../core/random/random.ts'
import { poolComparer } from './compare-pictures.ts'
import { WorkerPool } from './worker-pool.ts'

const pools = [new WorkerPool(1), new WorkerPool(2)]
afterAll(() => Promise.all(pools.map((pool) => pool.close())))

function pictures(seed: number, count: number, size = 24) {
  const random = Random.of(seed, 'pictures')
  return Array.from({ length: count }, () => ({
    width: size,
    height: size,
    pixels: Float32Array.from({ length: size * size * 3 }, () => random.uniform()),
  }))
}

describe('pictures compared on threads', () => {
  it('give the same bits as one after the other, with any number of threads', () => {
    const [truth, reconstruction] = [pictures(1, 5), pictures(2, 5)]
    const pair = (at: number) => ({ truth: truth[at]!, reconstruction: reconstruction[at]! })
    const expected = comparePairs(pair, 5)
    for (const pool of pools) expect(poolComparer(pool)(pair, 5)).toEqual(expected)
    expect(new Set(expected.ssim).size).toBe(5)
  })

  it('must all have one size', () => {
    const mixed = [...pictures(3, 1, 24), ...pictures(4, 1, 16)]
    expect(() => poolComparer(pools[0]!)((at) => ({ truth: mixed[at]!, reconstruction: mixed[at]! }), 2)).toThrow(
      '16 × 16',
    )
  })
})
