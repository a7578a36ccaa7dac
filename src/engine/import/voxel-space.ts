/** The grid a recipe names for images without an affine, and the places of the voxels of a trials × voxels array. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import { sameAffine } from '../../core/volume/affine.ts'
import type { Grid } from '../../core/volume/grid.ts'
import type { VoxelSpace } from './array-source.ts'
import { openNiftiSource } from './nifti-source.ts'
import { recipePath } from './recipe-file.ts'
import { readFirstVolume, type VolumeSource } from './volume-source.ts'

/** Null where the recipe names neither a grid nor a voxel mask. */
export async function readVoxelSpace(
  recipe: Pick<Recipe, 'grid' | 'voxels' | 'orientation'>,
  folder: string,
): Promise<Result<VoxelSpace | null>> {
  const gridFile = recipe.grid ?? recipe.voxels?.mask
  if (gridFile === undefined) return success(null)
  const opened = await openNiftiSource(recipePath(folder, gridFile), recipe.orientation)
  if (!opened.ok) return opened
  const grid = gridOf(opened.value)
  if (!grid.ok) return grid
  if (recipe.voxels === undefined) return success({ grid: grid.value, places: null })
  const mask = await openNiftiSource(recipePath(folder, recipe.voxels.mask), recipe.orientation)
  if (!mask.ok) return mask
  const maskGrid = gridOf(mask.value)
  if (!maskGrid.ok) return maskGrid
  const { shape, affine } = grid.value
  if (maskGrid.value.shape.join() !== shape.join() || !sameAffine(maskGrid.value.affine, affine))
    return failure({
      code: 'LENGTH_MISMATCH',
      message: 'The mask of the voxels is on another grid than "grid".',
      where: mask.value.path,
      expected: `${shape.join(' × ')} with the same affine`,
      fix: 'Name files of one space, or leave "grid" out.',
    })
  const values = await readFirstVolume(mask.value)
  if (!values.ok) return values
  return success({ grid: grid.value, places: voxelPlaces(values.value, shape, recipe.voxels.order) })
}

function gridOf(source: VolumeSource): Result<Grid> {
  if (source.affine !== null) return success({ shape: source.shape, affine: source.affine })
  return failure({
    code: 'ORIENTATION_UNSETTLED',
    message: 'The file named for the grid does not say where its voxels are.',
    where: source.path,
    expected: 'a NIfTI file with sform or qform',
    fix: 'Name another NIfTI file.',
  })
}

/**
 * Positions (x fastest) of the voxels above 0, in the order of the columns: C counts with z fastest, F with x fastest.
 * `values` come x fastest.
 */
export function voxelPlaces(values: Float32Array, shape: Grid['shape'], order: 'C' | 'F'): Int32Array {
  const [nx, ny, nz] = shape
  const places: number[] = []
  if (order === 'F') {
    for (let at = 0; at < values.length; at++) if (values[at]! > 0) places.push(at)
    return Int32Array.from(places)
  }
  for (let x = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      for (let z = 0; z < nz; z++) {
        const at = x + nx * (y + ny * z)
        if (values[at]! > 0) places.push(at)
      }
  return Int32Array.from(places)
}
