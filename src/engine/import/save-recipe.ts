/** Recipes as files of their own: complete, with paths that lead from the new place to the same files. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import type { Recipe } from '../../core/contract/recipe.ts'
import { ProblemError } from '../../core/problem.ts'
import { withPaths } from './recipe-file.ts'

/**
 * Writes the recipe, whose paths are relative to `folder`, to a new file and returns its absolute path. Nothing is overwritten:
 * ALREADY_EXISTS; BAD_PARAMETER where nothing can be written.
 */
export async function saveRecipe(recipe: Recipe, folder: string, file: string): Promise<string> {
  const path = resolve(file)
  const moved = withPaths(recipe, (name) => relative(dirname(path), resolve(folder, name)).split(sep).join('/'))
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${JSON.stringify(moved, null, 2)}\n`, { flag: 'wx' })
    return path
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new ProblemError({
      code: exists ? 'ALREADY_EXISTS' : 'BAD_PARAMETER',
      message: exists ? 'There is a file of this name already.' : 'The recipe cannot be written here.',
      where: file,
      fix: 'Choose another name or folder.',
    })
  }
}
