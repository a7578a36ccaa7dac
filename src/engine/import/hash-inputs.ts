/**
 * The files of an import by what is in them: their SHA-256 goes into the subject's provenance. So what is hashed must be what is read:
 * a file that changes or goes while the import reads stops it. And no image may count twice under two names.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Recipe } from '../../core/contract/recipe.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { openNifti } from './nifti-volumes.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'
import { filesOfRecipe, recipePath } from './recipe-file.ts'

export interface HashedInput {
  /** As the recipe writes it. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly absolute: string
  /** What tells, without reading it again, that the file is still the same. */
  readonly mark: string
}

/** Every file that is read as a whole. Throws ProblemError where one cannot be read; `breathe` may throw CANCELLED. */
export async function hashInputs(
  recipe: Recipe,
  folder: string,
  { breathe }: { breathe(): Promise<void> },
): Promise<HashedInput[]> {
  const out: HashedInput[] = []
  for (const name of await withImages(recipe, folder)) {
    // Files of a folder of pictures are hashed one by one as they are read.
    if (recipe.pictures?.from === 'folder' && name === recipe.pictures.path) continue
    const absolute = recipePath(folder, name)
    await sizeOfFile(absolute)
    const hash = createHash('sha256')
    let bytes = 0
    try {
      const mark = await markOf(absolute)
      for await (const chunk of createReadStream(absolute, { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Buffer)
        bytes += (chunk as Buffer).length
        await breathe()
      }
      out.push({ path: name, bytes, sha256: hash.digest('hex'), absolute, mark })
    } catch (error) {
      throw readProblem(absolute, error)
    }
  }
  return out
}

const isPair = /\.(hdr|img)(\.gz)?$/i

/** The files of a recipe, and beside each header of an image in two files the image itself. */
async function withImages(recipe: Recipe, folder: string): Promise<string[]> {
  const names = new Set<string>()
  for (const name of filesOfRecipe(recipe)) {
    names.add(name)
    if (isPair.test(name)) for (const own of await pairOf(name, folder)) names.add(own)
  }
  return [...names]
}

async function pairOf(name: string, folder: string): Promise<string[]> {
  const { imagePath, headerPath } = unwrap(await openNifti(recipePath(folder, name)))
  // As the recipe writes folders, with forward slashes.
  const stem = name.slice(0, name.length - basename(name).length)
  return [headerPath, imagePath].map((path) => stem + basename(path))
}

/** BAD_FILE where two images of the recipe hold the same bytes: trials would train and be tested at once. */
export function refuseCopies(recipe: Recipe, folder: string, inputs: readonly HashedInput[]): void {
  const hashes = new Map(inputs.map(({ absolute, sha256 }) => [absolute, sha256]))
  const first = new Map<string, string>()
  for (const { path, dataset = '' } of recipe.images) {
    const absolute = recipePath(folder, path)
    const header = isPair.test(path)
    // Headers of one grid are equal; the numbers are what counts.
    const own = header ? inputs.filter((input) => isBeside(input.absolute, absolute)) : []
    const key = `${header ? own.map(({ sha256 }) => sha256).join() : hashes.get(absolute)} ${dataset}`
    const other = first.get(key)
    if (other !== undefined)
      throw new ProblemError({
        code: 'BAD_FILE',
        message: `This image holds the same bytes as ${other}, so its trials could train and be tested at once.`,
        where: absolute,
        expected: 'an image of its own for each run',
        fix: 'Give the right file, or leave the copy out.',
      })
    first.set(key, path)
  }
}

function isBeside(path: string, other: string): boolean {
  const stem = (name: string) => join(dirname(name), basename(name).replace(isPair, ''))
  return isPair.test(path) && stem(path) === stem(other)
}

/** NOT_FOUND or BAD_FILE for the first file that is not there any more, or not as it was when it was hashed. */
export async function refuseChanged(inputs: readonly HashedInput[]): Promise<void> {
  for (const { absolute, mark } of inputs) {
    const now = await markOf(absolute).catch((error: unknown) => {
      throw readProblem(absolute, error)
    })
    if (now === mark) continue
    throw new ProblemError({
      code: 'BAD_FILE',
      message: 'This file changed while it was imported.',
      where: absolute,
      expected: 'files that stay as they are until the import is done',
      fix: 'Import again when nothing writes to it any more; nothing was kept of this attempt.',
    })
  }
}

async function markOf(path: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}
