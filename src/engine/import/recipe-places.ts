/**
 * A recipe names files by paths of its own, relative to its folder and free to lead upwards. What a client may read through
 * a recipe is still only what it may read at all: every file must lie below a root that is offered.
 */
import { readdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Place } from '../../core/contract/common.ts'
import type { Preview } from '../../core/contract/contract.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success, unwrap } from '../../core/problem.ts'
import type { Places } from '../places.ts'
import { isBidsFolder, type MayRead } from './bids/dataset.ts'
import { proposeRecipe } from './bids/propose.ts'
import { findRecipe, previewWithAnswers } from './preview.ts'
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
  readonly answers?: Readonly<Record<string, string>> | undefined
}

/**
 * What an import would do: of the recipe given, else of the recipe at the place, else of the one proposed for a BIDS folder.
 * Throws ProblemError only where there is no recipe to speak of; everything else is among the preview's problems.
 */
export async function previewAt(
  { place, recipe, answers = {} }: PreviewRequest,
  places: Places,
): Promise<{ recipe: Recipe; preview: Preview }> {
  const folder = unwrap(await recipeFolderAt(place, places))
  const mayRead = (path: string) => places.locate(path).ok
  if (recipe === undefined && (await isProposed(place, places, folder, mayRead))) {
    const proposal = await proposeRecipe(folder, answers, mayRead)
    unwrap(checkRecipePlaces(proposal.recipe, folder, places))
    const found = await previewWithAnswers(proposal.recipe, folder, answers)
    const strange = unknownAnswers(answers, new Set([...proposal.questions, ...found.taken]))
    const problems = [...strange, ...proposal.problems, ...found.preview.problems]
    return {
      recipe: found.recipe,
      preview: { ...found.preview, problems: inOrder(problems), subjects: [...proposal.subjects] },
    }
  }
  const given = recipe ?? unwrap(await findRecipeAt(place, places)).recipe
  unwrap(checkRecipePlaces(given, folder, places))
  const found = await previewWithAnswers(given, folder, answers)
  const strange = unknownAnswers(answers, new Set(['subject', ...found.taken]))
  return { recipe: found.recipe, preview: { ...found.preview, problems: [...strange, ...found.preview.problems] } }
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
