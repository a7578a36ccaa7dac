/** What stopped a job, as a problem: expected ones as they are, memory by its many names, and the rest as a mistake of ours. */
import { type Problem, ProblemError } from '../../core/problem.ts'
import { fileProblem } from '../project/file-problem.ts'

/** `path`: the folder that the job writes to. */
export function problemOf(error: unknown, path: string): Problem {
  const expected = fileProblem(error, path)
  if (expected instanceof ProblemError) return expected.problem
  const message = error instanceof Error ? error.message : String(error)
  if (/out of memory|Array buffer allocation failed|memory access out of bounds/i.test(message)) {
    return {
      code: 'OUT_OF_MEMORY',
      message: 'There is not enough memory for this run.',
      fix: 'Close other programs, choose fewer voxels or a smaller batch, and resume.',
    }
  }
  return {
    code: 'INTERNAL',
    message: 'The run stopped because of a mistake in the program.',
    fix: 'The run’s log has the details; please report them.',
  }
}
