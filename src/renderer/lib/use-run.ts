/** A run as it goes: its state and its numbers, live. Reloading or reconnecting shows the same curves. */
import { useEffect, useReducer, useRef, useState } from 'react'
import type { Run } from '../../core/contract/run.ts'
import { engine } from './engine.ts'
import { SeriesStore } from './series.ts'

export interface LiveRun {
  readonly run: Run | null
  readonly series: SeriesStore
  /** Rises with every mask picture that can be had. */
  readonly snapshotEpoch: number | null
  readonly error: unknown
}

export function useLiveRun(project: string, id: string): LiveRun {
  const series = useRef(new SeriesStore())
  const [run, setRun] = useState<Run | null>(null)
  const [snapshotEpoch, setSnapshot] = useState<number | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  // A run that is resumed is watched again.
  const [round, again] = useReducer((count: number) => count + 1, 0)
  const resting = run !== null && !['queued', 'running', 'paused', 'cancelling'].includes(run.status)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` starts the watch anew on purpose
  useEffect(() => {
    const stop = new AbortController()
    let frame: number | null = null
    const listen = async () => {
      for await (const event of await engine.runs.watch({ project, run: id, since: 0 }, { signal: stop.signal })) {
        if (stop.signal.aborted) return
        series.current.add(event.points)
        setRun(event.run)
        if (event.snapshotEpoch !== null) setSnapshot(event.snapshotEpoch)
        frame ??= requestAnimationFrame(() => {
          frame = null
          redraw()
        })
      }
    }
    listen().catch((reason: unknown) => {
      if (!stop.signal.aborted) setError(reason)
    })
    return () => {
      stop.abort()
      if (frame !== null) cancelAnimationFrame(frame)
    }
  }, [project, id, round])

  // Someone may resume a resting run from elsewhere.
  useEffect(() => {
    if (!resting) return
    const timer = setInterval(() => {
      engine.runs
        .get({ project, run: id })
        .then((now) => {
          if (['queued', 'running', 'paused', 'cancelling'].includes(now.status)) again()
        })
        .catch(() => {})
    }, 1000)
    return () => clearInterval(timer)
  }, [project, id, resting])

  return { run, series: series.current, snapshotEpoch, error }
}
