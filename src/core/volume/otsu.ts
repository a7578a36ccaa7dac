/**
 * A brain mask from a mean volume alone: the threshold that parts bright from dark voxels best (Otsu 1979: the largest variance
 * between the two classes), and of the bright ones the largest connected piece. Simple, and wrong where the scan has no contrast
 * between head and air, so its outcome is shown before it is used.
 */
import { failure, type Result, success } from '../problem.ts'
import { largestComponent } from './components.ts'
import type { Grid } from './grid.ts'

const bins = 256

export interface OtsuMask {
  /** 0/1 per voxel of the grid. */
  readonly mask: Uint8Array
  readonly threshold: number
  readonly voxels: number
}

/** Threshold of Otsu over 256 bins from the least to the greatest finite value, or null where all values are the same. */
export function otsuThreshold(values: ArrayLike<number>): number | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let v = 0; v < values.length; v++) {
    const value = values[v]!
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!(high > low)) return null
  const counts = new Float64Array(bins)
  let total = 0
  for (let v = 0; v < values.length; v++) {
    const value = values[v]!
    if (!Number.isFinite(value)) continue
    counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]!++
    total++
  }
  const mean = counts.reduce((sum, count, bin) => sum + (count * (bin + 0.5)) / total, 0)
  let [dark, darkSum, best, first, last] = [0, 0, -1, 0, 0]
  for (let bin = 0; bin < bins - 1; bin++) {
    dark += counts[bin]! / total
    darkSum += (counts[bin]! * (bin + 0.5)) / total
    if (dark <= 0 || dark >= 1) continue
    const between = (mean * dark - darkSum) ** 2 / (dark * (1 - dark))
    // Empty bins between two classes are equally good; the middle of them is the threshold.
    if (between > best * (1 + 1e-12)) {
      best = between
      first = bin
      last = bin
    } else if (between >= best * (1 - 1e-12)) last = bin
  }
  return low + (((first + last) / 2 + 1) / bins) * (high - low)
}

/** BAD_FILE where all values are the same. */
export function otsuMask(mean: ArrayLike<number>, grid: Grid): Result<OtsuMask> {
  const threshold = otsuThreshold(mean)
  if (threshold === null)
    return failure({
      code: 'BAD_FILE',
      message: 'The mean volume is the same everywhere, so bright and dark cannot be told apart.',
      where: 'brain mask by threshold',
      fix: 'Give a brain mask as a file.',
    })
  const bright = Uint8Array.from({ length: mean.length }, (_, v) => (mean[v]! > threshold ? 1 : 0))
  const mask = largestComponent(bright, grid)
  return success({ mask, threshold, voxels: mask.reduce((sum, value) => sum + value, 0) })
}
