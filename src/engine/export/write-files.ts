/** Writing into folders that the user named: all files or none of them, and never over one with other content. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { z } from 'zod'
import type { exportSchema } from '../../core/contract/result.ts'
import { ProblemError } from '../../core/problem.ts'
import { writeAtomically } from '../project/atomic-file.ts'
import { fileProblem } from '../project/file-problem.ts'

export type Exported = z.infer<typeof exportSchema>

/**
 * Writes files that are not there yet. Equal ones are left, others are an ALREADY_EXISTS before anything is written; so are
 * folders that cannot be made or written to (READ_ONLY).
 */
export function writeFiles(folder: string, files: readonly (readonly [string, Uint8Array])[]): Exported {
  for (const [name, bytes] of files) {
    const path = join(folder, name)
    if (!existsSync(path) || holds(path, bytes)) continue
    throw new ProblemError({
      code: 'ALREADY_EXISTS',
      message: 'A file with other content is there already.',
      where: path,
      fix: 'Choose an empty folder.',
    })
  }
  try {
    for (const [name] of files) mkdirSync(dirname(join(folder, name)), { recursive: true })
  } catch (error) {
    throw fileProblem(error, folder)
  }
  const written: Exported['files'] = []
  for (const [name, bytes] of files) {
    const path = join(folder, name)
    if (!existsSync(path)) writeAtomically(path, bytes)
    written.push({ name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  return { folder, files: written }
}

/** Whether a file holds exactly these bytes; a folder of that name does not. */
function holds(path: string, bytes: Uint8Array): boolean {
  try {
    const info = statSync(path)
    return info.isFile() && info.size === bytes.length && readFileSync(path).equals(bytes)
  } catch (error) {
    throw fileProblem(error, path)
  }
}
