/**
 * Lines that are made from a series while it grows: only what came since the last time is computed, so a long run costs no more to
 * draw than a short one. Everything is computed anew when an older number was replaced or a setting changed.
 */
import type { Series } from './series.ts'

/** `smooth` of a series, kept up to date. */
export class GrowingSmooth {
  #values: number[] = []
  #weight = Number.NaN
  #revision = -1
  #mean = 0
  #mass = 0

  of({ values, revision }: Series, weight: number): readonly number[] {
    if (weight !== this.#weight || revision !== this.#revision) {
      ;[this.#values, this.#mean, this.#mass] = [[], 0, 0]
      ;[this.#weight, this.#revision] = [weight, revision]
    }
    for (let at = this.#values.length; at < values.length; at++) {
      this.#mean = weight * this.#mean + (1 - weight) * values[at]!
      this.#mass = weight * this.#mass + (1 - weight)
      this.#values.push(this.#mean / this.#mass)
    }
    return this.#values
  }
}

/** `epochPositions` of a series, kept up to date. */
export class GrowingPositions {
  #positions: number[] = []
  #revision = -1
  /** Steps of the longest epoch so far; when it grows, every position moves. */
  #steps = 1
  /** Steps so far of the epoch that came last. */
  #within = 0

  of({ epochs, revision }: Series): readonly number[] {
    if (revision !== this.#revision) {
      ;[this.#positions, this.#steps, this.#within, this.#revision] = [[], 1, 0, revision]
    }
    const known = this.#positions.length
    let longest = this.#steps
    for (let at = known; at < epochs.length; at++) {
      this.#within = at > 0 && epochs[at] === epochs[at - 1] ? this.#within + 1 : 1
      longest = Math.max(longest, this.#within)
      this.#positions.push(epochs[at]! + this.#within / this.#steps)
    }
    if (longest !== this.#steps) {
      this.#steps = longest
      let within = 0
      for (const [at, epoch] of epochs.entries()) {
        within = at > 0 && epoch === epochs[at - 1] ? within + 1 : 1
        this.#positions[at] = epoch + within / longest
      }
    }
    return this.#positions
  }
}
