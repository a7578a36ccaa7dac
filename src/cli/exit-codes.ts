/** How a command ends, for scripts. */
import type { ProblemCode } from '../core/problem.ts'

export const exitCodes = { done: 0, other: 1, usage: 2, badInput: 3, resources: 4, cancelled: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export function exitCodeOf(code: ProblemCode): ExitCode {
  switch (code) {
    case 'BAD_PARAMETER':
    case 'BAD_FILE':
    case 'BAD_TABLE':
    case 'BAD_RECIPE':
    case 'NOT_FINITE':
    case 'LENGTH_MISMATCH':
    case 'ORIENTATION_UNSETTLED':
    case 'NOT_FOUND':
    case 'ALREADY_EXISTS':
    case 'PROJECT_TOO_NEW':
    case 'READ_ONLY':
    case 'CHECKSUM':
    case 'NOT_ALLOWED':
    case 'TOO_LARGE':
      return exitCodes.badInput
    case 'OUT_OF_MEMORY':
    case 'DISK_FULL':
      return exitCodes.resources
    case 'CANCELLED':
      return exitCodes.cancelled
    case 'PROJECT_IN_USE':
    case 'JOB_LOST':
    case 'UNAVAILABLE':
    case 'INTERNAL':
      return exitCodes.other
    default:
      return code satisfies never
  }
}
