/** What can go wrong when a file of the user is opened or read, in words. Anything else is a bug and stays an exception. */
import { ProblemError } from '../../core/problem.ts'

/** The problem behind an error of Node's file system or zlib; the error itself is thrown again if it is neither. */
export function readProblem(path: string, error: unknown): ProblemError {
  const code = (error as { code?: string }).code
  if (error instanceof ProblemError) return error
  if (code === 'ENOENT')
    return new ProblemError({
      code: 'NOT_FOUND',
      message: 'The file does not exist.',
      where: path,
      fix: 'Check the path; the file may have been moved.',
    })
  if (code === 'EISDIR')
    return new ProblemError({ code: 'BAD_FILE', message: 'This is a folder, not a file.', where: path })
  if (code === 'EACCES' || code === 'EPERM')
    return new ProblemError({
      code: 'READ_ONLY',
      message: 'The file may not be read by this user.',
      where: path,
      fix: 'Ask for read permission.',
    })
  if (
    typeof code === 'string' &&
    (code.startsWith('Z_') || code.startsWith('ERR_ZLIB') || code === 'ERR_BUFFER_TOO_LARGE')
  ) {
    return new ProblemError({
      code: 'BAD_FILE',
      message: 'The gzip data is damaged or cut off.',
      where: path,
      fix: 'Copy the file again from its source.',
    })
  }
  throw error
}
