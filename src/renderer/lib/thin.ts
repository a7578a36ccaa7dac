/**
 * Which points of long lines have to be drawn. A screen shows no more than its columns: of every column it is enough to draw the
 * highest and the lowest point of each line and the last one, and no spike is lost. What is drawn then costs the same for a
 * thousand points as for a hundred thousand.
 */

type Values = readonly (number | null)[]

/**
 * Indices to draw, rising, each once: of `columns` equal spans of the indices from `from` to `to` (exclusive), the extremes of every
 * line and the last; all of them where there are few.
 */
export function drawnIndices(lines: readonly Values[], from: number, to: number, columns: number): number[] {
  const count = to - from
  if (count <= columns * (2 * lines.length + 1)) return Array.from({ length: Math.max(0, count) }, (_, i) => from + i)
  const out: number[] = []
  for (let column = 0; column < columns; column++) {
    const start = from + Math.floor((column * count) / columns)
    const end = from + Math.floor(((column + 1) * count) / columns)
    const kept = new Set([column === 0 ? start : end - 1, end - 1])
    for (const values of lines) {
      let [low, high] = [-1, -1]
      for (let at = start; at < end; at++) {
        const value = values[at]
        if (value === null || value === undefined) continue
        if (low < 0 || value < values[low]!) low = at
        if (high < 0 || value > values[high]!) high = at
      }
      if (low >= 0) kept.add(low).add(high)
    }
    out.push(...[...kept].sort((a, b) => a - b))
  }
  return out
}

/** First index whose x is at least `value`; x rises. */
export function firstAtLeast(x: readonly number[], value: number): number {
  let [low, high] = [0, x.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The indices to draw while x is seen from `view[0]` to `view[1]`: fine inside, coarse outside, so that going back to the whole has
 * something to show. null means that everything is seen.
 */
export function thinned(
  x: readonly number[],
  lines: readonly Values[],
  view: readonly [number, number] | null,
  columns: number,
): number[] {
  if (view === null) return drawnIndices(lines, 0, x.length, columns)
  const start = Math.max(0, firstAtLeast(x, view[0]) - 1)
  const end = Math.min(x.length, firstAtLeast(x, view[1]) + 2)
  const coarse = Math.max(1, columns >> 3)
  return [
    ...drawnIndices(lines, 0, start, coarse),
    ...drawnIndices(lines, start, end, columns),
    ...drawnIndices(lines, end, x.length, coarse),
  ]
}
