/**
 * A recipe names files by paths of its own, relative to its folder and free to lead upwards. What a client may read through
 * a recipe is still only what it may read at all: every file must lie below a root that is offered.
 */
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Place } from '../../core/contract/common.ts'
import type { Preview } from '../../core/contract/contract.ts'
import { type Recipe, type RecipeChanges, recipeSchema } from '../../core/contract/recipe.ts'
import { failure, type Result, success, unwrap } from '../../core/problem.ts'
import type { Places } from '../places.ts'
import { isBidsFolder, type MayRead } from './bids/dataset.ts'
import { type Proposal, proposeRecipe } from './bids/propose.ts'
import { findRecipe, previewWithAnswers } from './preview.ts'
import { isImageFile, proposeForImage } from './propose-for-image.ts'
import { filesOfRecipe, type RecipeFile, recipePath } from './recipe-file.ts'

/** The recipe at a place: a recipe file, or a folder that holds recipe.json, which may be no link that leads outside. */
async function findRecipeAt(place: Place, places: Places): Promise<Result<RecipeFile>> {
  const path = places.resolve(place)
  if (!path.ok) return path
  const inside = places.resolve({
    root: place.root,
    path: place.path === '' ? 'recipe.json' : `${place.path}/recipe.json`,
  })
  if (!inside.ok) return inside
  return findRecipe(path.value)
}

/** The absolute folder that paths of a recipe at this place are relative to. NOT_FOUND where nothing is there. */
export async function recipeFolderAt(place: Place, places: Places): Promise<Result<string>> {
  const path = places.resolve(place)
  if (!path.ok) return path
  try {
    return success((await stat(path.value)).isDirectory() ? path.value : dirname(path.value))
  } catch {
    return failure({
      code: 'NOT_FOUND',
      message: 'There is nothing at this path.',
      where: path.value,
      fix: 'Check the path.',
    })
  }
}

export interface PreviewRequest {
  readonly place: Place
  readonly recipe?: Recipe | undefined
  readonly changes?: RecipeChanges | undefined
  readonly answers?: Readonly<Record<string, string>> | undefined
}

/**
 * What an import would do: of the recipe given, else of the recipe at the place, else of the one proposed for a BIDS folder or for
 * an image. Throws ProblemError only where there is no recipe to speak of; everything else is among the preview's problems.
 */
export async function previewAt(
  { place, recipe, changes = {}, answers = {} }: PreviewRequest,
  places: Places,
): Promise<{ recipe: Recipe; preview: Preview }> {
  const folder = unwrap(await recipeFolderAt(place, places))
  const mayRead = (path: string) => places.locate(path).ok
  const proposal = recipe === undefined ? await proposalAt(place, places, folder, answers, mayRead) : null
  if (proposal !== null) {
    const proposed = unwrap(withChanges(proposal.recipe, changes))
    unwrap(checkRecipePlaces(proposed, folder, places))
    const found = await previewWithAnswers(proposed, folder, answers)
    const strange = unknownAnswers(answers, new Set([...proposal.questions, ...found.taken]))
    const problems = [...strange, ...proposal.problems, ...found.preview.problems]
    return {
      recipe: found.recipe,
      preview: { ...found.preview, problems: inOrder(problems), subjects: [...proposal.subjects] },
    }
  }
  const given = unwrap(withChanges(recipe ?? unwrap(await findRecipeAt(place, places)).recipe, changes))
  unwrap(checkRecipePlaces(given, folder, places))
  const found = await previewWithAnswers(given, folder, answers)
  const strange = unknownAnswers(answers, new Set(['subject', ...found.taken]))
  return { recipe: found.recipe, preview: { ...found.preview, problems: [...strange, ...found.preview.problems] } }
}

/** The recipe with a person's changes in it. BAD_RECIPE where they do not fit the rest. */
function withChanges(recipe: Recipe, changes: RecipeChanges): Result<Recipe> {
  const parsed = recipeSchema.safeParse({ ...recipe, ...changes })
  if (parsed.success) return success(parsed.data)
  const [first] = parsed.error.issues
  return failure({
    code: 'BAD_RECIPE',
    message: `The change does not fit the recipe: ${first!.message}.`,
    where: first!.path.join('.'),
    fix: 'Take the change back.',
  })
}

/** What is proposed where there is no recipe: for a BIDS dataset, or for an image with what lies beside it. */
async function proposalAt(
  place: Place,
  places: Places,
  folder: string,
  answers: Readonly<Record<string, string>>,
  mayRead: MayRead,
): Promise<Proposal | null> {
  const path = unwrap(places.resolve(place))
  if (path !== folder) return isImageFile(path) ? proposeForImage(path, answers, mayRead) : null
  return (await isProposed(place, places, folder, mayRead)) ? proposeRecipe(folder, answers, mayRead) : null
}

/** A folder without recipe.json that is a BIDS dataset. */
async function isProposed(place: Place, places: Places, folder: string, mayRead: MayRead): Promise<boolean> {
  const path = places.resolve(place)
  if (!path.ok || path.value !== folder) return false
  try {
    await stat(`${folder}/recipe.json`)
    return false
  } catch {
    return isBidsFolder(folder, mayRead)
  }
}

function inOrder(problems: Preview['problems']): Preview['problems'] {
  const rank = { stop: 0, question: 1, note: 2 }
  return problems.toSorted((a, b) => rank[a.level] - rank[b.level])
}

/** An answer that met no question would otherwise be lost without a word. */
function unknownAnswers(answers: Readonly<Record<string, string>>, met: ReadonlySet<string>): Preview['problems'] {
  return Object.entries(answers)
    .filter(([question]) => !met.has(question))
    .map(([question, answer]) => ({
      level: 'stop',
      problem: {
        code: 'BAD_PARAMETER',
        message: `Nothing here asks for ${question}=${answer}.`,
        fix: 'Take one of the choices that are shown.',
      },
    }))
}

/** NOT_ALLOWED names the first file of the recipe that lies outside every root, by its own path or through a link. */
export function checkRecipePlaces(recipe: Recipe, folder: string, places: Places): Result<null> {
  for (const path of [...filesOfRecipe(recipe), ...linkedPictures(recipe, folder)]) {
    const found = places.locate(recipePath(folder, path))
    if (!found.ok) return failure({ ...found.problem, where: path })
  }
  return success(null)
}

/** A folder of pictures may hold links, as data sets under version control do; each must lead to a place that may be read. */
function linkedPictures({ pictures }: Recipe, folder: string): string[] {
  if (pictures?.from !== 'folder') return []
  try {
    return readdirSync(recipePath(folder, pictures.path), { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => `${pictures.path}/${entry.name}`)
  } catch {
    // The survey says what is wrong with the folder.
    return []
  }
}
