/** Recipe files: read and checked as a whole before anything they name is opened; written with stable key order. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type PicturesFrom, type Recipe, recipeSchema } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'

/** A recipe that lists ten thousand images is far below. */
const largestRecipe = 2 ** 24

export interface RecipeFile {
  readonly recipe: Recipe
  /** Absolute folder that the recipe's paths are relative to. */
  readonly folder: string
}

export async function readRecipe(path: string): Promise<Result<RecipeFile>> {
  let text: string
  try {
    const size = await sizeOfFile(path)
    if (size > largestRecipe)
      return failure({
        code: 'TOO_LARGE',
        message: `The recipe has ${(size / 2 ** 20).toFixed(0)} MiB.`,
        where: path,
        expected: `at most ${largestRecipe / 2 ** 20} MiB`,
        fix: 'Choose a recipe; docs/recipes.md shows one line by line.',
      })
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    return failure(readProblem(path, error).problem)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return failure({
      code: 'BAD_RECIPE',
      message: `The recipe is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      where: path,
      expected: 'a recipe as described in docs/recipes.md',
      fix: 'Correct it in an editor that checks JSON, or save it anew from the window.',
    })
  }
  const parsed = recipeSchema.safeParse(value)
  if (!parsed.success) {
    const first = parsed.error.issues[0]!
    return failure({
      code: 'BAD_RECIPE',
      message: `${first.path.join('.') || 'The recipe'}: ${first.message}`,
      where: path,
      expected: 'a recipe as described in docs/recipes.md',
      fix: 'Correct this field of the recipe.',
      count: parsed.error.issues.length,
    })
  }
  return success({ recipe: parsed.data, folder: dirname(resolve(path)) })
}

/** Absolute path of a file that a recipe names. Recipes may point anywhere the user can read; they are the user's own files. */
export function recipePath(folder: string, path: string): string {
  return resolve(folder, path)
}

/** Every file that a recipe names, each once, as written there: images, tables, confounds, masks, and where the pictures are. */
export function filesOfRecipe(recipe: Recipe): string[] {
  const named = [
    ...recipe.images.map((image) => image.path),
    recipe.table.path,
    ...recipe.images.flatMap((image) => [image.table, image.confounds, image.brainMask]),
    typeof recipe.brainMask === 'string' ? recipe.brainMask : null,
    recipe.annotatedRoi?.path,
    recipe.pictures?.path,
    recipe.pictures?.from === 'hdf5' ? recipe.pictures.ids?.path : null,
    recipe.resampleImages?.to === 'reference' ? recipe.resampleImages.path : null,
    recipe.grid,
    recipe.voxels?.mask,
  ]
  return [...new Set(named.filter((path) => path !== null && path !== undefined))]
}

/** The same recipe with each of its paths changed by `change`. */
export function withPaths(recipe: Recipe, change: (path: string) => string): Recipe {
  const maybe = (path: string | undefined) => (path === undefined ? undefined : change(path))
  const { path: table, ...tableRest } = recipe.table
  return {
    ...recipe,
    images: recipe.images.map((image) => {
      const own = { table: maybe(image.table), confounds: maybe(image.confounds), brainMask: maybe(image.brainMask) }
      return { ...image, path: change(image.path), ...defined(own) }
    }),
    table: { ...tableRest, ...defined({ path: maybe(table) }) },
    ...defined({ grid: maybe(recipe.grid) }),
    ...(recipe.voxels === undefined ? {} : { voxels: { ...recipe.voxels, mask: change(recipe.voxels.mask) } }),
    brainMask: typeof recipe.brainMask === 'string' ? change(recipe.brainMask) : recipe.brainMask,
    annotatedRoi:
      recipe.annotatedRoi === null ? null : { ...recipe.annotatedRoi, path: change(recipe.annotatedRoi.path) },
    ...(recipe.pictures ? { pictures: picturesWithPaths(recipe.pictures, change) } : {}),
    ...(recipe.resampleImages?.to === 'reference'
      ? { resampleImages: { ...recipe.resampleImages, path: change(recipe.resampleImages.path) } }
      : {}),
  }
}

function picturesWithPaths(pictures: PicturesFrom, change: (path: string) => string): PicturesFrom {
  const path = change(pictures.path)
  if (pictures.from === 'folder' || pictures.ids === undefined) return { ...pictures, path }
  return { ...pictures, path, ids: { ...pictures.ids, path: change(pictures.ids.path) } }
}

function defined<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
  const out: { [K in keyof T]?: string } = {}
  for (const key in fields) if (fields[key] !== undefined) out[key] = fields[key]
  return out
}
