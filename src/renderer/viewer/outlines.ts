/**
 * The border of a mask in one slice as straight lines along voxel edges, so that it can be drawn as a thin line at the screen's own
 * resolution: dashes run on over neighbouring voxels, and what lies under the border stays visible.
 */

/** x1, y1, x2, y2 in picture columns and rows; voxel (0, 0) spans 0 to 1. */
export type Line = readonly [number, number, number, number]

/**
 * Lines round every inside voxel of a width × height slice. Outside the slice counts as outside the mask. Voxels that touch only at
 * a corner have borders of their own.
 */
export function borderLines(
  width: number,
  height: number,
  inside: (column: number, row: number) => boolean,
): readonly Line[] {
  const lines: Line[] = []
  const within = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < width && row < height && inside(column, row)
  // +1: the mask lies on the far side of this edge, −1: on the near side. A line ends where that changes.
  const scan = (along: number, side: (at: number) => number, add: (from: number, to: number) => void) => {
    let start = 0
    let current = 0
    for (let at = 0; at <= along; at++) {
      const next = at === along ? 0 : side(at)
      if (next === current) continue
      if (current !== 0) add(start, at)
      start = at
      current = next
    }
  }
  for (let row = 0; row <= height; row++)
    scan(
      width,
      (column) => Number(within(column, row)) - Number(within(column, row - 1)),
      (from, to) => lines.push([from, row, to, row]),
    )
  for (let column = 0; column <= width; column++)
    scan(
      height,
      (row) => Number(within(column, row)) - Number(within(column - 1, row)),
      (from, to) => lines.push([column, from, column, to]),
    )
  return lines
}
