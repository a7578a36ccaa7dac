/**
 * From the volumes of a survey to trials × voxels. Volumes are streamed run by run: one run's volumes are in memory at a time, and
 * trials go straight to their place in the one array that the subject keeps. Voxels without variance are taken out of that array in
 * place, so that a whole brain is never in memory twice.
 *
 * Without a brain mask, images may say by NaN what lies outside the brain (contrasts of SPM do): a voxel without a number in any
 * volume lies outside. A voxel with numbers in some volumes only is damage, with or without a mask, unless the recipe leaves it out.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { centreRun, meanOverSpans, type RunSeries, subtractMean } from '../../core/data/time-series.ts'
import { applyInStretches } from '../../core/data/trial-weights.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { flatIndex, type Grid, gridSize } from '../../core/volume/grid.ts'
import { fromFileOrder } from '../../core/volume/nifti-order.ts'
import type { ImportHooks } from './import-subject.ts'
import { notFinite } from './outside-voxels.ts'
import type { Survey, SurveyedRun } from './survey.ts'

export interface ReadTrials {
  /** trials × kept voxels. */
  readonly betas: Float32Array
  /** Positions in the survey's `inside` of the voxels that vary, ascending. */
  readonly kept: Int32Array
  /** Voxels with numbers that never change. */
  readonly constantVoxels: number
  /** Voxels without a number in any volume. */
  readonly outsideVoxels: number
  /** Voxels that the recipe leaves out because some volume has no number there. */
  readonly missingVoxels: number
  /** Mean of all volumes on the whole grid, flat order; what is not a finite number counts as 0. */
  readonly meanVolume: Float32Array
}

/** Throws ProblemError: NOT_FINITE with voxel and volume, BAD_FILE where nothing varies, or what reading a file gives. */
export async function readTrials(survey: Survey, hooks: ImportHooks): Promise<ReadTrials> {
  const voxels = survey.inside.length
  const positions = filePositions(survey.grid, survey.inside)
  const total = survey.images.reduce((sum, file) => sum + file.volumes, 0)
  const count = survey.runs.reduce((sum, run) => sum + run.spans.length, 0)
  const betas = new Float32Array(count * voxels)
  const longest = new Float32Array(Math.max(...survey.runs.map((run) => run.volumes)) * voxels)
  const variance = new Variance(voxels)
  const leavesOut = survey.recipe.missingVoxels === 'leave-out'
  /** Volumes without a number, per voxel. */
  const without = new Uint32Array(voxels)
  // In the file's order while volumes come in, because that is how they lie in memory.
  const meanInFileOrder = new Float32Array(gridSize(survey.grid))
  let seen = 0
  let trial = 0
  for (const [image, file] of survey.images.entries()) {
    const runs = survey.runs.filter((run) => run.image === image)
    let at = 0
    unwrap(
      await file.forEachVolume(async (volume, number) => {
        const run = runs[at]!
        const row = number - run.start
        for (let v = 0; v < voxels; v++) {
          let value = volume[positions[v]!]!
          if (!Number.isFinite(value)) {
            if (!leavesOut && (survey.isMasked || without[v] !== seen))
              throw new ProblemError(notFinite(survey, file.path, survey.inside[v]!, number))
            without[v]!++
            value = 0
          } else if (without[v]! > 0 && !leavesOut) {
            const here = `volume ${number + 1} of ${file.path}`
            throw new ProblemError(notFinite(survey, survey.images[0]!.path, survey.inside[v]!, 0, here))
          }
          longest[row * voxels + v] = value
          variance.add(v, value, seen)
        }
        for (let at = 0; at < meanInFileOrder.length; at++) {
          const value = volume[at]!
          if (Number.isFinite(value)) meanInFileOrder[at]! += value / total
        }
        seen++
        if (row === run.volumes - 1) {
          const values = longest.subarray(0, run.volumes * voxels)
          const own = betas.subarray(trial * voxels, (trial + run.spans.length) * voxels)
          await formTrials({ volumes: run.volumes, voxels, values }, run, survey.recipe, own, hooks)
          trial += run.spans.length
          at++
        }
        if (seen % 16 === 0) {
          hooks.progress('Read volumes', seen / total)
          await hooks.breathe()
        }
      }, positions),
    )
  }
  hooks.progress('Form trials', 0.95)
  const kept = variance.varying(seen).filter((v) => without[v] === 0)
  const lacking = without.reduce((sum, volumes) => sum + (volumes > 0 ? 1 : 0), 0)
  if (kept.length === 0) throw nothingVaries(survey, lacking)
  const outsideVoxels = survey.isMasked ? 0 : without.reduce((sum, volumes) => sum + (volumes === seen ? 1 : 0), 0)
  return {
    betas: keepColumns(betas, voxels, kept),
    kept,
    constantVoxels: voxels - kept.length - lacking,
    outsideVoxels,
    missingVoxels: lacking - outsideVoxels,
    meanVolume: fromFileOrder(meanInFileOrder, survey.grid.shape),
  }
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

/** Variance over all volumes by Welford's update, so that a large mean does not swallow a small variance. */
class Variance {
  readonly #mean: Float64Array
  readonly #square: Float64Array

  constructor(voxels: number) {
    this.#mean = new Float64Array(voxels)
    this.#square = new Float64Array(voxels)
  }

  /** `before` is the number of values that this voxel has already. */
  add(voxel: number, value: number, before: number): void {
    const difference = value - this.#mean[voxel]!
    this.#mean[voxel]! += difference / (before + 1)
    this.#square[voxel]! += difference * (value - this.#mean[voxel]!)
  }

  varying(volumes: number): Int32Array {
    const kept: number[] = []
    for (let v = 0; v < this.#mean.length; v++)
      if (Math.sqrt(this.#square[v]! / volumes) > 1e-6 * Math.max(1, Math.abs(this.#mean[v]!))) kept.push(v)
    return Int32Array.from(kept)
  }
}

/** One run's trials into `out`: by weights where a filter, confounds or events are in play, else the mean of each span. */
async function formTrials(
  series: RunSeries,
  run: SurveyedRun,
  recipe: Recipe,
  out: Float32Array,
  hooks: ImportHooks,
): Promise<void> {
  if (run.weights !== null) {
    for (const _ of applyInStretches(series, run.weights, out)) await hooks.breathe()
    return
  }
  if (recipe.table.rows === 'volumes') centreRun(series, recipe.trials.detrend)
  else if (recipe.trials.centreRuns) subtractMean(series)
  meanOverSpans(series, run.spans, out)
}

/** The chosen columns, moved to the front of the same memory. */
function keepColumns(betas: Float32Array, columns: number, kept: Int32Array): Float32Array {
  if (kept.length === columns) return betas
  let next = 0
  for (let row = 0; row < betas.length; row += columns)
    for (let v = 0; v < kept.length; v++) betas[next++] = betas[row + kept[v]!]!
  return betas.subarray(0, next)
}

function nothingVaries(survey: Survey, lacking: number): ProblemError {
  const besides = lacking === 0 ? '' : ` ${lacking} of ${survey.inside.length} have no number in some volume.`
  return new ProblemError({
    code: 'BAD_FILE',
    message: `No voxel inside the mask changes over time.${besides}`,
    where: survey.images[0]!.path,
    expected: 'a time series or betas with variance',
    fix: 'Check that the images are the preprocessed data.',
  })
}
