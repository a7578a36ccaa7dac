/**
 * MixCo: every chosen row of a batch is blended with a partner of the same subject, x* = λ x + (1 − λ) x_k (TROI eq. 1),
 * and the contrastive target becomes P_ij = λ_i δ_ij + (1 − λ_i) δ_{j,k_i}.
 *
 * Two defects of the released MindEye2 code are avoided: partners of a batch of several subjects carry the offset of
 * their subject, and where a row is its own partner the two shares of P add up to 1 instead of overwriting each other
 * (the overwrite is available by name, to compare with published numbers).
 */
import type { Random } from '../../random/random.ts'

export interface Mixing {
  /** Row k_i that row i is blended with; an index into the whole batch. */
  readonly partners: Int32Array
  /** λ_i, the share of the row itself; 1 where the row is not blended. */
  readonly shares: Float64Array
}

export interface MixingSettings {
  /** Both shapes of the Beta distribution of λ. */
  readonly alpha: number
  /** Probability that a row is blended at all (1 in TROI, 0.5 in MindEye2). */
  readonly fraction: number
}

/** Draws partners and shares for a batch of `subjectRows[s]` rows of each subject, one subject after the other. */
export function drawMixing(subjectRows: readonly number[], settings: MixingSettings, random: Random): Mixing {
  const rows = subjectRows.reduce((sum, count) => sum + count, 0)
  const partners = new Int32Array(rows)
  const shares = new Float64Array(rows)
  let offset = 0
  for (const count of subjectRows) {
    const permutation = random.permutation(count)
    for (let i = 0; i < count; i++) {
      partners[offset + i] = offset + permutation[i]!
      const share = random.beta(settings.alpha, settings.alpha)
      shares[offset + i] = random.uniform() < settings.fraction ? share : 1
    }
    offset += count
  }
  return { partners, shares }
}

/**
 * Blends rows (rows × width, row-major): voxels, or the target of the prior (TROI eq. 3). Writes to `out` if given,
 * which must not be `values` itself.
 */
export function mixRows(
  values: Float32Array,
  width: number,
  mixing: Mixing,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  const rows = mixing.partners.length
  if (values.length !== rows * width) {
    throw new RangeError(`${values.length} values are not ${rows} rows of ${width}`)
  }
  if (out.length < values.length || out === values) {
    throw new RangeError('mixRows needs an output of its own, as large as the values')
  }
  for (let row = 0; row < rows; row++) {
    const own = row * width
    const other = mixing.partners[row]! * width
    const share = mixing.shares[row]!
    for (let j = 0; j < width; j++) out[own + j] = share * values[own + j]! + (1 - share) * values[other + j]!
  }
  return out
}

/**
 * The target matrix P (rows × rows, row-major). With `overwriteFixedPoints`, 1 − λ overwrites λ where a row is its own
 * partner, as the released MindEye2 code does; such a row then has less than its full weight.
 */
export function mixingTargets(mixing: Mixing, overwriteFixedPoints = false): Float32Array {
  const rows = mixing.partners.length
  const targets = new Float32Array(rows * rows)
  for (let row = 0; row < rows; row++) {
    const share = mixing.shares[row]!
    const partner = row * rows + mixing.partners[row]!
    targets[row * rows + row] = share
    targets[partner] = overwriteFixedPoints ? 1 - share : targets[partner]! + (1 - share)
  }
  return targets
}
