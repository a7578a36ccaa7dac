/**
 * What is known of one task, and what follows from it. Files say what was reached; Slurm says whether more can come. A shared file
 * system may show a file a minute after it was written, so an end without a result counts only when it was seen several times.
 */
import type { CellTask } from '../../core/experiment/cells.ts'
import type { Problem } from '../../core/problem.ts'
import { type JobFacts, type QueueEntry, type SlurmJob, standingOf } from './output.ts'
import { logName } from './script.ts'
import type { TaskState } from './slurm-folder.ts'

/** Looks at a task that has ended, before what is missing counts as lost. */
export const looksUntilLost = 6

export interface Seen {
  /** Whether all rows of the task have come. */
  readonly complete: boolean
  /** What its job says of itself; null where it belongs to an earlier attempt. */
  readonly state: TaskState | null
  /** Undefined where Slurm does not know the task any more. */
  readonly entry: QueueEntry | undefined
  /** False where Slurm did not answer. */
  readonly answered: boolean
  /** How often it was seen to have ended before this look. */
  readonly looks: number
}

export type Judgement = 'done' | 'waiting' | 'running' | 'ending' | 'failed'

export function judge({ complete, state, entry, answered, looks }: Seen): Judgement {
  if (complete) return 'done'
  const told = state !== null && state.end !== null && state.end !== 'done'
  if (!answered) return told ? 'failed' : state === null ? 'waiting' : 'running'
  const standing = entry === undefined ? 'ended' : standingOf(entry.state)
  // A job that has told why it stops may still be ending.
  if (standing !== 'ended') return told ? 'failed' : standing
  return told || looks + 1 >= looksUntilLost ? 'failed' : 'ending'
}

interface Ending {
  readonly task: CellTask
  readonly job: SlurmJob
  readonly state: TaskState | null
  readonly entry: QueueEntry | undefined
  /** State in which Slurm knew it last. */
  readonly last: string | null
  readonly facts: JobFacts | null
  /** Folder of the attempt, relative to the project. */
  readonly folder: string
}

/** What can be done about each of Slurm's ways to end a job. */
const fixes: Readonly<Record<string, string>> = {
  TIMEOUT: 'The same command with a longer --time goes on from its last checkpoint.',
  DEADLINE: 'The same command submits it again.',
  OUT_OF_MEMORY: 'The same command with more --memory goes on from its last checkpoint.',
  CANCELLED: 'Was it cancelled in Slurm? The same command submits it again.',
  NODE_FAIL: 'The node failed; the same command goes on from its last checkpoint.',
  PREEMPTED: 'Another job took its place; the same command goes on from its last checkpoint.',
}

/** The program is not where the script says: the script's own exit code. */
const unseenProgram = 90

/** Why the rows of a task are missing: job number, Slurm's state, and the log. */
export function endProblem({ task, job, state, entry, last, facts, folder }: Ending): Problem {
  const name = `Slurm job ${job.id}_${task.number} (seed ${task.seed}: ${task.conditions.join(', ')})`
  const where = `${folder}/${logName(task.number)}`
  if (state !== null && state.end !== null && state.end !== 'done')
    return { ...state.end, message: `${name} stopped on ${state.host}: ${state.end.message}`, where }
  const word = entry?.state ?? facts?.state ?? null
  const node = entry?.node ?? facts?.node ?? state?.host ?? null
  const reason = entry?.reason ?? facts?.reason ?? null
  const exit = facts?.exit ?? null
  const details = [
    ...(reason === null ? [] : [reason]),
    ...(exit !== null && exit.code > 0 ? [`exit code ${exit.code}`] : []),
    ...(exit !== null && exit.signal > 0 ? [`signal ${exit.signal}`] : []),
  ]
  const ending =
    word === null
      ? `is gone; ${last === null ? 'Slurm does not know it' : `it was last seen as ${last}`} and it left no result`
      : `ended as ${word}${word === 'COMPLETED' ? ' without a result' : ''}`
  return {
    code: word === 'OUT_OF_MEMORY' ? 'OUT_OF_MEMORY' : 'JOB_LOST',
    message: `${name} ${ending}${node === null ? '' : ` on ${node}`}${details.length > 0 ? ` (${details.join(', ')})` : ''}.`,
    where,
    fix:
      exit?.code === unseenProgram
        ? 'The compute nodes do not see the program; install it in a folder that they share, then start the same command again.'
        : (fixes[word ?? (last === 'PENDING' ? 'CANCELLED' : '')] ??
          'Its log may say why; the same command submits it again.'),
  }
}
