/** Events of one run: what happened when, in seconds from the start of the run, in the order of their onsets. */

export interface Event {
  readonly label: string
  readonly onset: number
  /** 0 for an event without extent in time. */
  readonly duration: number
  /** 1-based line of its table, for messages. */
  readonly line: number
}

/** By onset; events of one onset stay in the order of the table. */
export function inOrder(events: readonly Event[]): Event[] {
  return events.toSorted((a, b) => a.onset - b.onset)
}

/**
 * Events of one label that follow each other, each beginning at most `gap` seconds after the one before ended, as one event
 * from the first onset to the last end. Another label in between parts them. `events` must be in order.
 */
export function joinEvents(events: readonly Event[], gap: number): Event[] {
  const joined: Event[] = []
  for (const event of events) {
    const last = joined.at(-1)
    if (last !== undefined && last.label === event.label && event.onset - (last.onset + last.duration) <= gap + 1e-6) {
      const end = Math.max(last.onset + last.duration, event.onset + event.duration)
      joined[joined.length - 1] = { ...last, duration: end - last.onset }
    } else joined.push(event)
  }
  return joined
}

/** Pairs of neighbours that begin at the same time (to a millisecond), and events that begin before the one before ended. */
export function overlaps(events: readonly Event[]): {
  readonly together: readonly Event[]
  readonly during: readonly Event[]
} {
  const together: Event[] = []
  const during: Event[] = []
  for (let i = 1; i < events.length; i++) {
    const [before, event] = [events[i - 1]!, events[i]!]
    if (event.onset - before.onset < 1e-3) together.push(event)
    else if (event.onset < before.onset + before.duration - 1e-3) during.push(event)
  }
  return { together, during }
}
