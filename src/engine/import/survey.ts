/**
 * A survey opens everything a recipe names and checks it against each other, without reading the images' numbers (unless a brain
 * mask is to be made of them): shapes, affines, the table's rows against volumes and pictures, masks on the same grid, the crop, the
 * split. Preview and import { basename } from 'node:path'
import both start here.
 */
import { basename } from 'node:path'
import type { Pairing } from '../../core/contract/contract.ts'
import type { UnmatchedRow } from '../../core/contract/pairing.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import type { PlannedSplit } from '../../core/data/split.ts'
import { type TrialSpan, trialSpans } from '../../core/data/time-series.ts'
import type { TrialWeights } from '../../core/data/trial-weights.ts'
import { embeddedSide } from '../../core/embedding/resize.ts'
import { pixelFeatureCount } from '../../core/embedding/semantic-features.ts'
import { failure, type Problem, ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { type Grid, gridSize } from '../../core/volume/grid.ts'
import { checkRecipe } from './check-recipe.ts'
import { separatorOffers } from './events-table.ts'
import { type Finding, FindingError, grouped, note, type Offer } from './finding.ts'
import { type ImagesOnGrid, imagesOnOneGrid } from './image-grids.ts'
import { pairRows } from './pairing.ts'
import { recipePath } from './recipe-file.ts'
import { usesWeights } from './run-filter.ts'
import { type SurveyedTargets, splitSurvey, surveyTargets, targetOfRow, unmatchedPictures } from './survey-targets.ts'
import { type SurveyedVoxels, surveyVoxels } from './survey-voxels.ts'
import { isArrayTable } from './table-arrays.ts'
import { readTextTable } from './table-text.ts'
import { readTrialTable, type TableRow } from './trial-table.ts'
import { openVolumeSource, type VolumeSource } from './volume-source.ts'
import { readVoxelSpace } from './voxel-space.ts'
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

/** What a row without a trial is called; no cell of a table can hold it. */
const noTrial = '\u0000'

export interface Survey extends SurveyedVoxels {
  readonly recipe: Recipe
  readonly images: readonly VolumeSource[]
  readonly grid: Grid
  readonly runs: readonly SurveyedRun[]
  readonly targets: SurveyedTargets
  /** Names of the labels or pictures that trials show. */
  readonly labels: readonly string[]
  /** null where something stops it. */
  readonly split: PlannedSplit | null
  /** Rows of the table; of events, those that are trials. */
  readonly rows: number
  readonly unmatched: Pairing['unmatched']
  /** Everything that belongs to nothing, one by one. */
  readonly unmatchedRows: readonly UnmatchedRow[]
  /** What keeps the import from being done, though everything else could be looked at. */
  readonly stops: readonly Problem[]
  readonly notes: readonly Finding[]
}

async function openImages(recipe: Recipe, folder: string): Promise<ImagesOnGrid> {
  const sources: VolumeSource[] = []
  const space = unwrap(await readVoxelSpace(recipe, folder))
  for (const entry of recipe.images) sources.push(unwrap(await openVolumeSource(entry, recipe, folder, space)))
  return imagesOnOneGrid(sources, recipe, folder)
}

/** Cuts the rows into runs and lays them over the volumes of the images, in order. */
function layRuns(
  recipe: Recipe,
  images: readonly VolumeSource[],
  rows: readonly (TableRow | null)[],
  tablePath: string,
): SurveyedRun[] {
  const ignore = new Set([noTrial])
  const from = recipe.table.rows === 'trials' || recipe.trials.from !== 'blocks' ? 'volumes' : 'blocks'
  const delay = recipe.table.rows === 'trials' ? 0 : recipe.trials.delayVolumes
  const runs: SurveyedRun[] = []
  let row = 0
  for (const [image, file] of images.entries()) {
    const given = recipe.images[image]!
    const own = withNeighbours(rows.slice(row, row + file.volumes))
    let start = 0
    while (start < file.volumes) {
      const of = (at: number) => ({
        run: given.run ?? own[at]?.run ?? 0,
        session: given.session ?? own[at]?.session ?? 0,
      })
      const { run, session } = of(start)
      let end = start
      while (end < file.volumes && of(end).run === run && of(end).session === session) end++
      const labels = rows.slice(row + start, row + end).map((entry) => targetOfRow(recipe, entry) ?? noTrial)
      const same = runs.find((other) => other.run === run && other.session === session)
      if (same !== undefined && same.image !== image) throw twoFilesOfRun(images[same.image]!, file, run, session)
      if (same !== undefined) {
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

function twoFilesOfRun(first: VolumeSource, second: VolumeSource, run: number, session: number): ProblemError {
  return new ProblemError({
    code: 'BAD_TABLE',
    message: `Two images are run ${run}${session === 0 ? '' : ` of session ${session}`}: ${basename(first.path)} and ${basename(second.path)}.`,
    where: second.path,
    expected: 'all volumes of a run in one image',
    fix: 'Give each image its own run, in the table or in the recipe; if one is a copy, leave it out.',
  })
}

/** A volume without a row belongs to the run of the row before it, or of the first that follows. */
function withNeighbours(rows: readonly (TableRow | null)[]): (TableRow | null)[] {
  let last = rows.find((row) => row !== null) ?? null
  return rows.map((row) => {
    last = row ?? last
    return last
  })
}

/** Rows of the one table, or of the images' own tables one after the other. */
async function readRows(recipe: Recipe, images: readonly VolumeSource[], folder: string): Promise<TableRow[]> {
  const { table } = recipe
  const read = async (path: string) => {
    const rows = await readTrialTable(path, table)
    if (rows.ok) return rows.value
    // Where the columns are only parted by something else, that is offered.
    if (!table.header || rows.problem.code !== 'BAD_TABLE' || (await isArrayTable(path, table)))
      throw new ProblemError(rows.problem)
    const { text, header } = await readTextTable(path, table.separator, true, 'table')
    const wanted = [table.columns.label, table.columns.picture, table.columns.run, table.columns.session].filter(
      (name) => name !== undefined,
    )
    // Where all columns are there, another separator would not mend the row.
    const isApart = wanted.every((name) => typeof name === 'number' || header?.includes(name))
    throw new FindingError(rows.problem, isApart ? [] : separatorOffers(text, table, wanted))
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

/** The images cut into runs, each with its trials, and the rows that were laid over them. */
async function layAllRuns(recipe: Recipe, images: readonly VolumeSource[], folder: string, tablePath: string) {
  const timed = images.map(({ path, volumes, repetitionSeconds = null }) => ({ path, volumes, repetitionSeconds }))
  const none = { unmatched: [], unmatchedRows: [], problems: [] }
  if (recipe.table.rows === 'events') {
    const { runs, notes, leftOut } = await layEventRuns(recipe, timed, folder)
    return {
      runs,
      notes,
      paired: { ...none, rows: [], unmatchedRows: leftOut },
      count: runs.reduce((sum, run) => sum + run.spans.length, 0),
    }
  }
  const table = await readRows(recipe, images, folder)
  const volumes = images.reduce((sum, file) => sum + file.volumes, 0)
  const paired = pairRows(recipe, table, volumes, tablePath)
  const runs = layRuns(recipe, images, paired.rows, tablePath)
  const laid = usesWeights(recipe) ? await weighRuns(recipe, timed, runs, folder) : { runs, notes: [] }
  return { ...laid, paired, count: table.length }
}

/** A failure may come with ways out of it. */
export type SurveyResult = Result<Survey> & { readonly offers?: readonly Offer[] }

/** Opens and checks everything. What a person must see beside the rest is in `stops` and `notes`; what leaves no survey is the failure. */
export async function surveyRecipe(recipe: Recipe, folder: string): Promise<SurveyResult> {
  try {
    checkRecipe(recipe, folder)
    const { images, grid, resampled } = await openImages(recipe, folder)
    const tablePath = recipePath(folder, recipe.table.path ?? recipe.images[0]!.table!)
    const { runs, notes, paired, count } = await layAllRuns(recipe, images, folder, tablePath)
    const targets = await surveyTargets(recipe, folder, runs, paired.rows, tablePath)
    const stops: Problem[] = [...paired.problems, ...targets.problems]
    const split = targets.problems.length > 0 ? null : splitSurvey(recipe, runs, targets)
    if (split !== null && !split.ok) stops.push(split.problem)
    const voxels = await surveyVoxels(recipe, folder, images, grid)
    const uneven = targets.targets === 'labels' ? noteUnevenRuns(runs, targets.items) : []
    return success({
      ...{ recipe, images, grid, runs, targets },
      labels: targets.items,
      ...voxels,
      resampled: [...resampled, ...voxels.resampled],
      split: split?.ok ? split.value : null,
      rows: count,
      unmatched: [...paired.unmatched, ...targets.unmatched],
      unmatchedRows: [...paired.unmatchedRows, ...unmatchedPictures(targets, recipe, runs)],
      stops,
      notes: [...grouped(notes), ...uneven],
    })
  } catch (error) {
    if (error instanceof FindingError) return { ...failure<Survey>(error.problem), offers: error.offers }
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
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

/** A picture as it is kept, with what its embedding is made of. */
const bytesPerPicture = 3 * embeddedSide ** 2 + 4 * pixelFeatureCount

/** Bytes that the imported betas and pictures take, and the working memory of the largest run. */
export function surveySizes(survey: Survey): { diskBytes: number; memoryBytes: number } {
  const trials = survey.runs.reduce((sum, run) => sum + run.spans.length, 0)
  const longest = Math.max(...survey.runs.map((run) => run.volumes))
  const voxels = survey.inside.length
  const pictures = (survey.targets.source?.names.length ?? 0) * bytesPerPicture
  const stored = survey.images.map(({ stored: own }) =>
    own === undefined ? 0 : own.shape[0] * own.shape[1] * own.shape[2],
  )
  return {
    diskBytes: trials * voxels * 4 + gridSize(survey.grid) * 8 + pictures,
    memoryBytes: (trials + longest) * voxels * 4 + (gridSize(survey.grid) + Math.max(...stored)) * 16 + 2 * pictures,
  }
}
