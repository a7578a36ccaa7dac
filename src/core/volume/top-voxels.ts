/** Exactly V voxels with the highest scores; equal scores go to the lower index, so the choice never depends on sorting. */
import { failure, type Result, success } from '../problem.ts'

export interface TopVoxels {
  readonly mask: Uint8Array
  /** The V-th largest score: the mask is all scores above it and the first of those equal to it. */
  readonly threshold: number
}

/** BAD_PARAMETER unless 0 ≤ V ≤ number of scores, NOT_FINITE where a score is not a number. */
export function topVoxels(score: ArrayLike<number>, budget: number): Result<TopVoxels> {
  const count = score.length
  if (!Number.isInteger(budget) || budget < 0 || budget > count) {
    return failure({
      code: 'BAD_PARAMETER',
      message: `A budget of ${budget} voxels cannot be met.`,
      where: 'budget',
      expected: `a whole number from 0 to ${count}, the voxels there are`,
      fix: 'Choose a smaller budget.',
    })
  }
  for (let v = 0; v < count; v++)
    if (Number.isNaN(score[v]))
      return failure({
        code: 'NOT_FINITE',
        message: `The score of voxel ${v} is not a number.`,
        where: 'score',
        expected: 'numbers',
      })
  const mask = new Uint8Array(count)
  if (budget === 0) return success({ mask, threshold: Number.POSITIVE_INFINITY })
  const sorted = Float64Array.from(score).sort()
  const threshold = sorted[count - budget]!
  let chosen = 0
  for (let v = 0; v < count; v++) {
    if (score[v]! > threshold) {
      mask[v] = 1
      chosen++
    }
  }
  for (let v = 0; v < count && chosen < budget; v++) {
    if (score[v] === threshold) {
      mask[v] = 1
      chosen++
    }
  }
  return success({ mask, threshold })
}

/** 1 where the value is above the threshold (TROI eq. 7). */
export function binarise(values: ArrayLike<number>, threshold: number): Uint8Array {
  return Uint8Array.from(values, (value) => (value > threshold ? 1 : 0))
}
