import { describe, expect, it } from 'vitest'
import type { TableRow } from '../../core/contract/result.ts'
import { halfInterval, summarise } from './result-table.tsx'

function row(seed: number, value: number): TableRow {
  return {
    seed,
    condition: 'troi',
    voxels: 100 + seed,
    dice: null,
    brainToImage: value,
    imageToBrain: null,
    pixCorr: null,
    ssim: null,
    accuracy: null,
    seconds: 1,
    metrics: {
      brainToImage: { value, direction: 'higher', chance: 0.01, n: 100, interval: [value - 0.2, value + 0.1] },
    },
  }
}

describe('a table reduced to one line per condition', () => {
  it('gives the interval of Student’s t over seeds', () => {
    // Three values with sd 0.01: t = 4.303, so 4.303 × 0.01 / √3.
    expect(halfInterval([0.39, 0.4, 0.41])).toBeCloseTo(0.024843, 5)
  })

  it('shows the run’s own interval with one seed, and mean and interval of the seeds with several', () => {
    const [one] = summarise([row(0, 0.4)])
    expect(one!.metrics.brainToImage).toMatchObject({ value: 0.4, low: 0.2, high: 0.5 })
    const [three] = summarise([row(0, 0.39), row(1, 0.4), row(2, 0.41)])
    expect(three!.seeds).toBe(3)
    expect(three!.voxels).toBe(101)
    expect(three!.metrics.brainToImage!.value).toBeCloseTo(0.4, 12)
    expect(three!.metrics.brainToImage!.high).toBeCloseTo(0.424843, 5)
  })
})
