/**
 * What runs, as the engine tells it: keeps the computer awake meanwhile, says when a run ends while nobody looks, and knows what
 * would be cut off by quitting. The page has no part in it, so a hidden or closed window changes nothing.
 */
import type { PowerSaveBlocker } from 'electron'
import type { RunNews } from './server-process.ts'

export interface ActivityParts {
  readonly powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'>
  /** A system notification about a run that ended. */
  readonly notify: (text: string, news: RunNews) => void
}

/** Words of the ends that a person wants to hear of; a run that was stopped on purpose is no news. */
const endings: Readonly<Record<string, string>> = {
  done: 'is done',
  failed: 'failed',
  interrupted: 'was interrupted; it can be resumed',
}

export class Activity {
  readonly #parts: ActivityParts
  readonly #running = new Map<string, RunNews>()
  #blocker: number | null = null

  constructor(parts: ActivityParts) {
    this.#parts = parts
  }

  get running(): readonly RunNews[] {
    return [...this.#running.values()]
  }

  heard(news: RunNews): void {
    const known = this.#running.has(news.id)
    if (news.status === 'running') this.#running.set(news.id, news)
    else this.#running.delete(news.id)
    this.#keepAwake()
    const ending = endings[news.status]
    if (known && ending !== undefined) this.#parts.notify(`${news.name} of ${news.project} ${ending}.`, news)
  }

  /** The engine is gone, and its runs with it. */
  lost(): void {
    this.#running.clear()
    this.#keepAwake()
  }

  #keepAwake(): void {
    const wanted = this.#running.size > 0
    if (wanted && this.#blocker === null) this.#blocker = this.#parts.powerSaveBlocker.start('prevent-app-suspension')
    if (!wanted && this.#blocker !== null) {
      this.#parts.powerSaveBlocker.stop(this.#blocker)
      this.#blocker = null
    }
  }
}
