/** Who watches a run: everything it said so far from its folder, then what it says next, without gap or repeat between the two. */
import type { Run, RunEvent, RunStatus } from '../../core/contract/run.ts'
import type { ProjectStore } from '../project/project-store.ts'

type Listener = (event: RunEvent) => void

/** States in which nothing more comes until someone acts. */
export function resting(status: RunStatus): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled' || status === 'interrupted'
}

export class RunFeed {
  readonly #store: ProjectStore
  readonly #describe: (id: string) => Promise<Run>
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(store: ProjectStore, describe: (id: string) => Promise<Run>) {
    this.#store = store
    this.#describe = describe
  }

  async publish(id: string, seq: number, points: RunEvent['points'], snapshotEpoch: number | null): Promise<void> {
    const listeners = this.#listeners.get(id)
    if (listeners === undefined || listeners.size === 0) return
    const run = await this.#describe(id)
    for (const listener of listeners) listener({ seq, run, points, snapshotEpoch })
  }

  end(run: Run): void {
    for (const listener of this.#listeners.get(run.id) ?? []) listener({ seq: 0, run, points: [], snapshotEpoch: null })
  }

  /** Everything after `since`, then what comes, until the run rests or the reader leaves. Nothing is lost or repeated in between. */
  async *watch(id: string, since: number, signal?: AbortSignal): AsyncGenerator<RunEvent> {
    const waiting: RunEvent[] = []
    let wake: () => void = () => {}
    const listener: Listener = (event) => {
      waiting.push(event)
      wake()
    }
    const listeners = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, listeners)
    listeners.add(listener)
    const stop = () => wake()
    signal?.addEventListener('abort', stop)
    try {
      let last = since
      const past = this.#store.runFolder(id).readMetrics(since)
      for (const { seq, points } of past) {
        last = Math.max(last, seq)
        yield { seq, run: await this.#describe(id), points, snapshotEpoch: null }
      }
      const now = await this.#describe(id)
      yield { seq: last, run: now, points: [], snapshotEpoch: null }
      if (resting(now.status)) return
      while (signal?.aborted !== true) {
        const event = waiting.shift()
        if (event === undefined) {
          await new Promise<void>((resolve) => (wake = resolve))
          continue
        }
        if (event.points.length > 0 && event.seq <= last) continue
        last = Math.max(last, event.seq)
        yield { ...event, seq: last }
        if (resting(event.run.status)) return
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      listeners.delete(listener)
    }
  }
}
