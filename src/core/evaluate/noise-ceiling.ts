/**
 * Noise ceiling of an average over three repeats, per voxel, from trials in which a picture came back: noise variance from
 * the first two repeats of each repeated picture, signal variance as what is left of the total (Natural Scenes Dataset).
 */

/** betas: trials × voxels. Returns a share from 0 to 1 per voxel; 0 for all where no picture is repeated. */
export function noiseCeiling(betas: Float32Array, target: Int32Array, voxels: number): Float64Array {
  const trials = target.length
  const first = new Map<number, number>()
  const pairs: [number, number][] = []
  const paired = new Set<number>()
  for (let i = 0; i < trials; i++) {
    const picture = target[i]!
    const earlier = first.get(picture)
    if (earlier === undefined) first.set(picture, i)
    else if (!paired.has(picture)) {
      pairs.push([earlier, i])
      paired.add(picture)
    }
  }
  const out = new Float64Array(voxels)
  if (pairs.length === 0) return out
  for (let v = 0; v < voxels; v++) {
    let noise = 0
    for (const [a, b] of pairs) noise += (betas[a * voxels + v]! - betas[b * voxels + v]!) ** 2
    noise /= 2 * pairs.length
    let [sum, square] = [0, 0]
    for (let i = 0; i < trials; i++) sum += betas[i * voxels + v]!
    const average = sum / trials
    for (let i = 0; i < trials; i++) square += (betas[i * voxels + v]! - average) ** 2
    const signal = Math.max(square / trials - noise, 0)
    out[v] = signal + noise > 0 ? signal / (signal + noise / 3) : 0
  }
  return out
}
