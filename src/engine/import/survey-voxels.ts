/**
 * Which voxels an import looks at: those of the brain mask (a file, or the bright part of the mean volume), less what lies outside
 * the crop. The grid stays that of the images, so a mask found later is on it too.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import type { Box } from '../../core/volume/crop.ts'
import { boxCoverage, boxOfRule, insideBox } from '../../core/volume/crop-rule.ts'
import { flatIndex, type Grid, gridSize } from '../../core/volume/grid.ts'
import { otsuMask } from '../../core/volume/otsu.ts'
import { resampleNearest } from '../../core/volume/resample.ts'
import { FindingError, type Offer } from './finding.ts'
import { openNiftiSource } from './nifti-source.ts'
import { type SurveyedOutside, surveyOutside } from './outside-voxels.ts'
import { recipePath } from './recipe-file.ts'
import { sameGrid } from './same-grid.ts'
import { readFirstVolume, type VolumeSource } from './volume-source.ts'

export interface SurveyedVoxels {
  /** Flat grid indices inside the brain mask (all voxels without one) and the crop, ascending. */
  readonly inside: Int32Array
  /** 0/1 per voxel of the grid, or null. */
  readonly annotated: Uint8Array | null
  readonly brain: { readonly voxels: number; readonly from: string }
  /** Whether a brain mask says what lies outside the brain; else voxels without any number do. */
  readonly isMasked: boolean
  /** Whether the recipe had images read on another grid than their own. */
  readonly isResampled: boolean
  readonly outside: SurveyedOutside | null
  readonly crop: {
    readonly box: Box
    readonly brainCoverage: number | null
    readonly annotatedCoverage: number | null
  } | null
  /** What was read on another grid than its own, in words. */
  readonly resampled: readonly string[]
}

/** Values of a 3D file (or the first volume of a 4D one) in flat order, z fastest. */
async function readVolumeOn(
  grid: Grid,
  path: string,
  orientation: Recipe['orientation'],
  what: string,
  resample: Recipe['resampleMasks'],
  isBrainMask = false,
): Promise<{ values: Float32Array; resampled: boolean }> {
  const source = unwrap(await openNiftiSource(path, orientation))
  const { shape, affine } = source
  const isSame = affine !== null && sameGrid(grid, shape, affine)
  if (!isSame && (resample === undefined || affine === null)) {
    const problem: Problem = {
      code: 'LENGTH_MISMATCH',
      message: `The ${what} is on another grid than the images (${shape.join(' × ')} against ${grid.shape.join(' × ')}, or another affine).`,
      where: path,
      expected: 'the same shape and affine as the images',
      fix: `Choose the right file, or let the recipe read it on the images' grid by nearest neighbour ("resampleMasks": "nearest")${isBrainMask ? ', or the images on its grid ("resampleImages": {"to": "brainMask"})' : ''}.`,
    }
    throw new FindingError(problem, affine === null ? [] : gridOffers(what, isBrainMask))
  }
  const out = new Float32Array(shape[0] * shape[1] * shape[2])
  toFlatOrder(unwrap(await readFirstVolume(source)), shape, out)
  return isSame || affine === null
    ? { values: out, resampled: false }
    : { values: resampleNearest(out, { shape, affine }, grid), resampled: true }
}

/** Ways out where a mask and the images lie on different grids. */
function gridOffers(what: string, isBrainMask: boolean): Offer[] {
  const mask: Offer = {
    question: 'maskGrid',
    answer: 'mask',
    text: `Read the ${what} on the grid of the images, by nearest neighbour; they must show one space already.`,
    change: (recipe) => ({ ...recipe, resampleMasks: 'nearest' }),
  }
  const images: Offer = {
    question: 'maskGrid',
    answer: 'images',
    text: 'Resample the images linearly to the grid of the brain mask; they must show one space already.',
    change: (recipe) => ({ ...recipe, resampleImages: { to: 'brainMask' } }),
  }
  return isBrainMask ? [mask, images] : [mask]
}

/** x-fastest values of a file into our order, z fastest. */
export function toFlatOrder(values: Float32Array, shape: Grid['shape'], out: Float32Array): void {
  const [nx, ny, nz] = shape
  let at = 0
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) out[flatIndex(shape, x, y, z)] = values[at++]!
}

