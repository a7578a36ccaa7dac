/**
 * A survey opens everything a recipe names and checks it against each other, without reading the images' numbers: shapes,
 * affines, the table's rows against the volumes, masks on the same grid, runs of the split. Preview and import both start here.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type TrialSpan, trialSpans } from '../../core/data/time-series.ts'
import type { TrialWeights } from '../../core/data/trial-weights.ts'
import { failure, ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { type Affine, flatIndex, type Grid, gridSize } from '../../core/volume/grid.ts'
import { checkRecipe } from './check-recipe.ts'
import { separatorOffers } from './events-table.ts'
import { type Finding, FindingError, grouped, note, type Offer } from './finding.ts'
import { openNiftiSource } from './nifti-source.ts'
import { recipePath } from './recipe-file.ts'
import { usesWeights } from './run-filter.ts'
import { readTextTable } from './table-text.ts'
import { readTrialTable, type TableRow } from './trial-table.ts'
import { openVolumeSource, readFirstVolume, type VolumeSource } from './volume-source.ts'
import { layEventRuns, weighRuns } from './weighted-runs.ts'

/** Consecutive volumes of one run, and where they are: volume `start` of series `image` and the following ones. */
export interface SurveyedRun {
  readonly run: number
  readonly session: number
  readonly image: number
  readonly start: number
  readonly volumes: number
  readonly spans: readonly TrialSpan[]
  /** Trials as sums of volumes, one row per span; null for plain means of spans. */
  readonly weights: TrialWeights | null
  /** Seconds from volume to volume, where they matter. */
  readonly repetitionSeconds: number | null
}

export interface Survey {
  readonly recipe: Recipe
  readonly images: readonly VolumeSource[]
  readonly grid: Grid
  readonly runs: readonly SurveyedRun[]
  /** Sorted names of the labels that have trials. */
  readonly labels: readonly string[]
  /** Flat grid indices inside the brain mask (all voxels without one), ascending. */
  readonly inside: Int32Array
  /** 0/1 per voxel of the grid, or null. */
  readonly annotated: Uint8Array | null
  readonly notes: readonly Finding[]
}

/** Affines count as equal if no voxel moves by more than this many millimetres. */
const affineTolerance = 1e-3

function sameGrid(a: Grid, shape: readonly number[], affine: Affine): boolean {
  return (
    a.shape.every((size, axis) => size === shape[axis]) &&
    a.affine.every((number, at) => Math.abs(number - affine[at]!) <= affineTolerance * (at % 4 === 3 ? 10 : 1))
  )
}

/** Values of a 3D file (or the first volume of a 4D one) in flat order, z fastest. */
async function readVolumeOn(
  grid: Grid,
  path: string,
  orientation: Recipe['orientation'],
  what: string,
): Promise<Float32Array> {
  const source = unwrap(await openNiftiSource(path, orientation))
  if (source.affine === null || !sameGrid(grid, source.shape, source.affine)) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `The ${what} is on another grid than the images (${source.shape.join(' × ')} against ${grid.shape.join(' × ')}, or another affine).`,
      where: path,
      expected: 'the same shape and affine as the images',
      fix: `Resample the ${what} to the images with nearest neighbour, or choose the right file.`,
    })
  }
  const out = new Float32Array(gridSize(grid))
  toFlatOrder(unwrap(await readFirstVolume(source)), grid.shape, out)
  return out
}

/** x-fastest values of a file into our order, z fastest. */
export function toFlatOrder(values: Float32Array, shape: Grid['shape'], out: Float32Array): void {
  const [nx, ny, nz] = shape
  let at = 0
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) out[flatIndex(shape, x, y, z)] = values[at++]!
}

async function openImages(recipe: Recipe, folder: string): Promise<{ images: VolumeSource[]; grid: Grid }> {
  const images: VolumeSource[] = []
  let grid: Grid | null = null
  for (const entry of recipe.images) {
    const source = unwrap(await openVolumeSource(entry, recipe, folder))
    const { affine, shape, path } = source
    if (affine === null)
      throw new ProblemError({
        code: 'ORIENTATION_UNSETTLED',
        message: 'This file does not say where its voxels are.',
        where: path,
        expected: 'an affine',
        fix: 'Name a NIfTI file on the same voxels in "grid" of the recipe.',
      })
    if (grid === null) grid = { shape, affine }
    else if (!sameGrid(grid, shape, affine)) {
      throw new ProblemError({
        code: 'LENGTH_MISMATCH',
        message: 'This image is on another grid than the first one.',
        where: path,
        expected: `${grid.shape.join(' × ')} with the same affine`,
        fix: 'Give images of one space, for example all realigned to one reference.',
      })
    }
    images.push(source)
  }
  return { images, grid: grid! }
}

