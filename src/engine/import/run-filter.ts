/** Drift and confounds of one run as a nuisance basis, with the checks that a person needs. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { confoundRegressors } from '../../core/data/confounds.ts'
import { type NuisanceBasis, nuisanceBasis } from '../../core/data/nuisance.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { readConfounds } from './confounds-table.ts'

/** Whether trials of this recipe need weights: with events, a high-pass or confounds. */
export function usesWeights(recipe: Recipe): boolean {
  return (
    recipe.table.rows === 'events' ||
    (recipe.table.rows === 'volumes' && (recipe.trials.highPassSeconds !== null || recipe.confounds !== null))
  )
}

/** Regressors of an image's confounds over all its volumes; none where the recipe asks for none. */
export async function confoundsOfImage(recipe: Recipe, path: string | null, volumes: number): Promise<Float64Array[]> {
  if (recipe.confounds === null || path === null) return []
  return unwrap(confoundRegressors(await readConfounds(path, volumes), recipe.confounds, path))
}

/** LENGTH_MISMATCH where hardly a volume is left that drift and confounds do not explain. */
export function basisOfRun(
  recipe: Recipe,
  volumes: number,
  repetitionSeconds: number | null,
  others: readonly Float64Array[],
  where: string,
): NuisanceBasis {
  const { detrend, highPassSeconds } = recipe.trials
  const highPass =
    highPassSeconds === null || repetitionSeconds === null
      ? null
      : { repetitionSeconds, cutoffSeconds: highPassSeconds }
  const basis = nuisanceBasis({ volumes, line: detrend, highPass, others })
  const left = volumes - basis.columns.length
  if (left < 3)
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `${basis.columns.length} regressors of drift and confounds leave ${left} of ${volumes} volumes free.`,
      where,
      expected: 'far fewer regressors than volumes',
      fix: 'Use fewer confounds or a longer "highPassSeconds".',
    })
  return basis
}
