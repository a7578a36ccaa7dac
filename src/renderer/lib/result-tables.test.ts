import { describe, expect, it } from 'vitest'
import { labelEvaluation, tableRows } from '../../../test/e2e/support/generated-results.ts'
import { toCsv, toTsv } from '../../core/table/table-text.ts'
import { comparedTable, conditionsTable, confusionTable, metricsTable, regionsTable } from './result-tables.ts'

describe('result tables', () => {
  it('give every metric its direction, chance, n and interval', () => {
    const rows = tableRows([0, 1])
    const { columns, rows: cells } = conditionsTable(rows)
    expect(cells).toHaveLength(rows.length)
    const at = columns.indexOf('brainToImage')
    const metric = rows[0]!.metrics.brainToImage!
    expect(columns.slice(at, at + 6)).toEqual([
      'brainToImage',
      ...['direction', 'chance', 'n', 'interval_low', 'interval_high'].map((name) => `brainToImage_${name}`),
    ])
    const { value, direction, chance, n, interval } = metric
    expect(cells[0]!.slice(at, at + 6)).toEqual([value, direction, chance, n, ...interval])
    for (const row of cells) expect(row).toHaveLength(columns.length)
  })

  it('hold the permutation test with the metrics, and the confusion as counts', () => {
    const evaluation = labelEvaluation()
    const metrics = metricsTable(evaluation)
    expect(metrics.rows.map(([name]) => name)).toEqual([...Object.keys(evaluation.metrics), 'permutation test, p'])
    const { labels, counts } = evaluation.confusion!
    const confusion = confusionTable({ labels, counts })
    expect(confusion.columns).toEqual(['shown', ...labels])
    expect(confusion.rows[1]).toEqual([labels[1], ...counts[1]!])
  })

  it('leave a cell empty where there is nothing, and keep voxels outside all regions', () => {
    const compared = comparedTable(['m-01', 'm-02'], [{ group: 'Run', label: 'Time', values: ['0:12', null] }])
    expect(toTsv(compared)).toBe('group\twhat\tm-01\tm-02\nRun\tTime\t0:12\tn/a\n')
    const region = {
      label: 3,
      name: 'V1, left',
      voxels: 10,
      inUse: 9,
      covered: 4,
      shareOfRegion: 0.4,
      shareOfMask: 0.8,
    }
    const atlas = { file: 'a.nii', sha256: 'a'.repeat(64), labelsFile: null, resampled: false }
    expect(
      toCsv(regionsTable({ ...atlas, regions: [region], outside: 1 }))
        .split('\n')
        .slice(1, 3),
    ).toEqual(['3,"V1, left",10,9,4,0.4,0.8', ',outside all regions,,,1,,'])
  })
})
