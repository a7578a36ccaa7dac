/**
 * Turns a recipe and its files into a subject: volumes are streamed run by run, voxels without variance are left out, drift is
 * removed and trials are formed. Nothing is written here; the caller stores the result in one step, so an import that fails
 * or is cancelled leaves nothing behind.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Recipe } from '../../core/contract/recipe.ts'
import type { ImportedTrials } from '../../core/data/imported-trials.ts'
import { type PlannedSplit, planSplit } from '../../core/data/split.ts'
import { centreRun, meanOverSpans, type RunSeries, subtractMean } from '../../core/data/time-series.ts'
import { applyInStretches } from '../../core/data/trial-weights.ts'
import { failure, ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { flatIndex, type Grid, gridSize } from '../../core/volume/grid.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import { fileProblem } from '../project/file-problem.ts'
import { decisionsOf } from './decisions.ts'
import { type ImportedPictures, importPictures } from './pictures/import-pictures.ts'
import { filesOfRecipe, recipePath } from './recipe-file.ts'
import { type Survey, type SurveyedRun, surveyRecipe } from './survey.ts'
import { trialsToSplit } from './survey-targets.ts'

export interface ImportHooks {
  /** A named part begins or goes on; fraction in [0, 1]. */
  progress(part: string, fraction: number): void
  /** Throws CANCELLED when the user asked to stop. */
  breathe(): Promise<void>
}

export interface ImportedSubject {
  readonly trials: ImportedTrials
  /** Mean of all volumes on the whole grid, flat order: the picture behind a mask. */
  readonly meanVolume: Float32Array
  readonly constantVoxels: number
  /** null for data with labels. */
  readonly pictures: ImportedPictures | null
  readonly split: PlannedSplit
  /** 1 per label or picture that the split keeps for the test. */
  readonly shared: Uint8Array | null
  readonly survey: Pick<Survey, 'crop' | 'unmatched' | 'rows' | 'brain'>
  readonly inputs: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[]
  /** Every choice made on the way, in words, for the sidecar. */
  readonly decisions: readonly string[]
  readonly recipe: Recipe
}

export async function importSubject(
  recipe: Recipe,
  folder: string,
  hooks: ImportHooks,
): Promise<Result<ImportedSubject>> {
  try {
    hooks.progress('Check files', 0)
    const survey = unwrap(await surveyRecipe(recipe, folder))
    const [stop] = survey.stops
    if (stop !== undefined) throw new ProblemError(stop)
    const inputs = await hashInputs(recipe, folder, hooks)
    const pictures = await importPictures(recipe, survey.targets, hooks)
    const { split, shared } = splitTrials(survey, pictures)
    const raw = await readRuns(survey, hooks)
    const { index, constantVoxels } = voxelsWithVariance(survey, raw.mean, raw.square, raw.volumes)
    hooks.progress('Form trials', 0.95)
    const trials = keepVoxels(survey, raw, index, pictures)
    return success({
      trials,
      meanVolume: raw.meanVolume,
      ...{ constantVoxels, pictures, split, shared },
      survey: { crop: survey.crop, unmatched: survey.unmatched, rows: survey.rows, brain: survey.brain },
      inputs: [...inputs, ...(pictures?.inputs ?? [])],
      decisions: decisionsOf(survey, constantVoxels, pictures, split),
      recipe,
    })
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
}

async function hashInputs(recipe: Recipe, folder: string, hooks: ImportHooks): Promise<ImportedSubject['inputs']> {
  const out: { path: string; bytes: number; sha256: string }[] = []
  for (const name of filesOfRecipe(recipe)) {
    // Files of a folder of pictures are hashed one by one as they are read.
    if (recipe.pictures?.from === 'folder' && name === recipe.pictures.path) continue
    await hooks.breathe()
    const hash = createHash('sha256')
    let bytes = 0
    const path = recipePath(folder, name)
    try {
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk as Buffer)
        bytes += (chunk as Buffer).length
      }
    } catch (error) {
      throw fileProblem(error, path)
    }
    out.push({ path: name, bytes, sha256: hash.digest('hex') })
  }
  return out
}

interface RawTrials {
  /** Per run: spans × voxels inside the mask. */
  readonly perRun: readonly Float32Array[]
  readonly mean: Float64Array
  readonly square: Float64Array
  readonly volumes: number
  readonly meanVolume: Float32Array
}

/** Positions of the voxels inside the mask in a file's own order, x fastest. */
function filePositions(grid: Grid, inside: Int32Array): Int32Array {
  const [nx, ny, nz] = grid.shape
  const fileAt = new Int32Array(gridSize(grid))
  for (let x = 0; x < nx; x++)
    for (let y = 0; y < ny; y++)
      for (let z = 0; z < nz; z++) fileAt[flatIndex(grid.shape, x, y, z)] = x + nx * (y + ny * z)
  return Int32Array.from(inside, (at) => fileAt[at]!)
}

