/**
 * Expected failures as values. A problem names the thing, where it is, what was expected and what to do; it is what a
 * person reads, on the command line and in the window. Exceptions are for bugs; `ProblemError` only carries a problem
 * up to the nearest boundary (router, command line, job process), which turns it into a value again.
 */
import { z } from 'zod'

export const problemCodes = [
  'BAD_PARAMETER',
  'BAD_FILE',
  'BAD_TABLE',
  'BAD_RECIPE',
  'NOT_FINITE',
  'LENGTH_MISMATCH',
  'ORIENTATION_UNSETTLED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PROJECT_IN_USE',
  'PROJECT_TOO_NEW',
  'READ_ONLY',
  'DISK_FULL',
  'TOO_LARGE',
  'OUT_OF_MEMORY',
  'CHECKSUM',
  'CANCELLED',
  'JOB_LOST',
  'NOT_ALLOWED',
  'UNAVAILABLE',
  'INTERNAL',
] as const
export type ProblemCode = (typeof problemCodes)[number]

export const problemSchema = z.object({
  code: z.enum(problemCodes),
  /** What happened, one sentence, naming the thing. */
  message: z.string(),
  /** File, table row, parameter: where it is. */
  where: z.string().optional(),
  expected: z.string().optional(),
  /** What the user can do now. */
  fix: z.string().optional(),
  /** How many times it occurs, when grouped. */
  count: z.number().int().positive().optional(),
})
export type Problem = z.infer<typeof problemSchema>

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

export function success<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function failure<T = never>(problem: Problem): Result<T> {
  return { ok: false, problem }
}

export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The value, or the problem thrown to the nearest boundary. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw new ProblemError(result.problem)
}

/** One readable paragraph: message, where, expected, fix. */
export function describeProblem(problem: Problem): string {
  const parts = [problem.message]
  if (problem.where !== undefined) parts.push(`Where: ${problem.where}.`)
  if (problem.expected !== undefined) parts.push(`Expected: ${problem.expected}.`)
  if (problem.fix !== undefined) parts.push(`What to do: ${problem.fix}`)
  return `${parts.join(' ')} [${problem.code}]`
}
