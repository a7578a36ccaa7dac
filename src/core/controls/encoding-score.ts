/**
 * Encoding score: how well a voxel's response is predicted from the embedding of what was shown, by ridge regression on
 * held-out trials. The strongest simple voxel selector in the field, and nearly free:
 *
 *   x̂_v = Y_k (Y_aᵀ Y_a + λ I)⁻¹ Y_aᵀ x_a,v   (a: trials outside fold k),   score_v = r(x_v, x̂_v) over all trials
 *
 * The map from trials to predictions does not depend on the voxel, so all voxels cost two passes over X.
 */

import { solvePositiveDefinite } from '../linear/positive-definite.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { centre } from '../troi/backbone.ts'
import type { SubjectGram } from '../troi/subject-gram.ts'

const blockRows = 64
/** λ as multiples of the mean eigenvalue of Yᵀ Y. */
const candidates = [0.1, 1, 10] as const

export interface EncodingInput {
  readonly betas: Float32Array
  /** Embedding shown in each trial, trials × dimensions. */
  readonly shown: Float32Array
  readonly dimensions: number
  readonly foldOfTrial: Int32Array
}

/** Correlation per voxel, −1 … 1; λ is the candidate whose best tenth of the voxels is predicted best. */
export async function encodingScore(
  subject: Pick<SubjectGram, 'x' | 'trials' | 'voxels'>,
  input: EncodingInput,
  context: RunContext,
): Promise<Float64Array> {
  let best: Float64Array | null = null
  let bestMean = Number.NEGATIVE_INFINITY
  for (const share of candidates) {
    const score = await heldOutCorrelation(subject, input, heldOutMap(input, share), context)
    const top = score.toSorted().subarray(Math.floor(0.9 * score.length))
    const mean = top.reduce((sum, value) => sum + value / top.length, 0)
    if (mean > bestMean) [best, bestMean] = [score, mean]
  }
  return best ?? new Float64Array(subject.voxels)
}

/** H: trials × trials, so that H X are the held-out predictions; zero between trials of one fold. */
function heldOutMap({ shown, dimensions, foldOfTrial }: EncodingInput, share: number): Float64Array {
  const trials = foldOfTrial.length
  const y = centre(shown, trials)
  const penalty = share * trials * y.variance.reduce((sum, value) => sum + value / dimensions, 0)
  const map = new Float64Array(trials * trials)
  for (const fold of new Set(foldOfTrial)) {
    const gram = new Float64Array(dimensions * dimensions)
    for (let i = 0; i < dimensions; i++) gram[i * dimensions + i] = penalty
    const right = new Float64Array(dimensions * trials)
    for (let trial = 0; trial < trials; trial++) {
      if (foldOfTrial[trial] === fold) continue
      const row = y.rows.subarray(trial * dimensions, (trial + 1) * dimensions)
      for (let i = 0; i < dimensions; i++) {
        right[i * trials + trial] = row[i]!
        for (let j = 0; j < dimensions; j++) gram[i * dimensions + j]! += row[i]! * row[j]!
      }
    }
    const weights = solvePositiveDefinite(gram, dimensions, right, trials)
    for (let trial = 0; trial < trials; trial++) {
      if (foldOfTrial[trial] !== fold) continue
      const to = map.subarray(trial * trials, (trial + 1) * trials)
      for (let i = 0; i < dimensions; i++) {
        const factor = y.rows[trial * dimensions + i]!
        const from = weights.subarray(i * trials, (i + 1) * trials)
        for (let other = 0; other < trials; other++) to[other]! += factor * from[other]!
      }
    }
  }
  return map
}

async function heldOutCorrelation(
  { x, trials, voxels }: Pick<SubjectGram, 'x' | 'trials' | 'voxels'>,
  { betas }: EncodingInput,
  map: Float64Array,
  context: RunContext,
): Promise<Float64Array> {
  const sums = Array.from({ length: 5 }, () => new Float64Array(voxels))
  const [sx, sp, sxx, spp, sxp] = sums as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  for (let first = 0; first < trials; first += blockRows) {
    const count = Math.min(blockRows, trials - first)
    const predicted = x.times(Float32Array.from(map.subarray(first * trials, (first + count) * trials)), count)
    for (let r = 0; r < count; r++) {
      const p = predicted.subarray(r * voxels, (r + 1) * voxels)
      const b = betas.subarray((first + r) * voxels, (first + r + 1) * voxels)
      for (let v = 0; v < voxels; v++) {
        sx[v]! += b[v]!
        sp[v]! += p[v]!
        sxx[v]! += b[v]! * b[v]!
        spp[v]! += p[v]! * p[v]!
        sxp[v]! += b[v]! * p[v]!
      }
    }
    await context.breathe()
  }
  return sxp.map((value, v) => {
    const covariance = value - (sx[v]! * sp[v]!) / trials
    const spread = (sxx[v]! - sx[v]! ** 2 / trials) * (spp[v]! - sp[v]! ** 2 / trials)
    return spread > 0 ? covariance / Math.sqrt(spread) : 0
  })
}
