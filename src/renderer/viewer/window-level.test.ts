import { describe, expect, it } from 'vitest'
import { draggedWindow, type GreyWindow, presetWindow } from './window-level.ts'

const start: GreyWindow = [100, 300]
const grey = ([black, white]: GreyWindow, value: number) => (value - black) / (white - black)
const width = ([black, white]: GreyWindow) => white - black

describe('window and level', () => {
  it('get brighter upwards and darker downwards, at the same width', () => {
    expect(grey(draggedWindow(start, 0, -50), 200)).toBeGreaterThan(grey(start, 200))
    expect(grey(draggedWindow(start, 0, 50), 200)).toBeLessThan(grey(start, 200))
    expect(width(draggedWindow(start, 0, -50))).toBeCloseTo(width(start), 9)
  })

  it('get wider to the right and narrower to the left, round the same level', () => {
    for (const by of [-400, -30, 30, 400]) {
      const moved = draggedWindow(start, by, 0)
      expect(Math.sign(width(moved) - width(start))).toBe(Math.sign(by))
      expect(grey(moved, 200)).toBeCloseTo(0.5, 9)
    }
  })

  it('stay a window however far one drags, also from one without width', () => {
    for (const by of [-1e6, 1e6])
      for (const from of [start, [5, 5] as const]) {
        const moved = draggedWindow(from, by, by)
        expect(moved.every(Number.isFinite)).toBe(true)
        expect(width(moved)).toBeGreaterThan(0)
      }
  })

  it('have presets round the level of the usual window', () => {
    expect(presetWindow('usual', start)).toEqual(start)
    expect(presetWindow('narrow', start)).toEqual([150, 250])
    expect(presetWindow('wide', start)).toEqual([0, 400])
  })
})
