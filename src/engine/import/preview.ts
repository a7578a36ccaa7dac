/** What an import would do, before anything is copied: what `--dry-run` prints and the wizard shows. */
import { stat } from 'node:fs/promises'
import type { Preview } from '../../core/contract/contract.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Problem, type Result } from '../../core/problem.ts'
import { axisCodes } from '../../core/volume/orientation.ts'
import { describeTrials } from './describe-trials.ts'
import { type Finding, note, type Offer } from './finding.ts'
import { settleOrientation } from './nifti-header.ts'
import { openNifti } from './nifti-volumes.ts'
import { outsideInWords } from './outside-voxels.ts'
import { describeCrop, describePairing, describeSplit, notesOf } from './preview-parts.ts'
import { type RecipeFile, readRecipe } from './recipe-file.ts'
import { type Survey, surveyRecipe, surveySizes } from './survey.ts'
import { trialStrip } from './trial-strip.ts'

/** The recipe at a path: a recipe file, or a folder that holds recipe.json. */
export async function findRecipe(path: string): Promise<Result<RecipeFile>> {
  try {
    const info = await stat(path)
    if (info.isDirectory()) {
      const recipe = `${path}/recipe.json`
      if (await exists(recipe)) return await readRecipe(recipe)
      return failure({
        code: 'NOT_FOUND',
        message: 'This folder holds no recipe.json and is not the root of a BIDS dataset.',
        where: path,
        expected: 'a recipe, or dataset_description.json and folders named sub-…',
        fix: 'Choose the root of the dataset, or write a recipe; docs/recipes.md shows one line by line.',
      })
    }
    if (path.toLowerCase().endsWith('.json')) return await readRecipe(path)
    return failure({
      code: 'BAD_RECIPE',
      message: 'This is not a recipe.',
      where: path,
      expected:
        'a recipe (.json), an image (.nii, .nii.gz, .hdr, .h5, .mat), or a folder that holds a recipe or a BIDS dataset',
      fix: 'Choose the image that the table belongs to, or write a recipe; docs/recipes.md shows one line by line.',
    })
  } catch {
    return failure({
      code: 'NOT_FOUND',
      message: 'There is nothing at this path.',
      where: path,
      fix: 'Check the path.',
    })
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}

function shown({ level, problem, offers = [] }: Finding): Preview['problems'][number] {
  const choices = offers.map(({ question, answer, text }) => ({ question, answer, text }))
  return choices.length === 0 ? { level, problem } : { level, problem, choices }
}

/** Thousands of pictures are counted, not listed. */
const mostLabels = 200

const nothing: Omit<Preview, 'subject' | 'problems'> = {
  images: [],
  grid: null,
  volumes: 0,
  trials: 0,
  perLabel: {},
  perRun: {},
  voxels: 0,
  constantVoxels: null,
  annotatedVoxels: null,
  folds: 0,
  memoryBytes: 0,
  diskBytes: 0,
}

/** Never fails: what is wrong is in `problems`, stops and questions first. */
export async function previewRecipe(recipe: Recipe, folder: string): Promise<Preview> {
  return (await previewWithAnswers(recipe, folder, {})).preview
}

export interface AnsweredPreview {
  /** The recipe with every answer in it that was asked for. */
  readonly recipe: Recipe
  readonly preview: Preview
  /** Answers that met their question. */
  readonly taken: ReadonlySet<string>
}

/** More rounds than anyone has answers; only a change that changes nothing in the end could go on for ever. */
const mostRounds = 100

/** Takes answers one after the other, looking again after each. Answers to questions that do not come up are not taken. */
export async function previewWithAnswers(
  recipe: Recipe,
  folder: string,
  answers: Readonly<Record<string, string>>,
): Promise<AnsweredPreview> {
  const taken = new Set<string>()
  let current = recipe
  for (let round = 0; ; round++) {
    const { findings, survey } = await look(current, folder)
    const before = JSON.stringify(current)
    const offer = findings
      .flatMap((finding) => finding.offers ?? [])
      .find(
        ({ question, answer, change }) => answers[question] === answer && JSON.stringify(change(current)) !== before,
      )
    if (offer !== undefined && round < mostRounds) {
      taken.add(offer.question)
      current = offer.change(current)
      continue
    }
    const preview = {
      subject: current.subject,
      ...(survey === null ? nothing : { ...describe(survey), pairing: await describePairing(survey) }),
      problems: findings.map(shown),
    }
    return { recipe: current, preview, taken }
  }
}

async function look(recipe: Recipe, folder: string): Promise<{ findings: readonly Finding[]; survey: Survey | null }> {
  const surveyed = await surveyRecipe(recipe, folder)
  if (surveyed.ok) {
    const { stops, notes } = surveyed.value
    const findings: Finding[] = stops.map((problem) => ({ level: 'stop', problem }))
    findings.push(...notes, ...notesOf(surveyed.value).map((problem) => note(problem)))
    findings.push(...outsideInWords(surveyed.value.outside, recipe.missingVoxels === 'leave-out'))
    return { findings, survey: surveyed.value }
  }
  const { problem, offers = await orientationOffers(surveyed.problem) } = surveyed
  // What can be decided here is a question; everything else has to be put right outside.
  return { findings: [{ level: offers.length > 0 ? 'question' : 'stop', problem, offers }], survey: null }
}

/** Each of sform and qform that would settle the file in question; none where both are missing, or none is usable. */
async function orientationOffers(problem: Problem): Promise<Offer[]> {
  if (problem.code !== 'ORIENTATION_UNSETTLED' || problem.where === undefined) return []
  const path = problem.where
  const opened = await openNifti(path)
  if (!opened.ok) return []
  return (['sform', 'qform'] as const)
    .filter((answer) => settleOrientation(opened.value.header, answer, path).ok)
    .map((answer) => ({
      question: 'orientation',
      answer,
      text: `Believe the ${answer}.`,
      change: (recipe) => ({ ...recipe, orientation: answer }),
    }))
}

function describe(survey: Survey): Omit<Preview, 'subject' | 'problems' | 'pairing'> {
  const perLabel: Record<string, number> = {}
  const perRun: Record<string, number> = {}
  for (const run of survey.runs) {
    perRun[run.session === 0 ? `${run.run}` : `${run.session}/${run.run}`] = run.spans.length
    if (survey.labels.length <= mostLabels)
      for (const span of run.spans) {
        const item = survey.targets.itemOf.get(span.label)
        const name = item === undefined ? span.label : survey.labels[item]!
        perLabel[name] = (perLabel[name] ?? 0) + 1
      }
  }
  const trials = survey.runs.reduce((sum, run) => sum + run.spans.length, 0)
  return {
    images: survey.images.map((file) => {
      const { voxelMillimetres, affine, dtype } = file.stored ?? file
      return {
        path: file.path,
        shape: [...file.sizes],
        voxelMillimetres: [...(voxelMillimetres ?? [])],
        orientation: affine === null ? '?' : axisCodes(affine).join(''),
        dtype,
      }
    }),
    grid: { shape: [...survey.grid.shape], affine: [...survey.grid.affine] },
    volumes: survey.images.reduce((sum, file) => sum + file.volumes, 0),
    trials,
    perLabel,
    perRun,
    voxels: survey.inside.length,
    constantVoxels: null,
    annotatedVoxels: survey.annotated?.reduce((sum, value) => sum + value, 0) ?? null,
    folds: survey.split?.folds.length ?? 0,
    ...(survey.split === null ? {} : { split: describeSplit(survey, survey.split) }),
    trialStrip: trialStrip(survey),
    crop: survey.crop === null ? null : describeCrop(survey.crop),
    brain: survey.brain,
    ...surveySizes(survey),
    steps: describeTrials(survey),
  }
}
