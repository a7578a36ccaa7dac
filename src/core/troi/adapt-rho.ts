/**
 * Keeps Algorithm 1 on course: what to do with ρ after an outer iteration, given the voxel counts so far.
 *
 * A penalty that is too strong prunes before the input layer has learnt anything, one that is too weak never reaches
 * the budget. Both show in the counts: at or below the budget before iteration 5, start again with half of ρ; no fall of
 * 2 % over three iterations once ten have passed, raise ρ by half.
 */
export type RhoDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'raise'; readonly rho: number }
  | { readonly kind: 'restart'; readonly rho: number }

const earliestStop = 5
const patienceStarts = 10
const window = 3
const smallestFall = 0.02

/**
 * `counts[k − 1]`: voxels above the threshold after outer iteration k of this attempt. `changed`: the iteration at which
 * ρ was last raised, 0 if never; a new value is given three iterations to show an effect.
 */
export function adaptRho(counts: readonly number[], budget: number, rho: number, changed: number): RhoDecision {
  const iteration = counts.length
  const count = counts.at(-1)
  if (count === undefined) return { kind: 'keep' }
  if (count <= budget) return iteration < earliestStop ? { kind: 'restart', rho: rho / 2 } : { kind: 'keep' }

  const before = counts[iteration - 1 - window]
  if (iteration <= patienceStarts || iteration - changed < window || before === undefined) return { kind: 'keep' }
  return count > (1 - smallestFall) * before ? { kind: 'raise', rho: rho * 1.5 } : { kind: 'keep' }
}
