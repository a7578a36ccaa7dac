/** Failures of the file system as problems that a person can act on. */
import { type Problem, ProblemError } from '../../core/problem.ts'

const known: Readonly<Record<string, (path: string) => Problem>> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EFBIG: diskFull,
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
  ENOENT: (path) => ({
    code: 'NOT_FOUND',
    message: 'The file or folder does not exist.',
    where: path,
    fix: 'Check the path; it may have been moved or its disk may not be connected.',
  }),
  ENOTDIR: (path) => ({
    code: 'NOT_FOUND',
    message: 'A part of this path is a file, not a folder.',
    where: path,
    fix: 'Choose a folder.',
  }),
  EEXIST: (path) => ({
    code: 'ALREADY_EXISTS',
    message: 'There is something at this path already.',
    where: path,
    fix: 'Choose another name.',
  }),
}

function diskFull(path: string): Problem {
  return {
    code: 'DISK_FULL',
    message: 'The disk is full.',
    where: path,
    expected: 'free space on this disk',
    fix: 'Free some space, then resume or try again; nothing that was saved is lost.',
  }
}

function readOnly(path: string): Problem {
  return {
    code: 'READ_ONLY',
    message: 'Writing here is not allowed.',
    where: path,
    expected: 'a folder this user may write to',
    fix: 'Choose another folder or ask for write permission.',
  }
}

/** The problem behind a system error, or the error itself if it is none that is expected. */
export function fileProblem(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown } | null)?.code
  const make = typeof code === 'string' ? known[code] : undefined
  return make === undefined ? error : new ProblemError(make(path))
}
