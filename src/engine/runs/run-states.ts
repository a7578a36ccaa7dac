/** Which state of a run may follow which, and what ends a run from outside. */
import type { Run, RunStatus } from '../../core/contract/run.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'

const legal: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'cancelled'],
  running: ['paused', 'cancelling', 'done', 'failed', 'interrupted', 'cancelled'],
  paused: ['running', 'cancelling', 'interrupted', 'failed', 'cancelled'],
  cancelling: ['cancelled', 'done', 'failed', 'interrupted'],
  interrupted: ['queued'],
  cancelled: ['queued'],
  failed: ['queued'],
  done: [],
}

/** Throws ProblemError NOT_ALLOWED where a run in its present state cannot get into the other. */
export function checkMove(run: Pick<Run, 'name' | 'status'>, to: RunStatus): void {
  if (legal[run.status].includes(to)) return
  throw new ProblemError({
    code: 'NOT_ALLOWED',
    message: `${run.name} is ${run.status}; it cannot become ${to}.`,
    where: run.name,
    ...(run.status === 'done' ? { fix: 'Start a new run instead.' } : {}),
  })
}

/** Throws ProblemError NOT_ALLOWED: what was asked needs the run's process. */
export function notRunning(run: Pick<Run, 'name' | 'status'>): never {
  throw new ProblemError({
    code: 'NOT_ALLOWED',
    message: `${run.name} is ${run.status}, not running.`,
    where: run.name,
  })
}

export const jobLost: Problem = {
  code: 'JOB_LOST',
  message: 'The process of this run ended unexpectedly.',
  fix: 'Resume it; it goes on from the last checkpoint. If it happens again, there may be too little memory.',
}

export const outOfMemory: Problem = {
  code: 'OUT_OF_MEMORY',
  message: 'The process of this run ran out of memory.',
  fix: 'Close other programs and resume it; it goes on from the last checkpoint. Fewer voxels need less memory.',
}
