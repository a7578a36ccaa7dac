/**
 * What another width of the filter would choose, computed in the page from the map before the filter: filter, then exactly V voxels,
 * by the same functions as a run. A preview: it changes no mask. Everything is computed in the order of the file, as in a run, and
 * only then turned for display, so that equal scores are decided alike.
 */
import type { VoxelSpace } from '../../core/data/subject-data.ts'
import { componentSizes } from '../../core/volume/components.ts'
import { voxelFilter } from '../../core/volume/gaussian-filter.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { topVoxels } from '../../core/volume/top-voxels.ts'

/** Which filter a run used, for comparison. */
export interface FilterUsed {
  /** In voxels. */
  readonly sigma: number
  readonly boundary: 'normalised' | 'zero'
  /** False where the run cut at a threshold and not at a number of voxels. */
  readonly exact: boolean
}

export interface PreviewSource {
  readonly space: VoxelSpace
  /** Per voxel of the space. */
  readonly unfiltered: Float64Array
  /** The run's mask, per voxel of the space. */
  readonly mask: Uint8Array
}

/** From whole volumes in the order of the file: the brain says which voxels count. */
export function previewSource(
  grid: Grid,
  brain: ArrayLike<number>,
  unfiltered: ArrayLike<number>,
  mask: ArrayLike<number>,
): PreviewSource {
  const size = gridSize(grid)
  const index = Int32Array.from({ length: size }, (_, at) => at).filter((at) => brain[at]! > 0)
  return {
    space: { grid, index },
    unfiltered: Float64Array.from(index, (at) => unfiltered[at]!),
    mask: Uint8Array.from(index, (at) => (mask[at]! > 0 ? 1 : 0)),
  }
}

export interface FilterPreview {
  /** Whole grid in the order of the file, 1 where a voxel would be kept. */
  readonly volume: Float32Array
  readonly voxels: number
  /** Voxels of the preview that the run's mask does not have. */
  readonly swapped: number
  /** Connected pieces, by faces, edges or corners. */
  readonly pieces: number
}

/** Exactly `budget` voxels, or all there are. σ in voxels, 0 for the map as it is. */
export function filterPreview(
  { space, unfiltered, mask }: PreviewSource,
  sigma: number,
  budget: number,
  boundary: FilterUsed['boundary'],
): FilterPreview | null {
  // A run's score is kept in single precision, and decided in it.
  const score = Float32Array.from(voxelFilter(space, sigma, boundary)(unfiltered))
  const chosen = topVoxels(score, Math.min(budget, space.index.length))
  if (!chosen.ok) return null
  const own = chosen.value.mask
  const volume = new Float32Array(gridSize(space.grid))
  let [voxels, swapped] = [0, 0]
  for (let v = 0; v < own.length; v++) {
    if (!own[v]) continue
    volume[space.index[v]!] = 1
    voxels++
    if (!mask[v]) swapped++
  }
  return { volume, voxels, swapped, pieces: componentSizes(own, space).length }
}

/** Full width at half maximum in millimetres along each axis. */
export function blurWidths(sigma: number, voxelMillimetres: readonly number[]): number[] {
  return voxelMillimetres.map((size) => Math.sqrt(8 * Math.LN2) * sigma * size)
}
