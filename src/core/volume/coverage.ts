/** What a mask takes of the regions of an atlas or ROI, what it takes besides, and the slices that show most of it. */
import type { VoxelSpace } from '../data/subject-data.ts'

export interface LabelCoverage {
  readonly label: number
  /** Voxels with this label, and how many of them the mask holds. */
  readonly voxels: number
  readonly covered: number
  readonly share: number
}

export interface Coverage {
  /** Ascending by label; label 0 is background and not among them. */
  readonly labels: readonly LabelCoverage[]
  /** Voxels of the mask where the label is 0. */
  readonly outside: number
}

/** `mask` (0/1) and `labels` have one entry per voxel of the same list; a RangeError if not. */
export function coverage(mask: ArrayLike<number>, labels: ArrayLike<number>): Coverage {
  if (mask.length !== labels.length)
    throw new RangeError(`a mask of ${mask.length} voxels does not fit labels of ${labels.length}`)
  const counts = new Map<number, { voxels: number; covered: number }>()
  let outside = 0
  for (let v = 0; v < mask.length; v++) {
    const label = labels[v]!
    if (label === 0) {
      if (mask[v]) outside++
      continue
    }
    const count = counts.get(label) ?? { voxels: 0, covered: 0 }
    count.voxels++
    if (mask[v]) count.covered++
    counts.set(label, count)
  }
  return {
    labels: [...counts]
      .sort(([a], [b]) => a - b)
      .map(([label, { voxels, covered }]) => ({ label, voxels, covered, share: covered / voxels })),
    outside,
  }
}

/** For each voxel axis, the slice that holds most voxels of the mask, the lowest of equals; null for an empty mask. */
export function largestSlices(mask: ArrayLike<number>, { grid, index }: VoxelSpace): [number, number, number] | null {
  const [nx, ny, nz] = grid.shape
  const counts = [nx, ny, nz].map((size) => new Int32Array(size))
  let voxels = 0
  for (let v = 0; v < index.length; v++) {
    if (!mask[v]) continue
    voxels++
    const at = index[v]!
    counts[0]![Math.floor(at / (ny * nz))]!++
    counts[1]![Math.floor(at / nz) % ny]!++
    counts[2]![at % nz]!++
  }
  if (voxels === 0) return null
  const [x, y, z] = counts.map((count) => count.indexOf(Math.max(...count)))
  return [x!, y!, z!]
}
