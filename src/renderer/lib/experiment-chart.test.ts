/** Which conditions become a curve, which a line or a dot, and that the CSV says the same. */
import { describe, expect, it } from 'vitest'
import type { TableRow } from '../../core/contract/result.ts'
import { chartCsv, experimentChart } from './experiment-chart.ts'

function row(condition: string, voxels: number, value: number, seed = 0): TableRow {
  const metric = { value, direction: 'higher', chance: 0.01, n: 100, interval: [value - 0.1, value + 0.1] } as const
  return {
    ...{ seed, condition, voxels, dice: null, brainToImage: value, imageToBrain: null, pixCorr: null, ssim: null },
    ...{ accuracy: null, seconds: 1, metrics: { brainToImage: { ...metric, interval: [...metric.interval] } } },
  }
}

describe('an experiment as a chart', () => {
  it('is a curve over the budget, with the annotated ROI as a line', () => {
    const rows = [
      row('troi@2V', 600, 0.5),
      row('troi@V/3', 100, 0.3),
      row('troi@V', 300, 0.6),
      row('annotated', 900, 0.2),
    ]
    const chart = experimentChart(rows, 'brainToImage', 'troi')!
    expect(chart).toMatchObject({ axis: 'voxels', chance: 0.01, direction: 'higher' })
    expect(chart.curves.map(({ mark, points }) => [mark, points.map(({ x }) => x)])).toEqual([
      ['method', [100, 300, 600]],
    ])
    expect(chart.others).toMatchObject([{ condition: 'annotated', mark: 'annotated', value: 0.2, low: 0.1 }])
  })

  it('is two curves over the share of the data', () => {
    const rows = ['troi', 'annotated'].flatMap((name) =>
      [25, 100].map((share) => row(`${name}@${share}%`, 300, share / 200)),
    )
    const chart = experimentChart(rows, 'brainToImage', 'troi')!
    expect(chart.axis).toBe('share')
    expect(chart.curves.map(({ label, points }) => [label, points.map(({ x }) => x)])).toEqual([
      ['TROI', [0.25, 1]],
      ['Annotated ROI', [0.25, 1]],
    ])
  })

  it('is dots in the order of the table, over seeds with an interval of their mean', () => {
    const rows = [0, 1].flatMap((seed) => [row('random', 300, 0.1, seed), row('troi', 300, 0.5 + 0.1 * seed, seed)])
    const chart = experimentChart(rows, 'brainToImage', 'troi')!
    expect(chart.axis).toBe('condition')
    expect(chart.others.map(({ condition }) => condition)).toEqual(['troi', 'random'])
    expect(chart.others[0]!.value).toBeCloseTo(0.55)
    expect(chart.others[0]!.high).toBeGreaterThan(0.6)
    expect(experimentChart(rows, 'accuracy', 'troi')).toBeNull()
  })

  it('tells a closed-form decoder from the network on the same mask', () => {
    const rows = [row('troi', 300, 0.5), row('decoder-ridge:troi', 300, 0.4)]
    expect(experimentChart(rows, 'brainToImage', 'troi')!.others.map(({ label }) => label)).toEqual([
      'TROI',
      'TROI, closed-form decoder',
    ])
  })

  it('writes what it shows as CSV', () => {
    const chart = experimentChart([row('troi@25%', 300, 0.25), row('troi@100%', 300, 0.5)], 'brainToImage', 'troi')!
    expect(chartCsv(chart).split('\n')).toEqual([
      'condition,share,voxels,brainToImage,interval_low,interval_high,chance,n,seeds',
      'troi@25%,0.25,300,0.25,0.15,0.35,0.01,100,1',
      'troi@100%,1,300,0.5,0.4,0.6,0.01,100,1',
      '',
    ])
  })
})
