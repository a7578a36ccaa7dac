/** A run's state as one line: which phase, how far, how long still. */
import type { Run } from '../core/contract/run.ts'

export interface ProgressLine {
  readonly run: string
  readonly phase: string
  readonly done: number
  readonly total: number | null
  /** Of the phase, 0 to 1; null where its length is not known. */
  readonly share: number | null
  /** Seconds. */
  readonly elapsed: number
  readonly remaining: number | null
}

export function progressOf(run: Run): ProgressLine {
  const phase = run.phases.findLast(({ state }) => state === 'running')
  const total = phase?.total ?? null
  const words: Partial<Record<Run['status'], string>> = {
    queued: 'waiting',
    paused: 'paused',
    cancelling: 'cancelling',
  }
  const word = words[run.status]
  return {
    run: run.name,
    phase: word ?? phase?.name ?? (run.phases.length === 0 ? 'starting' : 'finishing'),
    done: phase?.done ?? 0,
    total,
    share:
      word !== undefined || phase === undefined || total === null || total === 0
        ? null
        : Math.min(1, phase.done / total),
    elapsed: run.elapsed,
    remaining: run.status === 'running' ? run.remaining : null,
  }
}

/** 8 s, 2 min 05 s, 1 h 03 min. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}
