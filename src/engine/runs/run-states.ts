/** Which state of a run may follow which, and what ends a run from outside. */
import type { Run, RunStatus } from '../../core/contract/run.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'

const legal: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  queued: ['running', 'cancelled'],
  running: ['paused', 'cancelling', 'done', 'failed', 'interrupted', 'cancelled'],
  paused: ['running', 'cancelling', 'interrupted', 'failed', 'cancelled'],
  cancelling: ['cancelled', 'done', 'failed', 'interrupted'],
  // Of an interrupted run on Slurm, jobs still go on and can be cancelled.
  interrupted: ['queued', 'cancelled'],
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

const jobLost: Problem = {
  code: 'JOB_LOST',
  message: 'The process of this run ended unexpectedly.',
  fix: 'Resume it; it goes on from the last checkpoint. If it happens again, there may be too little memory.',
}

export const outOfMemory: Problem = {
  code: 'OUT_OF_MEMORY',
  message: 'The process of this run ran out of memory.',
  fix: 'Close other programs and resume it; it goes on from the last checkpoint. Fewer voxels need less memory.',
}

/** Whether jobs on a cluster work on a run, which go on without this computer. */
export function isOnSlurm({ request }: Pick<Run, 'request'>): boolean {
  return request.kind === 'experiment' && request.slurm !== undefined
}

const slurmLeft: Problem = {
  code: 'JOB_LOST',
  message: 'Nobody waits for the Slurm jobs of this run any more. Those that were submitted go on.',
  fix: 'Resume it: finished cells are taken in, and nothing is computed twice.',
}

/** Milliseconds until a process that cancels jobs on a cluster is ended; scancel may have to wait for its controller. */
export const slurmPatience = { terminate: 90_000, kill: 95_000 }

/** Why a run is interrupted whose process has gone. */
export function lost(run: Pick<Run, 'request'>): Problem {
  return isOnSlurm(run) ? slurmLeft : jobLost
}

/** The same where the engine was closed. */
export function closedWhileGoing(run: Pick<Run, 'request'>): Problem {
  return isOnSlurm(run) ? slurmLeft : { ...jobLost, message: 'The workstation was closed while this run was going.' }
}

/** Throws ProblemError NOT_ALLOWED where jobs would go on all the same. */
export function checkPause(run: Pick<Run, 'name' | 'request'>): void {
  if (!isOnSlurm(run)) return
  throw new ProblemError({
    code: 'NOT_ALLOWED',
    message: `${run.name} runs on Slurm and cannot be paused from here.`,
    where: run.name,
    fix: 'Cancel it; finished cells are kept, and resuming submits the others again.',
  })
}
