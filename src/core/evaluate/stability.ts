/**
 * How stable a choice of voxels is: the same method repeated under a small change (another seed, a run left out) gives a set of
 * masks. A voxel's frequency is the share of repeats that chose it; the Dice of two repeats says how alike they are.
 */
import { Random } from '../random/random.ts'
import { overlap } from '../volume/overlap.ts'
import { mean } from './intervals.ts'
import type { Metric } from './metric.ts'

/** "Often" means in at least this share of the repeats. */
export const often = 0.8

/** Fewer repeats have no spread that an interval could be made from. */
export const fewestRepeats = 3

/** Share of the masks (0/1, all of one length) that hold each voxel. */
export function selectionFrequency(masks: readonly Uint8Array[]): Float32Array {
  const out = new Float32Array(masks[0]?.length ?? 0)
  for (const mask of masks) {
    if (mask.length !== out.length) throw new RangeError(`masks of ${out.length} and ${mask.length} voxels`)
    for (let v = 0; v < out.length; v++) out[v]! += mask[v]!
  }
  // Counts are whole, so the division is the only rounding there is.
  for (let v = 0; v < out.length; v++) out[v] = out[v]! / masks.length
  return out
}

/**
 * Mean Dice over all pairs. `n` is the number of masks; chance is what masks of their mean size drawn at random would share, V over
 * the voxels in use. The interval is a 95 % percentile bootstrap over masks: pairs of one mask with itself, which a resample can
 * hold, are left out. RangeError with fewer than three masks.
 */
export function pairwiseDice(masks: readonly Uint8Array[], seed: number, draws = 2000): Metric {
  const count = masks.length
  if (count < fewestRepeats) throw new RangeError(`${count} masks have no spread`)
  const dice = masks.map((one, a) => masks.map((other, b) => (a < b ? overlap(one, other).dice : 0)))
  const of = (a: number, b: number) => (a < b ? dice[a]![b]! : dice[b]![a]!)
  const pairs = masks.flatMap((_, a) => masks.slice(a + 1).map((_, ahead) => of(a, a + 1 + ahead)))
  const random = Random.of(seed, 'bootstrap over repeats', count)
  const means: number[] = []
  while (means.length < draws) {
    const drawn = masks.map(() => random.integer(count))
    let [sum, used] = [0, 0]
    for (let i = 0; i < count; i++)
      for (let j = i + 1; j < count; j++) {
        if (drawn[i] === drawn[j]) continue
        sum += of(drawn[i]!, drawn[j]!)
        used++
      }
    // A resample of one mask only has no pair; it is drawn anew.
    if (used > 0) means.push(sum / used)
  }
  means.sort((a, b) => a - b)
  const at = (share: number) => means[Math.round(share * (draws - 1))]!
  const chosen = mean(masks.map((mask) => mask.reduce((sum, value) => sum + value, 0)))
  const inUse = masks[0]!.length
  return {
    value: mean(pairs),
    direction: 'higher',
    chance: inUse > 0 ? chosen / inUse : 0,
    n: count,
    interval: [at(0.025), at(0.975)],
  }
}

export interface StabilityOfMask {
  /** Share of the mask's voxels that at least `often` of the repeats chose. */
  readonly shareOften: number
  /** The same share if every repeat drew its voxels at random. */
  readonly shareOftenByChance: number
  /** Mean frequency over the mask's voxels. */
  readonly meanFrequency: number
}

/** `frequency` and `mask` have one entry per voxel in use; `chosenShare` is the mean share of voxels in use that a repeat chose. */
export function stabilityOfMask(
  frequency: ArrayLike<number>,
  mask: ArrayLike<number>,
  repeats: number,
  chosenShare: number,
): StabilityOfMask {
  if (frequency.length !== mask.length)
    throw new RangeError(`a mask of ${mask.length} voxels does not fit frequencies of ${frequency.length}`)
  // The least count that is "often"; rounding must not turn 4 of 5 into less than .8.
  const least = Math.ceil(often * repeats - 1e-9)
  let [voxels, stable, sum] = [0, 0, 0]
  for (let v = 0; v < mask.length; v++) {
    if (!mask[v]) continue
    voxels++
    sum += frequency[v]!
    if (Math.round(frequency[v]! * repeats) >= least) stable++
  }
  return {
    shareOften: voxels > 0 ? stable / voxels : 0,
    shareOftenByChance: atLeast(least, repeats, chosenShare),
    meanFrequency: voxels > 0 ? sum / voxels : 0,
  }
}

/** Probability of at least `least` hits of `count` at probability `p`. */
function atLeast(least: number, count: number, p: number): number {
  let total = 0
  for (let hits = least; hits <= count; hits++) {
    let ways = 1
    for (let i = 1; i <= hits; i++) ways *= (count - hits + i) / i
    total += ways * p ** hits * (1 - p) ** (count - hits)
  }
  return Math.min(1, total)
}
