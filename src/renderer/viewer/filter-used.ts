/** Which filter a run used to cut its mask, read from the settings that it kept. */
import type { Mask } from '../../core/contract/result.ts'
import type { Run } from '../../core/contract/run.ts'
import { type MaskSettings, maskPresets } from '../../core/contract/settings.ts'
import type { FilterUsed } from './filter-preview.ts'

function settingsOf({ request }: Run): MaskSettings | null {
  switch (request.kind) {
    case 'mask':
      return request.settings
    case 'experiment':
      return request.mask
    case 'demo':
      return maskPresets.troi
    default:
      return null
  }
}

/** null where the run is gone or is not one that finds masks. */
export function filterUsed(mask: Mask, run: Run | undefined): FilterUsed | null {
  const settings = run === undefined ? null : settingsOf(run)
  if (settings === null) return null
  const { sigma, algorithm1 } = settings
  switch (mask.preset) {
    case 'troi':
    case 'instant':
      return { sigma, boundary: 'normalised', exact: true }
    case 'memory':
      return { sigma, boundary: algorithm1.boundary, exact: true }
    case 'paper':
    case 'mindeye2':
      return { sigma: algorithm1.loopSigma, boundary: algorithm1.boundary, exact: false }
    default:
      return mask.preset satisfies never
  }
}
