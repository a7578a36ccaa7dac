/** A NIfTI file as a volume source: its header checked, its affine settled as the recipe says. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Result, success } from '../../core/problem.ts'
import type { Grid } from '../../core/volume/grid.ts'
import { settleOrientation } from './nifti-header.ts'
import { forEachVolume, openNifti } from './nifti-volumes.ts'
import type { VolumeSource } from './volume-source.ts'

/** Problems: those of `openNifti`, or ORIENTATION_UNSETTLED. */
export async function openNiftiSource(path: string, orientation: Recipe['orientation']): Promise<Result<VolumeSource>> {
  const opened = await openNifti(path)
  if (!opened.ok) return opened
  const { header } = opened.value
  const affine = settleOrientation(header, orientation, path)
  if (!affine.ok) return affine
  const [nx, ny, nz] = header.shape
  const shape: Grid['shape'] = [nx!, ny!, nz!]
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
  })
}
