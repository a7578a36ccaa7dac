/** What a mask holds of each region of a label atlas that lies on the mask's own grid. */
import type { VoxelSpace } from '../data/subject-data.ts'
import { coverage } from './coverage.ts'
import { gridSize } from './grid.ts'

export interface RegionCoverage {
  readonly label: number
  readonly name: string | null
  /** Voxels of the region on the grid, and those of them that are in use: only they could be chosen. */
  readonly voxels: number
  readonly inUse: number
  /** Voxels of the region that the mask holds, as a share of the region and of the mask. */
  readonly covered: number
  readonly shareOfRegion: number
  readonly shareOfMask: number
}

export interface AtlasCoverage {
  /** Regions of which the mask holds most first; those it holds nothing of as well, by label. */
  readonly regions: readonly RegionCoverage[]
  /** Voxels of the mask outside every region. */
  readonly outside: number
}

/** `labels` has one whole number per voxel of the whole grid, 0 for none; `mask` is 0/1 per voxel of `space`. */
export function atlasCoverage(
  mask: ArrayLike<number>,
  space: VoxelSpace,
  labels: Int32Array,
  names: ReadonlyMap<number, string>,
): AtlasCoverage {
  const size = gridSize(space.grid)
  if (labels.length !== size) throw new RangeError(`an atlas of ${labels.length} voxels does not fit a grid of ${size}`)
  const whole = new Uint8Array(size)
  const used = new Uint8Array(size)
  let chosen = 0
  space.index.forEach((at, v) => {
    used[at] = 1
    if (!mask[v]) return
    whole[at] = 1
    chosen++
  })
  const held = coverage(whole, labels)
  const inUse = new Map(coverage(used, labels).labels.map(({ label, covered }) => [label, covered]))
  const regions = held.labels.map(({ label, voxels, covered, share }) => ({
    ...{ label, name: names.get(label) ?? null, voxels, inUse: inUse.get(label) ?? 0, covered },
    ...{ shareOfRegion: share, shareOfMask: chosen > 0 ? covered / chosen : 0 },
  }))
  regions.sort((a, b) => b.covered - a.covered || a.label - b.label)
  return { regions, outside: held.outside }
}