/** Cuts the table into runs and lays them over the volumes of the images, in order. */
function layRuns(
  recipe: Recipe,
  images: readonly VolumeSource[],
  rows: readonly TableRow[],
  tablePath: string,
): SurveyedRun[] {
  const total = images.reduce((sum, file) => sum + file.volumes, 0)
  if (rows.length !== total) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `The table has ${rows.length} rows, the images have ${total} volumes.`,
      where: tablePath,
      expected: `one row per volume (${total})`,
      fix: 'Choose the table that belongs to these images; look for a missing run or a header line read as a row.',
    })
  }
  const ignore = new Set(recipe.table.ignoreLabels)
  const from = recipe.table.rows === 'trials' || recipe.trials.from !== 'blocks' ? 'volumes' : 'blocks'
  const delay = recipe.table.rows === 'trials' ? 0 : recipe.trials.delayVolumes
  const runs: SurveyedRun[] = []
  let row = 0
  for (const [image, file] of images.entries()) {
    const given = recipe.images[image]!
    let start = 0
    while (start < file.volumes) {
      const of = (at: number) => ({
        run: given.run ?? rows[row + at]!.run,
        session: given.session ?? rows[row + at]!.session,
      })
      const { run, session } = of(start)
      let end = start
      while (end < file.volumes && of(end).run === run && of(end).session === session) end++
      const labels = rows.slice(row + start, row + end).map((entry) => entry.label)
      if (runs.some((other) => other.run === run && other.session === session)) {
        throw new ProblemError({
          code: 'BAD_TABLE',
          message: `Run ${run} of session ${session} appears in two separate places.`,
          where: tablePath,
          expected: 'all volumes of a run together',
          fix: 'Give every run its own number.',
        })
      }
      const spans = trialSpans(labels, ignore, from, delay)
      runs.push({ run, session, image, start, volumes: end - start, spans, weights: null, repetitionSeconds: null })
      start = end
    }
    row += file.volumes
  }
  return runs
}

/** Rows of the one table, or of the images' own tables one after the other. */
async function readRows(recipe: Recipe, images: readonly VolumeSource[], folder: string): Promise<TableRow[]> {
  const { table } = recipe
  const read = async (path: string) => {
    const rows = await readTrialTable(path, table)
    if (rows.ok) return rows.value
    // Where the columns are only parted by something else, that is offered.
    if (!table.header || rows.problem.code !== 'BAD_TABLE') throw new ProblemError(rows.problem)
    const { text } = await readTextTable(path, table.separator, true, 'table')
    const wanted = [table.columns.label, table.columns.run, table.columns.session].filter((name) => name !== undefined)
    throw new FindingError(rows.problem, separatorOffers(text, table, wanted))
  }
  if (table.path !== undefined) return read(recipePath(folder, table.path))
  const all: TableRow[] = []
  for (const [at, { volumes, path: image }] of images.entries()) {
    const path = recipePath(folder, recipe.images[at]!.table!)
    const rows = await read(path)
    if (rows.length !== volumes)
      throw new ProblemError({
        code: 'LENGTH_MISMATCH',
        message: `The table has ${rows.length} rows, its image has ${volumes} volumes.`,
        where: path,
        expected: `one row per volume of ${image}`,
        fix: 'Choose the table that belongs to this image.',
      })
    all.push(...rows)
  }
  return all
}

/** The images cut into runs, each with its trials. */
async function layAllRuns(recipe: Recipe, images: readonly VolumeSource[], folder: string) {
  const timed = images.map(({ path, volumes, repetitionSeconds = null }) => ({ path, volumes, repetitionSeconds }))
  if (recipe.table.rows === 'events') return layEventRuns(recipe, timed, folder)
  const rows = await readRows(recipe, images, folder)
  const runs = layRuns(recipe, images, rows, recipePath(folder, recipe.table.path ?? recipe.images[0]!.table!))
  return usesWeights(recipe) ? weighRuns(recipe, timed, runs, folder) : { runs, notes: [] }
}

/** A failure may come with ways out of it. */
export type SurveyResult = Result<Survey> & { readonly offers?: readonly Offer[] }

