/** What a strip of trials shows per trial: a short code of its name, and its part in a fold. Pure. */

export type TrialPart = 'trains' | 'held' | 'left' | 'unsplit'

/** Part of the trial at this place: digits of a fold are 0 trains, 1 held out, 2 left out. */
export function partAt(parts: string | null, at: number): TrialPart {
  if (parts === null) return 'unsplit'
  return parts[at] === '1' ? 'held' : parts[at] === '2' ? 'left' : 'trains'
}

/** The first letters of each name, as few as tell it from the others, at most three; where three do not, its number from 1. */
export function codesOf(names: readonly string[]): string[] {
  for (let length = 1; length <= 3; length++) {
    const codes = names.map((name) => [...name].slice(0, length).join(''))
    if (new Set(codes).size === names.length) return codes
  }
  return names.map((_, at) => String(at + 1))
}
