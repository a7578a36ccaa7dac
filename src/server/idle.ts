/** Ends a server that nobody uses: no window connected and no run going for a number of hours. */

export interface IdleOptions {
  readonly hours: number
  readonly inUse: () => boolean
  readonly end: () => void
  readonly now?: () => number
}

export class IdleWatch {
  readonly #options: IdleOptions
  readonly #now: () => number
  #used: number

  constructor(options: IdleOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#used = this.#now()
  }

  /** To be called now and then; more often than the hours are long. */
  look(): void {
    if (this.#options.inUse()) this.#used = this.#now()
    else if (this.#now() - this.#used >= this.#options.hours * 3_600_000) this.#options.end()
  }

  /** Looks once a minute until the process ends. */
  start(): void {
    setInterval(() => this.look(), 60_000).unref()
  }
}