async function readRuns(survey: Survey, hooks: ImportHooks): Promise<RawTrials> {
  const { inside, recipe } = survey
  const voxels = inside.length
  const positions = filePositions(survey.grid, inside)
  const total = survey.images.reduce((sum, file) => sum + file.volumes, 0)
  const mean = new Float64Array(voxels)
  const square = new Float64Array(voxels)
  // In the file's order while volumes come in, because that is how they lie in memory.
  const meanInFileOrder = new Float32Array(gridSize(survey.grid))
  const perRun: Float32Array[] = []
  let seen = 0
  for (const [image, file] of survey.images.entries()) {
    const runs = survey.runs.filter((run) => run.image === image)
    let at = 0
    let values = new Float32Array(runs[0]!.volumes * voxels)
    unwrap(
      await file.forEachVolume(async (volume, number) => {
        const run = runs[at]!
        const row = number - run.start
        for (let v = 0; v < voxels; v++) {
          const value = volume[positions[v]!]!
          if (!Number.isFinite(value)) throw notFinite(survey, file.path, inside[v]!, number)
          values[row * voxels + v] = value
          // Welford's update, so that a large mean does not swallow a small variance.
          const difference = value - mean[v]!
          mean[v]! += difference / (seen + 1)
          square[v]! += difference * (value - mean[v]!)
        }
        for (let at = 0; at < meanInFileOrder.length; at++) {
          const value = volume[at]!
          if (Number.isFinite(value)) meanInFileOrder[at]! += value / total
        }
        seen++
        if (row === run.volumes - 1) {
          const series = { volumes: run.volumes, voxels, values }
          perRun.push(await formTrials(series, run, recipe, hooks))
          at++
          if (runs[at] !== undefined) values = new Float32Array(runs[at]!.volumes * voxels)
        }
        if (seen % 16 === 0) {
          hooks.progress('Read volumes', seen / total)
          await hooks.breathe()
        }
      }, positions),
    )
  }
  const meanVolume = fromFileOrder(meanInFileOrder, survey.grid.shape)
  return { perRun, mean, square, volumes: seen, meanVolume }
}

/** One run's trials: by weights where a filter, confounds or events are in play, else the mean of each span. */
async function formTrials(
  series: RunSeries,
  run: SurveyedRun,
  recipe: Recipe,
  hooks: ImportHooks,
): Promise<Float32Array> {
  if (run.weights !== null) {
    const trials = new Float32Array(run.weights.trials * series.voxels)
    for (const _ of applyInStretches(series, run.weights, trials)) await hooks.breathe()
    return trials
  }
  if (recipe.table.rows === 'volumes') centreRun(series, recipe.trials.detrend)
  else if (recipe.trials.centreRuns) subtractMean(series)
  return meanOverSpans(series, run.spans)
}

function notFinite(survey: Survey, path: string, voxel: number, volume: number): ProblemError {
  const [, ny, nz] = survey.grid.shape
  const place = [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz]
  return new ProblemError({
    code: 'NOT_FINITE',
    message: `Voxel (${place.join(', ')}) of volume ${volume + 1} is not a finite number.`,
    where: path,
    expected: 'finite numbers inside the brain mask',
    fix: 'Give a brain mask that leaves these voxels out, or repair the images.',
  })
}

function voxelsWithVariance(
  survey: Survey,
  mean: Float64Array,
  square: Float64Array,
  volumes: number,
): { index: Int32Array; constantVoxels: number } {
  const kept: number[] = []
  for (let v = 0; v < mean.length; v++)
    if (Math.sqrt(square[v]! / volumes) > 1e-6 * Math.max(1, Math.abs(mean[v]!))) kept.push(v)
  if (kept.length === 0) {
    throw new ProblemError({
      code: 'BAD_FILE',
      message: 'No voxel inside the mask changes over time.',
      where: survey.images[0]!.path,
      expected: 'a time series or betas with variance',
      fix: 'Check that the images are the preprocessed data.',
    })
  }
  return { index: Int32Array.from(kept), constantVoxels: mean.length - kept.length }
}

/** The split over pictures as they are, not as they are called: the same one under two names may have leaked past the survey. */
function splitTrials(survey: Survey, pictures: ImportedPictures | null) {
  const { targets, runs, recipe } = survey
  const named = trialsToSplit(runs, targets)
  if (pictures === null) return { split: unwrap(planSplit(recipe.split, named)), shared: named.shared }
  const { set, pictureOf } = pictures
  let shared: Uint8Array | null = null
  if (named.shared !== null) {
    shared = new Uint8Array(set.names.length)
    for (const [item, picture] of pictureOf.entries()) if (named.shared[item]) shared[picture] = 1
  }
  const item = named.item.map((own) => pictureOf[own]!)
  return { split: unwrap(planSplit(recipe.split, { ...named, item, itemNames: set.names, shared })), shared }
}

function keepVoxels(
  survey: Survey,
  raw: RawTrials,
  kept: Int32Array,
  pictures: ImportedPictures | null,
): ImportedTrials {
  const voxels = kept.length
  const wide = survey.inside.length
  const count = survey.runs.reduce((sum, run) => sum + run.spans.length, 0)
  const betas = new Float32Array(count * voxels)
  const label = new Int32Array(count)
  const run = new Int32Array(count)
  const session = new Int32Array(count)
  let trial = 0
  for (const [at, surveyed] of survey.runs.entries()) {
    const rows = raw.perRun[at]!
    for (const [row, span] of surveyed.spans.entries()) {
      for (let v = 0; v < voxels; v++) betas[trial * voxels + v] = rows[row * wide + kept[v]!]!
      const item = survey.targets.itemOf.get(span.label)!
      label[trial] = pictures === null ? item : pictures.pictureOf[item]!
      run[trial] = surveyed.run
      session[trial] = surveyed.session
      trial++
    }
  }
  const index = Int32Array.from(kept, (v) => survey.inside[v]!)
  return {
    name: `sub-${survey.recipe.subject}`,
    grid: survey.grid,
    index,
    betas,
    targets: survey.targets.targets,
    label,
    labels: pictures === null ? survey.labels : pictures.set.names,
    run,
    session,
    annotated: survey.annotated === null ? null : Uint8Array.from(index, (at) => survey.annotated![at]!),
    standardise: survey.recipe.standardise,
  }
}
