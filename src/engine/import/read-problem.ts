/** What can go wrong when a file of the user is opened or read, in words. Anything else is a bug and stays an exception. */
import { stat } from 'node:fs/promises'
import { type Problem, ProblemError } from '../../core/problem.ts'

type Words = Omit<Problem, 'where'>

const folder: Words = {
  code: 'BAD_FILE',
  message: 'This is a folder, not a file.',
  expected: 'a file',
  fix: 'Name the file that is meant.',
}

const lost: Words = {
  code: 'BAD_FILE',
  message: 'The disk gave an error while this file was read.',
  fix: 'Check the disk and its connection, or copy the file again from its source.',
}

const known: Readonly<Record<string, Words>> = {
  ENOENT: {
    code: 'NOT_FOUND',
    message: 'The file does not exist.',
    fix: 'Check the path; the file may have been moved.',
  },
  ENOTDIR: {
    code: 'NOT_FOUND',
    message: 'A part of this path is a file, not a folder.',
    fix: 'Check the path.',
  },
  ELOOP: { code: 'NOT_FOUND', message: 'This link leads to itself.', fix: 'Name the file itself.' },
  ENAMETOOLONG: { code: 'NOT_FOUND', message: 'This path is longer than a path can be.', fix: 'Check the path.' },
  EISDIR: folder,
  EACCES: { code: 'NOT_ALLOWED', message: 'This user may not read the file.', fix: 'Ask for read permission.' },
  EPERM: { code: 'NOT_ALLOWED', message: 'This user may not read the file.', fix: 'Ask for read permission.' },
  EIO: lost,
  ESTALE: lost,
}

/** The problem behind an error of Node's file system or zlib; the error itself is thrown again if it is neither. */
export function readProblem(path: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const code = (error as { code?: unknown } | null)?.code
  if (typeof code !== 'string') throw error
  const words = known[code]
  if (words !== undefined) return new ProblemError({ ...words, where: path })
  if (code.startsWith('Z_') || code.startsWith('ERR_ZLIB') || code === 'ERR_BUFFER_TOO_LARGE')
    return new ProblemError({
      code: 'BAD_FILE',
      message: 'The gzip data is damaged or cut off.',
      where: path,
      fix: 'Copy the file again from its source.',
    })
  throw error
}

/**
 * Size of a file in bytes. Throws ProblemError where there is none, and for what is no ordinary file: opening a pipe would wait for
 * ever, and a device may never end.
 */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    const info = await stat(path)
    if (info.isDirectory()) throw new ProblemError({ ...folder, where: path })
    if (info.isFile()) return info.size
  } catch (error) {
    throw readProblem(path, error)
  }
  throw new ProblemError({
    code: 'BAD_FILE',
    message: 'This is a pipe, a socket or a device, not a file.',
    where: path,
    expected: 'a file',
    fix: 'Save what it gives to a file, and name that.',
  })
}
