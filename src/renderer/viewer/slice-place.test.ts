import { describe, expect, it } from 'vitest'
import { sliceLayout } from '../../core/volume/orientation.ts'
import { draggedSight, placeOfSlice, type Sight, wholeBrain, zoomedSight } from './slice-place.ts'

const shape = [40, 50, 30] as const
const sizes = [2, 2, 3]
const frame = { low: [5, 5, 5], high: [34, 44, 24] } as const
const [width, height, scale] = [400, 300, 3]

describe.each(['axial', 'coronal', 'sagittal'] as const)('the place of a %s slice', (plane) => {
  describe.each(['neurological', 'radiological'] as const)('%s', (leftRight) => {
    const layout = sliceLayout(plane, { leftRight, nose: leftRight === 'neurological' ? 'left' : 'right' })
    const place = (sight: Sight) => placeOfSlice(layout, shape, sizes, frame, scale, sight, width, height)
    /** Where a point, given in voxels of the picture, is on the screen. */
    const onScreen = (sight: Sight, column: number, row: number) => {
      const { left, top, pixel } = place(sight)
      return [left + column * pixel[0], top + row * pixel[1]] as const
    }
    const pointAt = (sight: Sight, x: number, y: number) => {
      const { left, top, pixel } = place(sight)
      return [(x - left) / pixel[0], (y - top) / pixel[1]] as const
    }

    it('follows the pointer when it is dragged', () => {
      const before = zoomedSight(wholeBrain, layout, scale, 3, 20, -30)
      const after = draggedSight(before, layout, scale, 37, -21)
      const [x, y] = onScreen(before, 10, 12)
      const [u, v] = onScreen(after, 10, 12)
      expect(Math.abs(u - x - 37)).toBeLessThanOrEqual(1)
      expect(Math.abs(v - y + 21)).toBeLessThanOrEqual(1)
    })

    it('keeps what is under the pointer when it is zoomed', () => {
      let sight = wholeBrain
      for (const factor of [1.5, 1.7, 0.8]) {
        const [x, y] = [width / 2 + 60, height / 2 - 45]
        const [column, row] = pointAt(sight, x, y)
        sight = zoomedSight(sight, layout, scale, factor, 60, -45)
        const [u, v] = onScreen(sight, column, row)
        expect(Math.abs(u - x)).toBeLessThanOrEqual(1.5)
        expect(Math.abs(v - y)).toBeLessThanOrEqual(1.5)
      }
    })

    it('is the whole brain again when it is zoomed out', () => {
      const near = draggedSight(zoomedSight(wholeBrain, layout, scale, 5, 90, 10), layout, scale, 300, 300)
      expect(zoomedSight(near, layout, scale, 0.01, 0, 0)).toEqual(wholeBrain)
    })
  })
})
