/** Every setting that a mask was made with, for sidecars and reports. */
import type { Mask } from '../../core/contract/result.ts'
import type { Run } from '../../core/contract/run.ts'
import { type MaskSettings, maskPresets } from '../../core/contract/settings.ts'

/** A mask run carries its settings; a demo takes the preset's values, the budget kept with the mask and its first seed. */
export function settingsOfMask(mask: Pick<Mask, 'preset' | 'budget'>, run: Pick<Run, 'request'>): MaskSettings {
  const { request } = run
  if (request.kind === 'mask') return request.settings
  const seed = request.kind === 'demo' ? (request.seeds[0] ?? 0) : 0
  return { ...maskPresets[mask.preset], budget: mask.budget, seed }
}
