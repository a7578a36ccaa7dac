/** What Slurm's programs print, read without trusting it: what is not understood is left out. */

/** Where jobs were submitted: the number of the array, and its cluster where there are several. */
export interface SlurmJob {
  readonly id: number
  readonly cluster: string | null
}

/** Of `sbatch --parsable`: the job, or null where there is none in it. */
export function parseSubmitted(text: string): SlurmJob | null {
  const line = text.trim().split('\n').at(-1) ?? ''
  const match = /^(\d{1,10})(?:;([\w.-]+))?$/.exec(line.trim())
  return match === null ? null : { id: Number(match[1]), cluster: match[2] ?? null }
}

/** Of `squeue`, per task of an array. */
export interface QueueEntry {
  readonly task: number
  readonly state: string
  /** Why it waits or how it ended, as Slurm says it; null where it says nothing. */
  readonly reason: string | null
  readonly node: string | null
}

/** Array job, index, state, reason, nodes. */
export const queueFormat = '%F|%K|%T|%r|%N'

/** Lines in `queueFormat` of one array job; lines of other jobs are left out. */
export function parseQueue(text: string, job: number): Map<number, QueueEntry> {
  const entries = new Map<number, QueueEntry>()
  for (const line of text.split('\n')) {
    const [array, index, state, reason, node] = line.trim().split('|')
    if (array !== String(job) || !/^\d{1,9}$/.test(index ?? '') || !/^[A-Z_]+$/.test(state ?? '')) continue
    const told = (value: string | undefined) => (value === undefined || /^(|None|\(null\))$/.test(value) ? null : value)
    entries.set(Number(index), { task: Number(index), state: state!, reason: told(reason), node: told(node) })
  }
  return entries
}

/** The number of an array that waits or runs under a name, of `squeue` in the format `%F`; null where there is none. */
export function parseFound(text: string): number | null {
  const ids = text.split('\n').filter((line) => /^\d{1,10}$/.test(line.trim()))
  return ids.length === 0 ? null : Math.max(...ids.map(Number))
}

export interface JobFacts {
  readonly state: string | null
  readonly reason: string | null
  /** Exit code and signal of its program. */
  readonly exit: { readonly code: number; readonly signal: number } | null
  readonly node: string | null
}

/** Of `scontrol show job -o`: the fields that say how a job ended. Paths in it may hold anything, so the first of each name counts. */
export function parseJob(text: string): JobFacts {
  const field = (name: string) => {
    const value = new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(text)?.[1]
    return value === undefined || value === 'None' || value === '(null)' ? null : value
  }
  const exit = /^(\d+):(\d+)$/.exec(field('ExitCode') ?? '')
  return {
    state: field('JobState'),
    reason: field('Reason'),
    exit: exit === null ? null : { code: Number(exit[1]), signal: Number(exit[2]) },
    node: field('BatchHost') ?? field('NodeList'),
  }
}

/** Where a task of the queue stands: it will still run or runs, or has ended in one of Slurm's ways. */
export type Standing = 'waiting' | 'running' | 'ended'

const waiting = new Set([
  'PENDING',
  'CONFIGURING',
  'REQUEUED',
  'REQUEUE_FED',
  'REQUEUE_HOLD',
  'SPECIAL_EXIT',
  'RESV_DEL_HOLD',
])
const running = new Set(['RUNNING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'SIGNALING', 'STAGE_OUT', 'RESIZING'])

export function standingOf(state: string): Standing {
  if (waiting.has(state)) return 'waiting'
  return running.has(state) ? 'running' : 'ended'
}
