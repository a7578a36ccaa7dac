/**
 * A volume source is any file that holds one volume per time point or trial: survey, preview and import read through this
 * interface and never ask what format it is. Values always arrive in the order of NIfTI files (x fastest), scaled to what
 * they mean. A source that has no affine of its own says so; the recipe then has to name a NIfTI file for the grid.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import type { Affine, Grid } from '../../core/volume/grid.ts'
import type { VoxelSpace } from './array-source.ts'
import { type FileKind, fileKind } from './file-kind.ts'
import { openHdf5Source } from './hdf5/hdf5-source.ts'
import { openMatlabSource } from './matlab/matlab-source.ts'
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
  /** Where the recipe has the volumes resampled: as they are in the file. */
  readonly stored?: Pick<VolumeSource, 'shape' | 'affine' | 'voxelMillimetres' | 'dtype'>
  /** Whether `forEachVolume` may leave voxels that are not wanted at 0. */
  readonly readsOnlyWanted?: boolean
  /** Seconds from volume to volume as the file says; left out or null where it does not. */
  readonly repetitionSeconds?: number | null
  /**
   * Calls `use` with every volume in file order: nx·ny·nz values, x fastest. The array is reused between calls. Where
   * `wanted` names positions (x fastest, ascending), a source may leave all others at 0 without reading them. Resolves to
   * a Problem that names the file if it is damaged or ends early.
   */
  forEachVolume(use: VolumeUse, wanted?: Int32Array): Promise<Result<null>>
  /** The first volume where it can be had without reading the others. */
  firstVolume?(use: VolumeUse): Promise<Result<null>>
}

export type VolumeUse = (values: Float32Array, index: number) => void | Promise<void>

/** Opens one image of a recipe. Problems name the file and the field. */
export async function openVolumeSource(
  image: Recipe['images'][number],
  recipe: Recipe,
  folder: string,
  space: VoxelSpace | null,
): Promise<Result<VolumeSource>> {
  const path = recipePath(folder, image.path)
  const kind = await fileKind(path)
  if (!kind.ok) return kind
  const source = await openAs(kind.value, path, image, recipe, space)
  if (!source.ok || image.scale === undefined) return source
  return success(scaled(source.value, image.scale))
}

async function openAs(
  kind: FileKind,
  path: string,
  image: Recipe['images'][number],
  recipe: Recipe,
  space: VoxelSpace | null,
): Promise<Result<VolumeSource>> {
  if (kind === 'hdf5') return openHdf5Source(path, image, space)
  if (kind === 'matlab5') return openMatlabSource(path, image, space)
  if (image.dataset !== undefined || image.axes !== undefined)
    return failure({
      code: 'BAD_RECIPE',
      message: 'The recipe names a dataset or axes, but this is no HDF5 or MATLAB file.',
      where: path,
      expected: '"dataset" and "axes" only for HDF5 and MATLAB',
      fix: 'Leave them out, or choose the right file.',
    })
  return openNiftiSource(path, recipe.orientation, space?.grid ?? null)
}

/** The same volumes divided by `scale`. */
function scaled(source: VolumeSource, scale: number): VolumeSource {
  const divided = (use: VolumeUse): VolumeUse => {
    return (values, index) => {
      for (let at = 0; at < values.length; at++) values[at] = values[at]! / scale
      return use(values, index)
    }
  }
  const { firstVolume } = source
  return {
    ...source,
    forEachVolume: (use, wanted) => source.forEachVolume(divided(use), wanted),
    ...(firstVolume === undefined ? {} : { firstVolume: (use: VolumeUse) => firstVolume(divided(use)) }),
  }
}

/** The first volume of a source, x fastest: for masks and ROIs. */
export async function readFirstVolume(source: VolumeSource): Promise<Result<Float32Array>> {
  let first = new Float32Array(0)
  const keep: VolumeUse = (values, index) => {
    if (index === 0) first = values.slice()
  }
  const done = await (source.firstVolume?.(keep) ?? source.forEachVolume(keep))
  return done.ok ? success(first) : done
}
