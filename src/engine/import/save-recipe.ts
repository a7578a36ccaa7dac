/** Recipes as files of their own: complete, with paths that lead from the new place to the same files. */
import { dirname, relative, resolve, sep } from 'node:path'
import type { Recipe } from '../../core/contract/recipe.ts'
import { writeNewText } from './new-text.ts'
import { withPaths } from './recipe-file.ts'

/** Writes the recipe, whose paths are relative to `folder`, to a new file and returns its absolute path. Problems as `writeNewText`. */
export async function saveRecipe(recipe: Recipe, folder: string, file: string): Promise<string> {
  const path = resolve(file)
  const moved = withPaths(recipe, (name) => relative(dirname(path), resolve(folder, name)).split(sep).join('/'))
  return writeNewText(file, `${JSON.stringify(moved, null, 2)}\n`, 'recipe')
}
