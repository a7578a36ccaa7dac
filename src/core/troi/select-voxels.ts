/**
 * Stage 1: which voxels a decoder needs. One entry, five presets:
 *
 *   instant               E, the closed-form evidence
 *   troi                  E × M: a mask trained on cross-fitted predictions, times the evidence
 *   memory                Algorithm 1, scored by the last value of every entry before pruning
 *   paper, mindeye2       Algorithm 1 as printed: the thresholded filtered mask itself
 *
 * `instant`, `troi` and `memory` filter their score and keep exactly V voxels, whatever happened before; `paper` and
 * `mindeye2` may keep fewer, as the paper's loop does. Data with labels takes the same path with label embeddings.
 */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { unwrap } from '../problem.ts'
import type { Compute } from '../tensor/compute.ts'
import { voxelFilter } from '../volume/gaussian-filter.ts'
import { topVoxels } from '../volume/top-voxels.ts'
import type { Backbone } from './backbone.ts'
import { checkStage } from './check.ts'
import { closedFormScore } from './closed-form.ts'
import { maskByAlgorithm1 } from './mask-by-algorithm1.ts'
import type { MaskResult } from './mask-result.ts'
import type { MaskSettings } from './settings.ts'

/**
 * Throws ProblemError BAD_PARAMETER where the budget is not within 1 … voxels, or the backbone predicts embeddings of
 * another length; NOT_FINITE where betas or embeddings are not numbers; TOO_LARGE where a closed form cannot hold so many
 * trials; CANCELLED from the context.
 */
export async function selectVoxels(
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  settings: MaskSettings,
  compute: Compute,
  context: RunContext,
): Promise<MaskResult> {
  checkStage(subject, targets, backbone, settings.budget)
  switch (settings.preset) {
    case 'instant':
    case 'troi':
      return maskByEvidence(subject, targets, backbone, settings, compute, context)
    case 'memory':
    case 'paper':
    case 'mindeye2':
      return maskByAlgorithm1(subject, targets, backbone, settings, compute, context)
    default:
      throw new TypeError(`unknown preset ${String(settings.preset satisfies never)}`)
  }
}

async function maskByEvidence(
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  settings: MaskSettings,
  compute: Compute,
  context: RunContext,
): Promise<MaskResult> {
  const { weights, psi, flags } = await closedFormScore(subject, targets, backbone, settings, compute, context)
  const score = Float32Array.from(voxelFilter(subject.space, settings.sigma)(weights))
  const { mask, threshold } = unwrap(topVoxels(score, settings.budget))
  context.maskSnapshot(settings.preset === 'troi' ? settings.crossFit.epochs : 0, Float32Array.from(mask))
  return {
    preset: settings.preset,
    budget: settings.budget,
    mask,
    score,
    weights: Float32Array.from(weights),
    threshold,
    raw: null,
    counts: [],
    rhoHistory: [],
    psi,
    flags,
    diceRawExact: null,
    stage1: null,
  }
}
