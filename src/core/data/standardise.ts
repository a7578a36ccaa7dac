/**
 * z-scores per voxel with statistics of training trials only, so that nothing of a held-out trial leaks into its input.
 *
 * Each group (run or session) uses its own training trials where every group has enough of them. Where a split holds
 * whole groups out, they have none; then all groups use the statistics pooled over all training trials, the same for
 * training and held-out groups, because two ways of centring would shift one against the other.
 */

export interface Standardised {
  /** trials × voxels. A voxel without variance among the training trials is 0. */
  readonly betas: Float32Array
  readonly statistics: 'per group' | 'pooled'
}

/** Fewer training trials than this in some group, and statistics are pooled. */
export const leastTrialsPerGroup = 20

export function standardise(
  betas: Float32Array,
  voxels: number,
  group: Int32Array,
  training: Uint8Array,
): Standardised {
  const trials = group.length
  if (betas.length !== trials * voxels || training.length !== trials)
    throw new RangeError('betas, group and training must describe the same trials')
  const counts = new Map<number, number>()
  for (let i = 0; i < trials; i++) counts.set(group[i]!, (counts.get(group[i]!) ?? 0) + training[i]!)
  const perGroup = [...counts.values()].every((count) => count >= leastTrialsPerGroup)
  const out = new Float32Array(betas.length)
  for (const key of perGroup ? counts.keys() : [null]) {
    const members: number[] = []
    for (let i = 0; i < trials; i++) if (key === null || group[i] === key) members.push(i)
    standardiseGroup(betas, voxels, members, training, out)
  }
  return { betas: out, statistics: perGroup ? 'per group' : 'pooled' }
}

function standardiseGroup(
  betas: Float32Array,
  voxels: number,
  members: readonly number[],
  training: Uint8Array,
  out: Float32Array,
): void {
  const mean = new Float64Array(voxels)
  const square = new Float64Array(voxels)
  let count = 0
  for (const i of members) {
    if (!training[i]) continue
    count++
    for (let v = 0; v < voxels; v++) mean[v]! += betas[i * voxels + v]!
  }
  if (count === 0) return
  for (let v = 0; v < voxels; v++) mean[v]! /= count
  for (const i of members) {
    if (!training[i]) continue
    for (let v = 0; v < voxels; v++) square[v]! += (betas[i * voxels + v]! - mean[v]!) ** 2
  }
  for (let v = 0; v < voxels; v++) {
    const deviation = Math.sqrt(square[v]! / count)
    // A deviation at rounding level of the mean is no variance.
    const scale = deviation > 1e-6 * Math.max(1, Math.abs(mean[v]!)) ? 1 / deviation : 0
    for (const i of members) out[i * voxels + v] = (betas[i * voxels + v]! - mean[v]!) * scale
  }
}
