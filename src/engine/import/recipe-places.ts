/**
 * A recipe names files by paths of its own, relative to its folder and free to lead upwards. What a client may read through
 * a recipe is still only what it may read at all: every file must lie below a root that is offered.
 */
import type { Place } from '../../core/contract/common.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import type { Places } from '../places.ts'
import { findRecipe } from './preview.ts'
import { filesOfRecipe, type RecipeFile, recipePath } from './recipe-file.ts'

/** The recipe at a place: a recipe file, or a folder that holds recipe.json, which may be no link that leads outside. */
export async function findRecipeAt(place: Place, places: Places): Promise<Result<RecipeFile>> {
  const path = places.resolve(place)
  if (!path.ok) return path
  const inside = places.resolve({
    root: place.root,
    path: place.path === '' ? 'recipe.json' : `${place.path}/recipe.json`,
  })
  if (!inside.ok) return inside
  return findRecipe(path.value)
}

/** NOT_ALLOWED names the first file of the recipe that lies outside every root. */
export function checkRecipePlaces(recipe: Recipe, folder: string, places: Places): Result<null> {
  for (const path of filesOfRecipe(recipe)) {
    const found = places.locate(recipePath(folder, path))
    if (!found.ok) return failure({ ...found.problem, where: path })
  }
  return success(null)
}
