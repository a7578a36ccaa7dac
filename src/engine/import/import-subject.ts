/**
 * Turns a recipe and its files into a subject: files are checked against each other, hashed, and read as trials. Nothing is written here; the caller stores the result in one step, so an import that fails
 * or is cancelled leaves nothing behind.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import type { ImportedTrials } from '../../core/data/imported-trials.ts'
import { type PlannedSplit, planSplit } from '../../core/data/split.ts'
import { failure, ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { decisionsOf } from './decisions.ts'
import { hashInputs, refuseChanged, refuseCopies } from './hash-inputs.ts'
import { type ImportedPictures, importPictures } from './pictures/import-pictures.ts'
import { type ReadTrials, readTrials } from './read-trials.ts'
import { type Survey, surveyRecipe } from './survey.ts'
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
  /** Voxels without a number in any volume, left out as lying outside; always 0 with a brain mask. */
  readonly outsideVoxels: number
  /** Voxels without a number in some volume, left out as the recipe says; 0 where it does not. */
  readonly missingVoxels: number
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
    const files = await hashInputs(recipe, folder, hooks)
    refuseCopies(recipe, folder, files)
    const pictures = await importPictures(recipe, survey.targets, hooks)
    const { split, shared } = splitTrials(survey, pictures)
    const read = await readTrials(survey, hooks)
    await refuseChanged(files)
    const { meanVolume, constantVoxels, outsideVoxels, missingVoxels } = read
    const inputs = files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
    return success({
      trials: trialsOf(survey, read, pictures),
      ...{ meanVolume, constantVoxels, outsideVoxels, missingVoxels, pictures, split, shared },
      survey: { crop: survey.crop, unmatched: survey.unmatched, rows: survey.rows, brain: survey.brain },
      inputs: [...inputs, ...(pictures?.inputs ?? [])],
      decisions: decisionsOf(survey, read, pictures, split),
      recipe,
    })
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
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

/** What was read as the subject's trials. */
function trialsOf(survey: Survey, { betas, kept }: ReadTrials, pictures: ImportedPictures | null): ImportedTrials {
  const trials = survey.runs.flatMap(({ run, session, spans }) => spans.map(({ label }) => ({ run, session, label })))
  const item = trials.map(({ label }) => survey.targets.itemOf.get(label)!)
  const index = Int32Array.from(kept, (v) => survey.inside[v]!)
  return {
    name: `sub-${survey.recipe.subject}`,
    grid: survey.grid,
    index,
    betas,
    targets: survey.targets.targets,
    label: Int32Array.from(item, (own) => (pictures === null ? own : pictures.pictureOf[own]!)),
    labels: pictures === null ? survey.labels : pictures.set.names,
    run: Int32Array.from(trials, ({ run }) => run),
    session: Int32Array.from(trials, ({ session }) => session),
    annotated: survey.annotated === null ? null : Uint8Array.from(index, (at) => survey.annotated![at]!),
    standardise: survey.recipe.standardise,
  }
}
