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
  if (betas.length !== group.length * voxels || training.length !== group.length)
    throw new RangeError('betas, group and training must describe the same trials')
  const out = new Float32Array(betas.length)
  const { members, perGroup } = groupsOf(group, training)
  for (const rows of members) {
    const statistics = statisticsOf(betas, voxels, rows, training)
    if (statistics === null) continue
    const { mean, scale } = statistics
    for (const i of rows)
      for (let v = 0; v < voxels; v++) out[i * voxels + v] = (betas[i * voxels + v]! - mean[v]!) * scale[v]!
  }
  return { betas: out, statistics: perGroup ? 'per group' : 'pooled' }
}

/** Voxels that `standardise` would make 0 in every trial, counted without a copy of the betas. */
export function countConstant(betas: Float32Array, voxels: number, group: Int32Array, training: Uint8Array): number {
  const varies = new Uint8Array(voxels)
  for (const rows of groupsOf(group, training).members) {
    const scale = statisticsOf(betas, voxels, rows, training)?.scale
    if (scale !== undefined) for (let v = 0; v < voxels; v++) if (scale[v] !== 0) varies[v] = 1
  }
  return varies.reduce((count, own) => count - own, voxels)
}

/** Rows that share statistics: those of each group, or all. */
function groupsOf(group: Int32Array, training: Uint8Array): { members: number[][]; perGroup: boolean } {
  const counts = new Map<number, number>()
  for (const [i, key] of group.entries()) counts.set(key, (counts.get(key) ?? 0) + training[i]!)
  const perGroup = [...counts.values()].every((count) => count >= leastTrialsPerGroup)
  const rowsOf = (key: number | null) => [...group.keys()].filter((i) => key === null || group[i] === key)
  return { members: (perGroup ? [...counts.keys()] : [null]).map(rowsOf), perGroup }
}

/** Mean per voxel over the training trials among `rows`, and 1 / deviation, 0 without variance; null without such trials. */
function statisticsOf(betas: Float32Array, voxels: number, rows: readonly number[], training: Uint8Array) {
  const trained = rows.filter((i) => training[i])
  if (trained.length === 0) return null
  const mean = new Float64Array(voxels)
  const scale = new Float64Array(voxels)
  for (const i of trained) for (let v = 0; v < voxels; v++) mean[v]! += betas[i * voxels + v]!
  for (let v = 0; v < voxels; v++) mean[v]! /= trained.length
  for (const i of trained) for (let v = 0; v < voxels; v++) scale[v]! += (betas[i * voxels + v]! - mean[v]!) ** 2
  for (let v = 0; v < voxels; v++) {
    const deviation = Math.sqrt(scale[v]! / trained.length)
    // A deviation at rounding level of the mean is no variance.
    scale[v] = deviation > 1e-6 * Math.max(1, Math.abs(mean[v]!)) ? 1 / deviation : 0
  }
  return { mean, scale }
}
