/** A run that a process works on now: what the queue remembers of the two until both are over. */
import type { ChildProcess } from 'node:child_process'
import type { Run } from '../../core/contract/run.ts'

export interface ActiveRun {
  readonly run: Run
  readonly child: ChildProcess
  phases: Run['phases']
  remaining: number | null
  /** Work before this start, in seconds, and when the clock was last started; null while paused. */
  worked: number
  since: number | null
  finished: boolean
  /** What the process wrote to its error output. */
  words: string
  timers: NodeJS.Timeout[]
  /** What the process says and what is asked of it, dealt with one after the other. */
  turn: Promise<void>
  /** The process has ended, everything it said has arrived, and the queue has gone on. */
  over: Promise<void>
}

export function activeRun(run: Run, child: ChildProcess): ActiveRun {
  return {
    ...{ run, child, phases: [], remaining: null, worked: run.elapsed, since: performance.now() },
    ...{ finished: false, words: '', timers: [], turn: Promise.resolve(), over: Promise.resolve() },
  }
}
