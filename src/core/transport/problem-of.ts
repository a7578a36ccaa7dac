/** Every way in which a call can fail, as the problem that a person reads. */
import { ORPCError } from '@orpc/client'
import { type Problem, ProblemError, problemSchema } from '../problem.ts'

export const connectionLost: Problem = {
  code: 'UNAVAILABLE',
  message: 'The connection to the engine broke while it was asked.',
  fix: 'Look whether it was done, then try again.',
}

export const connectionMissing: Problem = {
  code: 'UNAVAILABLE',
  message: 'There is no connection to the engine.',
  fix: 'Wait a moment; if it does not come back, start the workstation again.',
}

const gaveUp: Problem = { code: 'CANCELLED', message: 'The call was given up.' }

const internal: Problem = {
  code: 'INTERNAL',
  message: 'Something went wrong in the engine.',
  fix: 'Try again; if it happens again, report it with the engine’s log.',
}

/** Issues of a schema, as a refused input brings them. */
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[]
}

function issueText(data: unknown): { where?: string; expected?: string; count?: number } {
  const issues = (data as { issues?: readonly Issue[] } | null | undefined)?.issues
  const first = issues?.[0]
  if (issues === undefined || first === undefined) return {}
  const where = (first.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return {
    ...(where === '' ? {} : { where }),
    expected: first.message,
    ...(issues.length > 1 ? { count: issues.length } : {}),
  }
}

/** Never throws. Details of mistakes in the program stay out of it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof ORPCError) {
    if (error.code === 'PROBLEM') {
      const parsed = problemSchema.safeParse(error.data)
      if (parsed.success) return parsed.data
    }
    if (error.code === 'BAD_REQUEST')
      return {
        code: 'BAD_PARAMETER',
        message: 'The engine was asked in a way it does not understand.',
        ...issueText(error.data),
      }
    if (error.code === 'NOT_FOUND')
      return {
        code: 'UNAVAILABLE',
        message: 'The engine does not know this question.',
        fix: 'Window and engine may be of different versions; start the workstation again.',
      }
    if (error.code === 'TOO_MANY_REQUESTS')
      return { code: 'UNAVAILABLE', message: error.message, fix: 'Try again when the others are answered.' }
    return internal
  }
  if (error instanceof Error && error.name === 'AbortError') return gaveUp
  return internal
}