export async function surveyRecipe(recipe: Recipe, folder: string): Promise<SurveyResult> {
  try {
    checkRecipe(recipe, folder)
    const { images, grid } = await openImages(recipe, folder)
    const tablePath = recipePath(folder, recipe.table.path ?? recipe.images[0]!.table!)
    const { runs, notes } = await layAllRuns(recipe, images, folder)
    const labels = [...new Set(runs.flatMap((run) => run.spans.map((span) => span.label)))].sort()
    if (labels.length < 2) {
      throw new ProblemError({
        code: 'BAD_TABLE',
        message: labels.length === 0 ? 'No trial is left.' : `All trials have the label "${labels[0]}".`,
        where: tablePath,
        expected: 'trials of at least two labels',
        fix: 'Check "ignoreLabels" and the label column.',
      })
    }
    if (recipe.split.rule === 'runs') {
      const missing = recipe.split.test.filter((run) => !runs.some((other) => other.run === run))
      if (missing.length > 0)
        throw new ProblemError({
          code: 'BAD_RECIPE',
          message: `Run ${missing.join(', ')} is to be held out but is not in the table.`,
          where: tablePath,
          expected: `runs ${runs.map((run) => run.run).join(', ')}`,
        })
    }
    const heldOut = recipe.split.rule === 'runs' ? new Set(recipe.split.test) : null
    if (new Set(runs.map((run) => run.run)).size < 2 || runs.every((run) => heldOut?.has(run.run))) {
      throw new ProblemError({
        code: 'BAD_RECIPE',
        message: 'Holding runs out leaves no run to train on.',
        where: tablePath,
        expected: 'at least two runs, one of them for training',
      })
    }

    const brain = await readBrainMasks(recipe, grid, folder)
    const inside = voxelsInside(gridSize(grid), brain)
    if (inside.length === 0)
      throw new ProblemError({
        code: 'BAD_FILE',
        message: 'The brain mask is empty.',
        where: recipePath(folder, recipe.brainMask ?? recipe.images[0]!.brainMask!),
        fix: 'Choose a mask with voxels above 0; where there are several, they must overlap.',
      })

    let annotated: Uint8Array | null = null
    if (recipe.annotatedRoi !== null) {
      const { path, labels: wanted } = recipe.annotatedRoi
      const values = await readVolumeOn(grid, recipePath(folder, path), recipe.orientation, 'annotated ROI')
      annotated = Uint8Array.from(values, (value) =>
        wanted === undefined ? (value > 0 ? 1 : 0) : wanted.includes(Math.round(value)) ? 1 : 0,
      )
      if (!annotated.includes(1))
        throw new ProblemError({
          code: 'BAD_FILE',
          message: 'The annotated ROI is empty.',
          where: recipePath(folder, path),
          fix: 'Choose another file or other labels.',
        })
    }
    return success({
      recipe,
      images,
      grid,
      runs,
      labels,
      inside,
      annotated,
      notes: [...grouped(notes), ...noteUnevenRuns(runs, labels)],
    })
  } catch (error) {
    if (error instanceof FindingError) return { ...failure<Survey>(error.problem), offers: error.offers }
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
}

/** The brain mask and those of single images as one: above 0 where all of them are; null where there is none. */
async function readBrainMasks(recipe: Recipe, grid: Grid, folder: string): Promise<Float32Array | null> {
  const paths = new Set([recipe.brainMask, ...recipe.images.map((image) => image.brainMask ?? null)])
  let all: Float32Array | null = null
  for (const path of paths) {
    if (path === null) continue
    const mask = await readVolumeOn(grid, recipePath(folder, path), recipe.orientation, 'brain mask')
    if (all === null) all = mask
    else for (const [at, value] of mask.entries()) if (!(value > 0)) all[at] = 0
  }
  return all
}

/** Flat indices where the brain mask is above 0, or all without one, ascending. */
function voxelsInside(size: number, brain: Float32Array | null): Int32Array {
  const all = new Int32Array(size)
  let count = 0
  for (let at = 0; at < size; at++) if (brain === null || brain[at]! > 0) all[count++] = at
  return count === size ? all : all.slice(0, count)
}

/** A label missing from a run is no error, but a reader of the accuracy should know. */
function noteUnevenRuns(runs: readonly SurveyedRun[], labels: readonly string[]): Finding[] {
  const uneven = runs.filter((run) => labels.some((label) => !run.spans.some((span) => span.label === label)))
  if (uneven.length === 0) return []
  return [
    note({
      code: 'BAD_TABLE',
      message: `Some labels do not occur in every run, first in run ${uneven[0]!.run}.`,
      count: uneven.length,
      fix: 'Read accuracies per label; no action is needed.',
    }),
  ]
}

/** Bytes that the imported betas take, and the working memory of the largest run. */
export function surveySizes(survey: Survey): { diskBytes: number; memoryBytes: number } {
  const trials = survey.runs.reduce((sum, run) => sum + run.spans.length, 0)
  const longest = Math.max(...survey.runs.map((run) => run.volumes))
  const voxels = survey.inside.length
  return {
    diskBytes: trials * voxels * 4 + gridSize(survey.grid) * 8,
    memoryBytes: (trials + longest) * voxels * 4 + gridSize(survey.grid) * 16,
  }
}
