/**
 * The masks a selector must beat, one function for all: by name, with exactly V voxels where the name promises a score,
 * and with or without the same Gaussian the selector uses.
 */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { noiseCeiling } from '../evaluate/noise-ceiling.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { ProblemError, unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import type { DenseKernels } from '../tensor/dense-kernels.ts'
import { gatherRows } from '../troi/batches.ts'
import { checkStage } from '../troi/check.ts'
import { trialFolds } from '../troi/closed-form.ts'
import { subjectGram } from '../troi/subject-gram.ts'
import { filterNormalised } from '../volume/gaussian-filter.ts'
import { topVoxels } from '../volume/top-voxels.ts'
import { encodingScore } from './encoding-score.ts'
import { ridgeScore } from './ridge-score.ts'

export const scoreControls = ['noise-ceiling', 'encoding', 'ridge'] as const
export type ScoreControl = (typeof scoreControls)[number]
export const fixedControls = ['annotated', 'whole', 'random', 'random-in-annotated', 'true'] as const
export type FixedControl = (typeof fixedControls)[number]

/** λ of the ridge score, as a multiple of the number of voxels. */
const ridgeOfScore = 1
const encodingFolds = 5

/** Controls that need no data: the ROI as drawn, every voxel, V at random, the simulated truth. */
export function fixedMask(control: FixedControl, subject: SubjectData, budget: number, seed: number): Uint8Array {
  const voxels = subject.space.index.length
  switch (control) {
    case 'annotated':
      return required(subject.annotated, subject, 'an annotated ROI')
    case 'true':
      return required(subject.truth, subject, 'known true voxels')
    case 'whole':
      return new Uint8Array(voxels).fill(1)
    case 'random':
      return randomMask(new Uint8Array(voxels).fill(1), budget, seed)
    case 'random-in-annotated':
      return randomMask(required(subject.annotated, subject, 'an annotated ROI'), budget, seed)
    default:
      throw new TypeError(`unknown control ${String(control satisfies never)}`)
  }
}

function required(mask: Uint8Array | null, subject: SubjectData, what: string): Uint8Array {
  if (mask !== null) return mask
  throw new ProblemError({
    code: 'UNAVAILABLE',
    message: `Subject ${subject.name} has no ${what.replace(/^an? /, '')}.`,
    expected: what,
    fix: 'Leave this control out, or import the mask with the subject.',
  })
}

/** `budget` voxels of those allowed, all of them where there are fewer. */
function randomMask(allowed: Uint8Array, budget: number, seed: number): Uint8Array {
  const inside = Int32Array.from(allowed.keys()).filter((v) => allowed[v] !== 0)
  const mask = new Uint8Array(allowed.length)
  const order = Random.of(seed, 'random mask').permutation(inside.length)
  for (const place of order.subarray(0, budget)) mask[inside[place]!] = 1
  return mask
}

/** Score per voxel of a control that ranks voxels, before filtering. */
export async function controlScore(
  control: ScoreControl,
  subject: SubjectData,
  targets: Targets,
  seed: number,
  kernels: DenseKernels,
  context: RunContext,
): Promise<Float64Array> {
  checkStage(subject, targets, null, null)
  const { train, space } = subject
  context.phase(`Score every voxel: ${control}`)
  if (control === 'noise-ceiling') return noiseCeiling(train.betas, train.target, space.index.length)
  const shown = gatherRows(targets.vectors, targets.dimensions, train.target)
  const gram = await subjectGram(train, kernels, context)
  try {
    if (control === 'ridge') return await ridgeScore(gram, shown, ridgeOfScore * gram.voxels, context)
    const foldOfTrial = trialFolds(train, targets, encodingFolds, seed)
    const input = { betas: train.betas, shown, dimensions: targets.dimensions, foldOfTrial }
    return await encodingScore(gram, input, context)
  } finally {
    gram.dispose()
  }
}

/** Top V of a score, filtered by a Gaussian of σ voxels (0: not filtered). */
export function maskFromScore(subject: SubjectData, score: Float64Array, budget: number, sigma: number): Uint8Array {
  return unwrap(topVoxels(filterNormalised(score, subject.space, sigma), budget)).mask
}
