import { describe, expect, it } from 'vitest'
import { type Camera, viewInWords, visibleFaces } from './orientation-cube.tsx'

function unit(v: readonly number[]): [number, number, number] {
  const length = Math.hypot(...v)
  return v.map((value) => value / length) as [number, number, number]
}

/** Looking from a point at the origin, with superior up as far as that goes. */
function from(point: readonly [number, number, number]): Camera {
  const direction = unit(point.map((value) => -value))
  const along = direction[2]
  const up = unit([0, 0, 1].map((value, axis) => value - along * direction[axis]!))
  return { direction, up }
}

describe('the orientation cube', () => {
  it('shows the posterior face from behind, with the left of the subject on the left', () => {
    const camera: Camera = { direction: [0, 1, 0], up: [0, 0, 1] }
    expect(visibleFaces(camera).map(({ letter }) => letter)).toEqual(['P'])
    const turned = visibleFaces(from([-1, -5, 0]))
    expect(turned.map(({ letter }) => letter)).toEqual(['L', 'P'])
    const [left] = turned
    const middle = left!.corners.reduce((sum, [x]) => sum + x, 0) / 4
    expect(middle).toBeLessThan(0)
  })

  it('shows the anterior face from the front, with the left of the subject on the right', () => {
    const [left, front] = visibleFaces(from([-1, 5, 0]))
    expect([left!.letter, front!.letter]).toEqual(['L', 'A'])
    expect(left!.corners.reduce((sum, [x]) => sum + x, 0) / 4).toBeGreaterThan(0)
  })

  it('writes letters unmirrored from every side', () => {
    for (const point of [
      [3, 2, 1],
      [-3, 2, 1],
      [1, -3, 2],
      [-1, -3, -2],
      [2, 1, -3],
      [1, 2, 3],
    ] as const)
      for (const { matrix } of visibleFaces(from(point)))
        expect(matrix[0] * matrix[3] - matrix[1] * matrix[2]).toBeGreaterThan(0)
  })

  it('says in words where one looks from', () => {
    expect(viewInWords(from([-160, -320, 130]))).toBe('from behind, left, above')
    expect(viewInWords({ direction: [0, -1, 0], up: [0, 0, 1] })).toBe('from the front')
    expect(viewInWords({ direction: [0, 0, -1], up: [0, 1, 0] })).toBe('from above')
    expect(viewInWords({ direction: [1, 0, 0], up: [0, 0, 1] })).toBe('from the left')
  })
})
