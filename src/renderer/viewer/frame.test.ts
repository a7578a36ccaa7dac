import { describe, expect, it } from 'vitest'
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { brainFrame, margin, sharedScale, usualWindow } from './frame.ts'

const affine = [2, 0, 0, -10, 0, 3, 0, -20, 0, 0, 4, -5, 0, 0, 0, 1]

function volume(shape: readonly [number, number, number], value: (x: number, y: number, z: number) => number) {
  const values = new Float32Array(shape[0] * shape[1] * shape[2])
  for (let x = 0, at = 0; x < shape[0]; x++)
    for (let y = 0; y < shape[1]; y++) for (let z = 0; z < shape[2]; z++) values[at++] = value(x, y, z)
  return { grid: { shape, affine }, values } satisfies OrientedVolume<Float32Array>
}

describe('what is shown of a volume', () => {
  it('frames exactly the brain', () => {
    const brain = volume([8, 9, 10], (x, y, z) => Number(x >= 2 && x <= 5 && y === 4 && z >= 7))
    expect(brainFrame(brain)).toEqual({ low: [2, 4, 7], high: [5, 4, 9] })
  })

  it('shows the whole grid where there is no brain', () => {
    expect(brainFrame(volume([3, 4, 5], () => 0))).toEqual({ low: [0, 0, 0], high: [2, 3, 4] })
  })

  it('makes the brain fit into every view at one scale, and fill one of them', () => {
    const frame = { low: [0, 0, 0], high: [29, 19, 9] } as const
    const cells = [
      [400, 300],
      [500, 200],
      [300, 350],
    ] as const
    const scale = sharedScale(frame, affine, cells)
    const extent = [60, 60, 40]
    const used = (
      [
        [1, 2],
        [0, 2],
        [0, 1],
      ] as const
    ).flatMap(([across, up], at) => [
      (extent[across]! * scale) / (cells[at]![0] - 2 * margin.across),
      (extent[up]! * scale) / (cells[at]![1] - 2 * margin.up),
    ])
    expect(Math.max(...used)).toBeCloseTo(1, 9)
  })

  it('leaves room below and above the brain’s values, and ignores what is outside', () => {
    const brain = volume([10, 10, 10], (x) => Number(x < 5))
    const background = volume([10, 10, 10], (x, y, z) => (x < 5 ? 100 + 10 * x + y + z / 10 : 1e6))
    const [low, high] = usualWindow(background, brain)
    expect(low).toBeLessThan(100)
    expect(high).toBeGreaterThan(149)
    expect(high).toBeLessThan(200)
  })

  it('shows a flat background as a middle grey', () => {
    const brain = volume([4, 4, 4], () => 1)
    const [low, high] = usualWindow(brain, brain)
    expect((1 - low) / (high - low)).toBeCloseTo(1 / 3, 6)
  })
})
