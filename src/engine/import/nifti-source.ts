/** A NIfTI file as a volume source: its header checked, its affine settled as the recipe says. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Result, success } from '../../core/problem.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { settleOrientation } from './nifti-header.ts'
import { forEachVolume, openNifti } from './nifti-volumes.ts'
import type { VolumeSource } from './volume-source.ts'

/** Problems: those of `openNifti`, or ORIENTATION_UNSETTLED. `grid` stands in where the file has neither sform nor qform. */
export async function openNiftiSource(
  path: string,
  orientation: Recipe['orientation'],
  grid: Grid | null = null,
): Promise<Result<VolumeSource>> {
  const opened = await openNifti(path)
  if (!opened.ok) return opened
  const { header } = opened.value
  const [nx, ny, nz] = header.shape
  const shape: Grid['shape'] = [nx!, ny!, nz!]
  // Only a file that says nothing at all takes the recipe's word; one that contradicts itself is still asked about.
  const silent = header.sform === null && header.qform === null
  const affine =
    silent && grid !== null && grid.shape.join() === shape.join()
      ? success(grid.affine)
      : settleOrientation(header, orientation, path)
  if (!affine.ok) return affine
  return success({
    path,
    shape,
    sizes: header.shape,
    volumes: header.volumes,
    dtype: header.numberType,
    affine: affine.value,
    voxelMillimetres: header.voxelSize,
    repetitionSeconds: header.repetitionSeconds,
    forEachVolume: (use) => forEachVolume(opened.value, use),
    firstVolume: (use) => forEachVolume(opened.value, use, 1),
  })
}
