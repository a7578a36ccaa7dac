/** What the rows of an experiment cost on one subject, for one seed and one held-out part: a mask, a decoder and its evaluation each. */
import { type Condition, conditionsOf, type ExperimentPlan } from '../experiment/conditions.ts'
import { maskPresets } from '../troi/settings.ts'
import { decodeCost, evaluationSeconds, inTurn, maskCost, type StageCost, type SubjectSize } from './stage-cost.ts'

/** Of the subject's network and targets, as `RunSizes` has them. */
export interface RowSizes {
  readonly hidden: number
  readonly labels: boolean
  readonly pretrained: boolean
  /** Whether the true voxels are known, so that they make rows of their own. */
  readonly truth?: boolean
}

/** Which rows there are depends on how many voxels there are and whether there is an ROI; with one there are the most. */
export function rowsOf(plan: ExperimentPlan, subject: SubjectSize, pretrained: boolean, truth = false): Condition[] {
  const every = new Uint8Array(0)
  const grid = { shape: [1, 1, 1] as const, affine: [] }
  const space = { index: new Int32Array(subject.voxels), grid }
  return conditionsOf(plan, plan.mask.seed, { annotated: every, truth: truth ? every : null, space }, pretrained)
}

export function rowsCost(
  plan: ExperimentPlan,
  subject: SubjectSize,
  { hidden, labels, pretrained, truth = false }: RowSizes,
  secondsPerWeight: number,
): StageCost {
  const made = new Set<string>()
  const judged = labels ? 0 : evaluationSeconds(subject.testTrials, secondsPerWeight)
  return inTurn(
    rowsOf(plan, subject, pretrained, truth).flatMap((condition) => {
      const seen: SubjectSize = {
        ...subject,
        trainTrials: Math.max(1, Math.round(condition.share * subject.trainTrials)),
      }
      const decoder = decoderPart(condition, seen, hidden, secondsPerWeight, plan)
      return [
        maskPart(condition, seen, hidden, secondsPerWeight, made),
        { ...decoder, seconds: decoder.seconds + judged },
      ]
    }),
  )
}

const nothing: StageCost = { seconds: 0, memoryBytes: 0, diskBytes: 0 }

/** A mask that another row made first is not made again. A score of a control is a closed form, as the evidence of `instant` is. */
function maskPart(
  { mask, share }: Condition,
  subject: SubjectSize,
  hidden: number,
  secondsPerWeight: number,
  made: Set<string>,
): StageCost {
  const key = JSON.stringify([mask, share])
  if (mask.kind === 'fixed' || made.has(key)) return nothing
  made.add(key)
  const settings = mask.kind === 'score' ? maskPresets.instant : mask.settings
  return maskCost(subject, settings, hidden, secondsPerWeight)
}

function decoderPart(
  { mask, stage2 }: Condition,
  subject: SubjectSize,
  hidden: number,
  secondsPerWeight: number,
  plan: ExperimentPlan,
): StageCost {
  const budget = mask.kind === 'selected' ? mask.settings.budget : mask.budget
  const voxels = mask.kind === 'fixed' && mask.control === 'whole' ? subject.voxels : Math.min(budget, subject.voxels)
  const settings = stage2.kind === 'ridge' ? plan.decoder : stage2.settings
  const method = stage2.kind === 'ridge' ? 'ridge' : 'network'
  const cost = decodeCost(subject, voxels, { ...settings, method }, hidden, secondsPerWeight)
  return stage2.kind === 'untrained' ? { ...cost, seconds: 0 } : cost
}
