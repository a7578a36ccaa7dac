/**
 * The one grid of a recipe's images. Images on different grids stop the import with a question; where the recipe answers it, images
 * that are elsewhere are read on the grid it names, one volume at a time, and the sentence that says so goes into preview, notes and
 * sidecar. Images that lie on that grid are read as they are.
 */
import type { Recipe, ResampleImages } from '../../core/contract/recipe.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import { voxelSizes } from '../../core/volume/affine.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { gridOfVoxelSize, isHoldable, LinearResampler } from '../../core/volume/linear-resampler.ts'
import { FindingError, type Offer } from './finding.ts'
import { openNiftiSource } from './nifti-source.ts'
import { recipePath } from './recipe-file.ts'
import { sameGrid } from './same-grid.ts'
import type { VolumeSource } from './volume-source.ts'

export interface ImagesOnGrid {
  readonly images: readonly VolumeSource[]
  readonly grid: Grid
  /** What was resampled, in words; empty where the recipe asks for nothing. */
  readonly resampled: readonly string[]
}

/** Throws LENGTH_MISMATCH with ways out, or what is wrong with the grid that the recipe names. */
export async function imagesOnOneGrid(
  sources: readonly VolumeSource[],
  recipe: Recipe,
  folder: string,
): Promise<ImagesOnGrid> {
  const grids = sources.map(gridOf)
  const [first] = grids
  const asked = recipe.resampleImages
  if (asked === undefined) {
    const other = grids.findIndex(({ shape, affine }) => !sameGrid(first!, shape, affine))
    if (other >= 0) throw differentGrids(sources[other]!, first!, recipe)
    return { images: sources, grid: first!, resampled: [] }
  }
  const { grid, name } = await targetGrid(asked, first!, recipe, folder)
  if (!isHoldable(grid))
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `The images would be read on ${grid.shape.join(' × ')} voxels.`,
      where: 'resampleImages',
      expected: 'at most 268 million voxels in a volume',
      fix: 'Choose larger voxels, or a reference that covers less.',
    })
  const moved = grids.map(({ shape, affine }) => !sameGrid(grid, shape, affine))
  const images = sources.map((source, at) => (moved[at] ? resampledSource(source, grids[at]!, grid) : source))
  return { images, grid, resampled: [inWords(grids, moved, grid, name)] }
}

function gridOf({ affine, shape, path }: VolumeSource): Grid {
  if (affine !== null) return { shape, affine }
  throw new ProblemError({
    code: 'ORIENTATION_UNSETTLED',
    message: 'This file does not say where its voxels are.',
    where: path,
    expected: 'an affine',
    fix: 'Name a NIfTI file on the same voxels in "grid" of the recipe.',
  })
}

async function targetGrid(
  asked: ResampleImages,
  first: Grid,
  recipe: Recipe,
  folder: string,
): Promise<{ grid: Grid; name: string }> {
  if (asked.to === 'voxelSize')
    return { grid: gridOfVoxelSize(first, asked.millimetres), name: `voxels of ${asked.millimetres} mm` }
  // The recipe's schema sees to it that the brain mask is a file here.
  const path = asked.to === 'reference' ? asked.path : String(recipe.brainMask)
  const source = unwrap(await openNiftiSource(recipePath(folder, path), recipe.orientation))
  return { grid: gridOf(source), name: asked.to === 'reference' ? path : 'the brain mask' }
}

const sizesOf = (grid: Grid) =>
  `${grid.shape.join(' × ')} voxels of ${voxelSizes(grid.affine)
    .map((size) => Number(size.toFixed(3)))
    .join(' × ')} mm`

function inWords(grids: readonly Grid[], moved: readonly boolean[], grid: Grid, name: string): string {
  const count = moved.filter(Boolean).length
  const target = `the grid of ${name} (${sizesOf(grid)})`
  if (count === 0) return `All images are on ${target} already; none was resampled.`
  const from = [...new Set(grids.filter((_, at) => moved[at]).map(sizesOf))]
  const which =
    count === grids.length
      ? count === 1
        ? 'The image was'
        : `All ${count} images were`
      : `${count} of ${grids.length} images were`
  return `${which} resampled to ${target}, from ${from.slice(0, 3).join('; ')}${from.length > 3 ? '; …' : ''}: linear interpolation of each volume by the affines. Neighbours without numbers do not count; beyond an image, and where they hold most of the weight, a voxel has no number.`
}

/** The volumes of `source`, which lie on `own`, on another grid. */
function resampledSource(source: VolumeSource, own: Grid, grid: Grid): VolumeSource {
  const resampler = new LinearResampler(own, grid)
  const { firstVolume, shape, affine, voxelMillimetres, dtype } = source
  type Pass = Parameters<VolumeSource['forEachVolume']>
  const through = (use: Pass[0], wanted: Pass[1]): Pass[0] => {
    const out = new Float32Array(gridSize(grid))
    return (values, index) => {
      resampler.apply(values, out, wanted)
      return use(out, index)
    }
  }
  return {
    ...source,
    shape: grid.shape,
    affine: grid.affine,
    voxelMillimetres: voxelSizes(grid.affine),
    // Beyond an image there is no number, whatever it is stored as.
    dtype: 'float32',
    stored: { shape, affine, voxelMillimetres, dtype },
    forEachVolume(use, wanted) {
      // A source that leaves voxels unread must not lend its zeros to their neighbours.
      if (wanted === undefined || source.readsOnlyWanted !== true) return source.forEachVolume(through(use, undefined))
      return source.forEachVolume(through(use, wanted), resampler.touched(wanted))
    },
    ...(firstVolume === undefined ? {} : { firstVolume: (use: Pass[0]) => firstVolume(through(use, undefined)) }),
  }
}

function differentGrids(other: VolumeSource, first: Grid, recipe: Recipe): FindingError {
  const reference = recipe.grid ?? recipe.voxels?.mask ?? recipe.images[0]!.path
  const problem: Problem = {
    code: 'LENGTH_MISMATCH',
    message: 'This image is on another grid than the first one.',
    where: other.path,
    expected: `${first.shape.join(' × ')} with the same affine`,
    fix: `Give images of one space, for example all realigned to one reference. If they show one space on different voxels, the recipe can have them resampled: "resampleImages": {"to": "reference", "path": "${reference}"}, or {"to": "brainMask"}.`,
  }
  const text = (target: string) => `Resample them linearly to ${target}; they must show one space already.`
  const offer = (answer: string, target: string, resampleImages: ResampleImages): Offer => ({
    ...{ question: 'imageGrid', answer, text: text(target) },
    change: (changed) => ({ ...changed, resampleImages }),
  })
  return new FindingError(problem, [
    offer('first-image', 'the grid of the first image', { to: 'reference', path: reference }),
    ...(typeof recipe.brainMask === 'string'
      ? [offer('brain-mask', 'the grid of the brain mask', { to: 'brainMask' })]
      : []),
  ])
}
