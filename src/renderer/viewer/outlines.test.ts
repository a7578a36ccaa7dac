import { describe, expect, it } from 'vitest'
import { borderLines, type Line } from './outlines.ts'

function inside(rows: readonly string[]) {
  return (column: number, row: number) => rows[row]![column] === '#'
}

const length = (lines: readonly Line[]) =>
  lines.reduce((sum, [x1, y1, x2, y2]) => sum + Math.abs(x2 - x1) + Math.abs(y2 - y1), 0)

describe('borders of a mask in a slice', () => {
  it('surrounds one voxel with four lines', () => {
    const lines = borderLines(3, 3, inside(['...', '.#.', '...']))
    expect(new Set(lines.map(String))).toEqual(new Set(['1,1,2,1', '1,2,2,2', '1,1,1,2', '2,1,2,2']))
  })

  it('joins the edges of neighbours into one line', () => {
    const lines = borderLines(4, 1, inside(['####']))
    expect(new Set(lines.map(String))).toEqual(new Set(['0,0,4,0', '0,1,4,1', '0,0,0,1', '4,0,4,1']))
  })

  it('does not join where the inside changes sides', () => {
    const lines = borderLines(2, 2, inside(['#.', '.#']))
    // The middle row edge belongs to the upper voxel on the left and to the lower one on the right.
    expect(lines.map(String)).toContain('0,1,1,1')
    expect(lines.map(String)).toContain('1,1,2,1')
  })

  it('has as much length as there are edges between inside and outside, for any mask', () => {
    let state = 7
    for (let round = 0; round < 30; round++) {
      const rows = Array.from({ length: 9 }, () =>
        Array.from({ length: 11 }, () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0
          return state > 2 ** 31 ? '#' : '.'
        }).join(''),
      )
      const at = (x: number, y: number) => rows[y]?.[x] === '#'
      let edges = 0
      for (let y = -1; y < 9; y++)
        for (let x = -1; x < 11; x++) edges += Number(at(x, y) !== at(x + 1, y)) + Number(at(x, y) !== at(x, y + 1))
      expect(length(borderLines(11, 9, inside(rows)))).toBe(edges)
    }
  })
})
