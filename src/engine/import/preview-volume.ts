/** The picture behind a crop box: one volume of a recipe's images with its masks, before anything is imported. */
import type { PreviewVolume } from '../../core/contract/contract.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { unwrap } from '../../core/problem.ts'
import { coverage } from '../../core/volume/coverage.ts'
import { gridSize } from '../../core/volume/grid.ts'
import type { Blobs } from '../project/blobs.ts'
import { surveyRecipe } from './survey.ts'
import { readAnnotatedFile, toFlatOrder } from './survey-voxels.ts'

const mostLabels = 200

/**
 * First volume of the first image, flat order on the whole grid; values that are not finite are 0. The recipe's crop is left out.
 * Throws the Problem that stops the survey.
 */
export async function previewVolume(recipe: Recipe, folder: string, blobs: Blobs): Promise<PreviewVolume> {
  const { crop: _left, ...whole } = recipe
  const survey = unwrap(await surveyRecipe(whole, folder))
  const { grid, images, annotated, inside } = survey
  const flat = new Float32Array(gridSize(grid))
  let isThere = false
  const stop = new Error('the first volume is enough')
  try {
    const read = await images[0]!.forEachVolume((values) => {
      toFlatOrder(values, grid.shape, flat)
      isThere = true
      // The rest of a long series is not read.
      throw stop
    })
    if (!isThere) unwrap(read)
  } catch (error) {
    if (error !== stop) throw error
  }
  for (let at = 0; at < flat.length; at++) if (!Number.isFinite(flat[at]!)) flat[at] = 0
  const brain = new Uint8Array(flat.length)
  for (const at of inside) brain[at] = 1
  const roi = recipe.annotatedRoi === null ? null : await readAnnotatedFile(recipe, folder, grid)
  const labels = roi === null ? [] : coverage(new Uint8Array(roi.length), roi).labels.slice(0, mostLabels)
  return {
    grid: { shape: [...grid.shape], affine: [...grid.affine] },
    volume: blobs.put(flat, grid.shape),
    brain: inside.length === flat.length ? null : blobs.put(brain, grid.shape),
    annotated: annotated === null ? null : blobs.put(annotated, grid.shape),
    labels: labels.map(({ label, voxels }) => ({ label, voxels })),
  }
}
