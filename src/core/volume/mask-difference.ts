/** Two masks of one grid, voxel by voxel: what only one of them holds, what both hold, and how much of that chance alone would give. */

export interface MaskDifference {
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly both: number
  readonly dice: number
  /** Dice of two random masks of these sizes among the `inside` voxels. */
  readonly chanceDice: number
}

/** Masks and `inside` have equal length (else a RangeError); a voxel is in where its value is above 0. */
export function maskDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  inside: ArrayLike<number>,
): MaskDifference {
  if (first.length !== second.length || first.length !== inside.length)
    throw new RangeError(`masks of ${first.length} and ${second.length} voxels in ${inside.length} do not compare`)
  let [onlyFirst, onlySecond, both, all] = [0, 0, 0, 0]
  for (let v = 0; v < first.length; v++) {
    const [a, b] = [first[v]! > 0, second[v]! > 0]
    if (inside[v]! > 0 || a || b) all++
    if (a && b) both++
    else if (a) onlyFirst++
    else if (b) onlySecond++
  }
  const [sizeFirst, sizeSecond] = [onlyFirst + both, onlySecond + both]
  const dice = (common: number) => (sizeFirst + sizeSecond === 0 ? 0 : (2 * common) / (sizeFirst + sizeSecond))
  return {
    onlyFirst,
    onlySecond,
    both,
    dice: dice(both),
    chanceDice: dice((sizeFirst * sizeSecond) / Math.max(1, all)),
  }
}