export async function surveyVoxels(
  recipe: Recipe,
  folder: string,
  images: readonly VolumeSource[],
  grid: Grid,
): Promise<SurveyedVoxels> {
  const resampled: string[] = []
  const read = async (path: string, what: string) => {
    const file = recipePath(folder, path)
    const isBrainMask = path === recipe.brainMask
    const found = await readVolumeOn(grid, file, recipe.orientation, what, recipe.resampleMasks, isBrainMask)
    if (found.resampled) resampled.push(`The ${what} was read on the grid of the images by nearest neighbour.`)
    return found.values
  }
  const own = await brainMask(recipe, images, grid, read)
  const { mask: brain, from } = await withMasksOfImages(own, recipe, read)
  const annotated = await annotatedRoi(recipe, folder, read)
  const box = unwrap(boxOfRule(recipe.crop, grid, brain))
  const inBox = box === null ? null : insideBox(grid, box)
  const inside = voxelsWhere(
    gridSize(grid),
    (at) => (brain === null || brain[at] === 1) && (inBox === null || inBox[at] === 1),
  )
  if (inside.length === 0)
    throw new ProblemError({
      code: 'BAD_FILE',
      message: box === null ? 'The brain mask is empty.' : 'No voxel of the brain lies in the crop.',
      where: typeof recipe.brainMask === 'string' ? recipePath(folder, recipe.brainMask) : 'crop',
      fix:
        box === null
          ? 'Choose a mask with voxels above 0; where there are several, they must overlap.'
          : 'Move the box, or leave the crop out.',
    })
  const crop =
    box === null || inBox === null
      ? null
      : {
          box,
          brainCoverage: brain === null ? null : boxCoverage(brain, inBox),
          annotatedCoverage: annotated === null ? null : boxCoverage(annotated, inBox),
        }
  const voxels = brain === null ? gridSize(grid) : brain.reduce((sum, value) => sum + value, 0)
  const isMasked = brain !== null
  const isResampled = recipe.resampleImages !== undefined
  const looked = { grid, isMasked, isResampled }
  const outside = await surveyOutside(images, inside, looked, recipe.missingVoxels === 'leave-out')
  return { inside, annotated, brain: { voxels, from }, isMasked, isResampled, outside, crop, resampled }
}

/** Values of the annotated ROI's file on the grid, rounded to labels, flat order. Throws the file's Problem. */
export async function readAnnotatedFile(recipe: Recipe, folder: string, grid: Grid): Promise<Int32Array> {
  const path = recipePath(folder, recipe.annotatedRoi!.path)
  const { values } = await readVolumeOn(grid, path, recipe.orientation, 'annotated ROI', recipe.resampleMasks)
  return Int32Array.from(values, Math.round)
}

type ReadVolume = (path: string, what: string) => Promise<Float32Array>

async function brainMask(
  { brainMask: given, table }: Recipe,
  images: readonly VolumeSource[],
  grid: Grid,
  read: ReadVolume,
): Promise<{ mask: Uint8Array | null; from: string }> {
  if (given === null) return { mask: null, from: 'no mask: the whole grid' }
  if (typeof given === 'string')
    return { mask: Uint8Array.from(await read(given, 'brain mask'), (value) => (value > 0 ? 1 : 0)), from: given }
  if (table.rows === 'trials')
    throw new ProblemError({
      code: 'BAD_RECIPE',
      message: 'A brain mask cannot be made from betas: their mean does not show the brain.',
      where: 'brainMask',
      expected: 'a mask file, or time series',
      fix: 'Name a mask file.',
    })
  const { mask, threshold } = unwrap(otsuMask(await meanVolume(images, grid), grid))
  return { mask, from: `mean volume above ${Number(threshold.toPrecision(6))} (Otsu), its largest piece` }
}

/** A voxel must lie in the masks of all images too. */
async function withMasksOfImages(
  own: { mask: Uint8Array | null; from: string },
  recipe: Recipe,
  read: ReadVolume,
): Promise<{ mask: Uint8Array | null; from: string }> {
  const paths = new Set(recipe.images.flatMap((image) => image.brainMask ?? []))
  let { mask } = own
  for (const path of paths) {
    const values = await read(path, 'brain mask')
    mask = Uint8Array.from(values, (value, at) => (value > 0 && (mask === null || mask[at] === 1) ? 1 : 0))
  }
  if (paths.size === 0) return own
  const count = paths.size === 1 ? 'the mask of the images' : `where ${paths.size} masks of the images overlap`
  return { mask, from: own.mask === null ? count : `${own.from}, ${count}` }
}

async function annotatedRoi(
  { annotatedRoi: roi }: Recipe,
  folder: string,
  read: ReadVolume,
): Promise<Uint8Array | null> {
  if (roi === null) return null
  const { path, labels } = roi
  const annotated = Uint8Array.from(await read(path, 'annotated ROI'), (value) =>
    labels === undefined ? (value > 0 ? 1 : 0) : labels.includes(Math.round(value)) ? 1 : 0,
  )
  if (annotated.includes(1)) return annotated
  throw new ProblemError({
    code: 'BAD_FILE',
    message: 'The annotated ROI is empty.',
    where: recipePath(folder, path),
    fix: 'Choose another file or other labels.',
  })
}

/** Mean of all volumes in flat order; what is not a finite number counts as 0. */
async function meanVolume(images: readonly VolumeSource[], grid: Grid): Promise<Float32Array> {
  const sum = new Float64Array(gridSize(grid))
  let volumes = 0
  for (const file of images)
    unwrap(
      await file.forEachVolume((values) => {
        volumes++
        for (let at = 0; at < sum.length; at++) if (Number.isFinite(values[at]!)) sum[at]! += values[at]!
      }),
    )
  const mean = Float32Array.from(sum, (value) => value / volumes)
  const out = new Float32Array(mean.length)
  toFlatOrder(mean, grid.shape, out)
  return out
}

function voxelsWhere(size: number, isInside: (at: number) => boolean): Int32Array {
  const all = new Int32Array(size)
  let count = 0
  for (let at = 0; at < size; at++) if (isInside(at)) all[count++] = at
  return count === size ? all : all.slice(0, count)
}
