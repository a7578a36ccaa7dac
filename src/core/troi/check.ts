/** What every stage on one subject asks of its input before it starts. Violations are problems a person can act on. */
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import { embeddingSize } from '../model/settings.ts'
import { ProblemError } from '../problem.ts'
import type { Backbone } from './backbone.ts'

/** Throws ProblemError BAD_PARAMETER, NOT_FINITE or LENGTH_MISMATCH. `budget` null where no voxels are to be chosen. */
export function checkStage(
  subject: SubjectData,
  targets: Targets,
  backbone: Pick<Backbone, 'settings'> | null,
  budget: number | null,
): void {
  const voxels = subject.space.index.length
  if (budget !== null) checkBudget(budget, voxels, subject.name)
  checkTrials(subject.train, voxels, `training trials of subject ${subject.name}`, targets)
  if (!allFinite(targets.vectors)) {
    throw new ProblemError({
      code: 'NOT_FINITE',
      message: `The ${targets.kind === 'pictures' ? 'picture' : 'label'} embeddings hold values that are not finite.`,
      where: 'embeddings',
      expected: 'finite numbers',
      fix: 'Embed the pictures again.',
    })
  }
  const expected = backbone === null ? targets.dimensions : embeddingSize(backbone.settings)
  if (expected !== targets.dimensions) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `The backbone predicts embeddings of ${expected} numbers, those of subject ${subject.name} have ${targets.dimensions}.`,
      where: 'backbone',
      expected: `a backbone for embeddings of ${targets.dimensions} numbers`,
      fix: 'Choose a backbone that was pretrained on the same kind of embedding, or none.',
    })
  }
}

function checkBudget(budget: number, voxels: number, name: string): void {
  if (Number.isInteger(budget) && budget >= 1 && budget <= voxels) return
  throw new ProblemError({
    code: 'BAD_PARAMETER',
    message: `A budget of ${budget} voxels cannot be met: subject ${name} has ${voxels} voxels.`,
    where: 'budget',
    expected: `a whole number from 1 to ${voxels}`,
    fix: budget > voxels ? 'Choose a smaller budget.' : 'Choose a budget of at least one voxel.',
  })
}

function checkTrials(set: TrialSet, voxels: number, where: string, targets: Targets): void {
  const items = targets.vectors.length / targets.dimensions
  if (set.trials < 2 || set.betas.length !== set.trials * voxels || set.target.length !== set.trials) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `There are ${set.betas.length} beta values and ${set.target.length} targets for ${set.trials} trials of ${voxels} voxels.`,
      where,
      expected: `at least 2 trials, ${set.trials * voxels} beta values and ${set.trials} targets`,
      fix: 'Import the subject again.',
    })
  }
  const strange = set.target.findIndex((item) => item < 0 || item >= items)
  if (strange >= 0) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `Trial ${strange} refers to item ${set.target[strange]} of ${items}.`,
      where,
      expected: 'trials of known pictures or labels',
      fix: 'Import the subject again.',
    })
  }
  const at = firstNotFinite(set.betas)
  if (at >= 0) {
    throw new ProblemError({
      code: 'NOT_FINITE',
      message: `Voxel ${at % voxels} of trial ${Math.floor(at / voxels)} is not a finite number.`,
      where,
      expected: 'finite betas in every voxel in use',
      fix: 'Look for damaged volumes, or leave those voxels out with a brain mask.',
      count: countNotFinite(set.betas),
    })
  }
}

function allFinite(values: Float32Array): boolean {
  return firstNotFinite(values) < 0
}

function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i
  return -1
}

function countNotFinite(values: Float32Array): number {
  let count = 0
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) count++
  return count
}
