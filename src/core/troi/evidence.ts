/**
 * Evidence E: which voxels carry what the backbone reads, as a closed formula.
 *
 * Ridge decoding weights to the targets T (trials × d, centred) are R T with R = Xᵀ (X Xᵀ + λ I)⁻¹. A voxel's weights
 * are large because it is informative or merely because its row of R is; dividing by |R_v|² leaves the first:
 *
 *   q_v = |R_v T|² / |R_v|²,   z_v = (q_v − median q) / (1.4826 · MAD q),   E_v = log(1 + clip(z_v, 0, c))
 *
 * The robust z-score assumes that most voxels carry nothing. T are the embeddings mapped to the backbone's projected
 * latents; without a backbone, the embeddings themselves.
 */

import { inversePositiveDefinite } from '../linear/positive-definite.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { columnPower, penalisedGram, type SubjectGram } from './subject-gram.ts'

export interface EvidenceSettings {
  /** λ = this × number of voxels. */
  readonly ridge: number
  /** c, the largest z-score that counts. */
  readonly clip: number
}

export interface Evidence {
  /** E per voxel, at least 0. */
  readonly values: Float64Array
  /** q per voxel, and the centre and spread it was standardised with. */
  readonly q: Float64Array
  readonly median: number
  readonly mad: number
}

/** Median absolute deviation to standard deviation of a normal distribution. */
const madToDeviation = 1.4826

/** `targets`: trials × d, columns centred, row-major, in the order of the trials of `subject`. */
export async function evidence(
  subject: SubjectGram,
  targets: Float64Array,
  settings: EvidenceSettings,
  context: RunContext,
): Promise<Evidence> {
  const { trials, voxels } = subject
  const precision = inversePositiveDefinite(penalisedGram(subject, settings.ridge * voxels), trials)
  await context.breathe()
  const signal = await columnPower(subject, timesTransposed(targets, precision, trials), context)
  const power = await columnPower(subject, precision, context)
  const q = signal.map((value, v) => (power[v]! > 0 ? value / power[v]! : 0))
  return { ...standardise(q, settings.clip), q }
}

/** Tᵀ P for symmetric P (n × n) and T (n × d): d × n. */
function timesTransposed(t: Float64Array, p: Float64Array, n: number): Float64Array {
  const d = t.length / n
  const out = new Float64Array(d * n)
  for (let i = 0; i < n; i++) {
    const row = p.subarray(i * n, (i + 1) * n)
    for (let k = 0; k < d; k++) {
      const factor = t[i * d + k]!
      const to = out.subarray(k * n, (k + 1) * n)
      for (let j = 0; j < n; j++) to[j]! += factor * row[j]!
    }
  }
  return out
}

function standardise(q: Float64Array, clip: number): Omit<Evidence, 'q'> {
  const middle = median(q)
  const mad = median(q.map((value) => Math.abs(value - middle)))
  // Without any spread there is no evidence for one voxel over another.
  const values = q.map((value) =>
    mad > 0 ? Math.log1p(Math.min(Math.max((value - middle) / (madToDeviation * mad), 0), clip)) : 0,
  )
  return { values, median: middle, mad }
}

/** Middle value, or the mean of the two middle ones. */
export function median(values: Float64Array): number {
  const sorted = values.toSorted()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
