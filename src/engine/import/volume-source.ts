/**
 * A volume source is any file that holds one volume per time point or trial: survey, preview and import read through this
 * interface and never ask what format it is. Values always arrive in the order of NIfTI files (x fastest), scaled to what
 * they mean. A source that has no affine of its own says so; the recipe then has to name a NIfTI file for the grid.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Result, success } from '../../core/problem.ts'
import type { Affine, Grid } from '../../core/volume/grid.ts'
import { openNiftiSource } from './nifti-source.ts'
import { recipePath } from './recipe-file.ts'

export interface VolumeSource {
  /** The file that was named, for messages. */
  readonly path: string
  /** Voxels along x, y and z of one volume. */
  readonly shape: Grid['shape']
  /** All sizes as the file states them, for the preview. */
  readonly sizes: readonly number[]
  readonly volumes: number
  /** The stored number type: int16, float32, … */
  readonly dtype: string
  /** Voxel to RAS+ mm, settled by the recipe's orientation; null where the format or the file has none. */
  readonly affine: Affine | null
  /** Edge lengths of a voxel in mm; null where the file has no affine. */
  readonly voxelMillimetres: readonly [number, number, number] | null
  /** Seconds from volume to volume as the file says; left out or null where it does not. */
  readonly repetitionSeconds?: number | null
  /**
   * Calls `use` with every volume in file order: nx·ny·nz values, x fastest. The array is reused between calls. Where
   * `wanted` names positions (x fastest, ascending), a source may leave all others at 0 without reading them. Resolves to
   * a Problem that names the file if it is damaged or ends early.
   */
  forEachVolume(use: VolumeUse, wanted?: Int32Array): Promise<Result<null>>
}

export type VolumeUse = (values: Float32Array, index: number) => void | Promise<void>

/** Opens one image of a recipe. Problems name the file and the field. */
export async function openVolumeSource(
  image: Recipe['images'][number],
  recipe: Recipe,
  folder: string,
): Promise<Result<VolumeSource>> {
  return openNiftiSource(recipePath(folder, image.path), recipe.orientation)
}

/** The first volume of a source, x fastest: for masks and ROIs. */
export async function readFirstVolume(source: VolumeSource): Promise<Result<Float32Array>> {
  let first = new Float32Array(0)
  const done = await source.forEachVolume((values, index) => {
    if (index === 0) first = values.slice()
  })
  return done.ok ? success(first) : done
}
