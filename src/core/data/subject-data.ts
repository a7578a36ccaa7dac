/**
 * One subject's data as every stage sees it, whether simulated or imported.
 *
 * Voxels: `space.index` lists the voxels in use (inside the brain, non-zero variance) as flat indices of the grid,
 * ascending; every per-voxel array has one entry per element of it. Flat index = (x · ny + y) · nz + z (z fastest);
 * NIfTI files are x fastest and are converted at the file boundary only.
 */
import type { Grid } from '../volume/grid.ts'

export interface VoxelSpace {
  readonly grid: Grid
  /** Ascending flat grid indices of the voxels in use. */
  readonly index: Int32Array
}

export interface TrialSet {
  readonly trials: number
  /** trials × voxels, row-major, z-scored per voxel and session (or run) from training trials. */
  readonly betas: Float32Array
  /** Row of `Targets.vectors` shown in each trial: a picture, or a label. */
  readonly target: Int32Array
  readonly session: Int32Array
  readonly run: Int32Array
}

export interface SubjectData {
  readonly name: string
  readonly space: VoxelSpace
  readonly train: TrialSet
  /** Held-out trials; repeats of a picture are already averaged, so every target occurs once for pictures. */
  readonly test: TrialSet
  /** 0/1 per voxel: the ROI that an expert drew, if there is one. */
  readonly annotated: Uint8Array | null
  /** 0/1 per voxel: the voxels that truly carry signal. Simulation only. */
  readonly truth: Uint8Array | null
}

/** What the decoder must predict: picture embeddings, or label embeddings for data with categories. */
export interface Targets {
  readonly kind: 'pictures' | 'labels'
  readonly dimensions: number
  /** items × dimensions, row-major. */
  readonly vectors: Float32Array
  /** One name per item: the picture's id or the label. */
  readonly names: readonly string[]
  /** Dimensions [semanticStart, dimensions) carry category and layout; before it, the invertible pixel part. */
  readonly semanticStart: number
  /** Pictures that return in every run by design. Folds within the training trials then hold runs out, as for labels. */
  readonly returning?: boolean
}
