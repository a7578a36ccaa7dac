import { describe, expect, it } from 'vitest'
import { demoRuns, makeRun } from '../../../test/e2e/support/fake-state.ts'
import { maskPresets } from '../../core/contract/settings.ts'
import { differs, rowsOf, settingsOfRun } from './compare-runs.ts'

const groups = { mask: 'Mask', decoder: 'Decoder', pretrain: 'Backbone', run: 'Run' }
const subject = demoRuns()[3]!.subject!
const maskRun = (own: Partial<(typeof maskPresets)['troi']>) =>
  makeRun({
    id: crypto.randomUUID(),
    name: 'm-01',
    request: { kind: 'mask', subject, backbone: null, settings: { ...maskPresets.troi, ...own } },
  })

describe('runs side by side', () => {
  const one = settingsOfRun(maskRun({ budget: 1000, sigma: 0.7 }), groups)
  const two = settingsOfRun(maskRun({ budget: 3000, sigma: 0.7 }), groups)

  it('have every setting that people see, in words and units', () => {
    expect(one.length).toBeGreaterThan(15)
    expect(one.every(({ group, label, value }) => group === 'Mask' && label !== '' && value !== '')).toBe(true)
    expect(one.map(({ value }) => value)).toContain('1,000 voxels')
  })

  it('differ where a value differs, and only there', () => {
    const rows = rowsOf([one, two])
    expect(rows).toHaveLength(one.length)
    expect(rows.filter(differs).map(({ values }) => values)).toEqual([['1,000 voxels', '3,000 voxels']])
    expect(rowsOf([one, one]).some(differs)).toBe(false)
  })

  it('of different kinds show what one of them does not have', () => {
    const demo = settingsOfRun(demoRuns()[0]!, groups)
    const rows = rowsOf([one, demo])
    expect(rows.find(({ group }) => group === 'Run')?.values[0]).toBeNull()
    expect(rows.filter(differs)).toHaveLength(rows.length)
  })
})
