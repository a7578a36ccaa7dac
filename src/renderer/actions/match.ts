/** Finding actions by a few letters: every typed word must begin a word of the title or group, or stand inside it. */

export interface Named {
  readonly title: string
  readonly group: string
}

function score(line: Named, typed: readonly string[]): number | null {
  const title = line.title.toLowerCase()
  const words = `${title} ${line.group.toLowerCase()}`.split(/[^\p{L}\p{N}-]+/u)
  let sum = 0
  for (const part of typed) {
    if (title.startsWith(part)) sum += 3
    else if (words.some((word) => word.startsWith(part))) sum += 2
    else if (title.includes(part)) sum += 1
    else return null
  }
  return sum
}

/** The best first; those that fit equally well keep their order. Everything for an empty text. */
export function matches<T extends Named>(lines: readonly T[], text: string): readonly T[] {
  const typed = text.toLowerCase().split(/\s+/).filter(Boolean)
  return lines
    .flatMap((line, order) => {
      const own = score(line, typed)
      return own === null ? [] : [{ line, own, order }]
    })
    .sort((a, b) => b.own - a.own || a.order - b.order)
    .map(({ line }) => line)
}
