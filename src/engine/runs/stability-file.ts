/** What a stability experiment leaves, as a data file of its run's results. */
import { z } from 'zod'
import { type Metric, metricSchema } from '../../core/evaluate/metric.ts'
import { type RepeatKind, repeatKinds } from '../../core/experiment/repeat-kinds.ts'
import { savedFloats, savedNumber, savedText } from '../../core/troi/saved.ts'
import type { DataContent } from '../project/data-file.ts'

export interface StabilityResult {
  readonly kind: RepeatKind
  /** One name per repeat. */
  readonly repeats: readonly string[]
  readonly pairwiseDice: Metric
  /** Share of repeats that chose it, per voxel in use. */
  readonly frequency: Float32Array
  /** Mean share of the voxels in use that a repeat chose. */
  readonly chosenShare: number
  readonly allEqual: boolean
}

export function packStability(result: StabilityResult): DataContent {
  const { kind, repeats, pairwiseDice, frequency, chosenShare, allEqual } = result
  return {
    values: {
      ...{ kind, chosenShare, allEqual },
      ...{ repeats: JSON.stringify(repeats), pairwiseDice: JSON.stringify(pairwiseDice) },
    },
    arrays: { frequency },
  }
}

/** The inverse of `packStability`; throws ProblemError BAD_FILE where something is missing. */
export function unpackStability(saved: DataContent): StabilityResult {
  return {
    kind: z.enum(repeatKinds).parse(savedText(saved, 'kind')),
    repeats: z.array(z.string()).parse(JSON.parse(savedText(saved, 'repeats'))),
    pairwiseDice: metricSchema.parse(JSON.parse(savedText(saved, 'pairwiseDice'))),
    frequency: savedFloats(saved, 'frequency'),
    chosenShare: savedNumber(saved, 'chosenShare'),
    allEqual: saved.values.allEqual === true,
  }
}

/** What a reader of the numbers must know, in words. */
export function stabilityRemarks({ kind, repeats, allEqual }: StabilityResult): string[] {
  return [
    kind === 'seeds'
      ? 'The repeats share all trials: they show what chance in training does, not what other data would do.'
      : 'Repeats with a run left out share most of their trials, so they are more alike than masks from separate data would be.',
    ...(allEqual
      ? ['All repeats chose the same voxels; a preset without chance gives equal masks for every seed.']
      : []),
    ...(repeats.length < 10 ? [`Only ${repeats.length} repeats: interval and frequencies are coarse.`] : []),
  ]
}
