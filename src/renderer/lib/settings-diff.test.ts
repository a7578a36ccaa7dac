import { describe, expect, it } from 'vitest'
import { maskPresets, maskSettingsSchema } from '../../core/contract/settings.ts'
import { differences } from './settings-diff.ts'

describe('what differs from the preset', () => {
  it('is nothing for the preset itself, and every setting is counted', () => {
    const { differing, same } = differences(maskSettingsSchema, maskPresets.troi, maskPresets.troi)
    expect(differing).toEqual([])
    expect(same).toBeGreaterThan(30)
  })

  it('names what was changed, at any depth, in the words of the form', () => {
    const changed = {
      ...maskPresets.troi,
      budget: 1234,
      crossFit: { ...maskPresets.troi.crossFit, folds: maskPresets.troi.crossFit.folds + 1 },
    }
    const { differing, same } = differences(maskSettingsSchema, changed, maskPresets.troi)
    expect(differing).toEqual([
      {
        label: 'Voxel budget',
        unit: 'voxels',
        from: maskPresets.troi.budget.toLocaleString('en-US'),
        to: '1,234',
      },
      {
        label: 'Folds',
        unit: undefined,
        from: String(maskPresets.troi.crossFit.folds),
        to: String(maskPresets.troi.crossFit.folds + 1),
      },
    ])
    expect(same + differing.length).toBe(differences(maskSettingsSchema, maskPresets.troi, maskPresets.troi).same)
  })
})
