/** Where a slice lies in its view: scale, zoom and position, the same in all slices, in millimetres of the subject. Pure. */
import type { Grid } from '../../core/volume/grid.ts'
import type { SliceLayout } from '../../core/volume/orientation.ts'
import type { Frame } from './frame.ts'

export interface Sight {
  /** 1 shows the whole brain. */
  readonly zoom: number
  /** Millimetres along right, anterior, superior by which the middle of the view lies off the middle of the brain. */
  readonly off: readonly [number, number, number]
}

export const wholeBrain: Sight = { zoom: 1, off: [0, 0, 0] }
const mostZoom = 12

export interface SlicePlace {
  /** Top left corner of the slice in the view, pixels. */
  readonly left: number
  readonly top: number
  /** Width and height of a voxel, pixels. */
  readonly pixel: readonly [number, number]
}

/** `scale` in pixels per millimetre without zoom, `sizes` in millimetres per voxel of the RAS+ grid. */
export function placeOfSlice(
  layout: SliceLayout,
  shape: Grid['shape'],
  sizes: readonly number[],
  frame: Frame,
  scale: number,
  sight: Sight,
  width: number,
  height: number,
): SlicePlace {
  const pixel = [sizes[layout.across]! * scale * sight.zoom, sizes[layout.up]! * scale * sight.zoom] as const
  // The middle of the brain comes into the middle of the view, whatever empty space the grid has round it.
  const middle = (axis: 0 | 1 | 2) => (frame.low[axis] + frame.high[axis] + 1) / 2 + sight.off[axis] / sizes[axis]!
  const fromLeft = layout.flipAcross ? shape[layout.across] - middle(layout.across) : middle(layout.across)
  return {
    left: Math.round(width / 2 - fromLeft * pixel[0]),
    top: Math.round(height / 2 - (shape[layout.up] - middle(layout.up)) * pixel[1]),
    pixel,
  }
}

function moved(sight: Sight, layout: SliceLayout, right: number, down: number, zoom: number): Sight {
  const off = [...sight.off] as [number, number, number]
  off[layout.across] += layout.flipAcross ? -right : right
  off[layout.up] -= down
  return { zoom, off }
}

/** After dragging the picture by so many pixels right and down. */
export function draggedSight(sight: Sight, layout: SliceLayout, scale: number, right: number, down: number): Sight {
  const perPixel = 1 / (scale * sight.zoom)
  return moved(sight, layout, -right * perPixel, -down * perPixel, sight.zoom)
}

/** After zooming by a factor so that what lies right and down of the view's middle by so many pixels stays where it is. */
export function zoomedSight(
  sight: Sight,
  layout: SliceLayout,
  scale: number,
  factor: number,
  right: number,
  down: number,
): Sight {
  const zoom = Math.max(1, Math.min(mostZoom, sight.zoom * factor))
  if (zoom === 1) return wholeBrain
  const by = 1 / (scale * sight.zoom) - 1 / (scale * zoom)
  return moved(sight, layout, right * by, down * by, zoom)
}
