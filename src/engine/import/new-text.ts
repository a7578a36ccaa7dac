/** Text files that a person asked for, at a place of their choice. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { ProblemError } from '../../core/problem.ts'

/**
 * Writes a new text file, its folder too, and returns its absolute path. Nothing is overwritten: ALREADY_EXISTS; BAD_PARAMETER where
 * nothing can be written. `what` is the file's noun.
 */
export async function writeNewText(file: string, text: string, what: string): Promise<string> {
  const path = resolve(file)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { flag: 'wx' })
    return path
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new ProblemError({
      code: exists ? 'ALREADY_EXISTS' : 'BAD_PARAMETER',
      message: exists ? 'There is a file of this name already.' : `The ${what} cannot be written here.`,
      where: file,
      fix: 'Choose another name or folder.',
    })
  }
}
