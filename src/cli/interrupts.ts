/**
 * Ctrl-C: the first asks the run to stop at its next epoch edge and waits for it, the second ends everything now. A terminal
 * and the programs between it and us may each pass on one and the same key press, so what comes within a quarter of a
 * second counts once.
 */
export class Interrupts {
  readonly #now: () => number
  readonly #force: () => void
  #last = Number.NEGATIVE_INFINITY
  #asked = false
  #ask: (() => void) | null = null

  constructor(force: () => void, now: () => number = () => performance.now()) {
    this.#force = force
    this.#now = now
  }

  get asked(): boolean {
    return this.#asked
  }

  /**
   * What the first interrupt does while `work` goes on; without anything to ask it forces at once. Where one work is part of another,
   * the inner one is asked.
   */
  async during<T>(ask: () => void, work: Promise<T>): Promise<T> {
    const outer = this.#ask
    this.#ask = ask
    if (this.#asked) ask()
    try {
      return await work
    } finally {
      this.#ask = outer
    }
  }

  signal(): void {
    const now = this.#now()
    if (now - this.#last < 250) return
    this.#last = now
    if (this.#asked || this.#ask === null) this.#force()
    else {
      this.#asked = true
      this.#ask()
    }
  }
}
