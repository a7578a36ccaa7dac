/**
 * One slice of RAS+ volumes as pixels: the background in grey, maps and filled masks over it by opacity, nearest neighbour; and the
 * outlines of masks as lines. Pure; the view component only puts the result on the screen. Picture rows run from top to bottom, so
 * "up" is read backwards.
 */
import {
  type OrientedVolume,
  type Plane,
  type SliceLayout,
  sliceLayout,
  type ViewConvention,
} from '../../core/volume/orientation.ts'
import { type Layer, mapLook } from './layers.ts'
import { borderLines, type Line } from './outlines.ts'

export interface SliceRequest {
  readonly plane: Plane
  /** Index along the axis through the slice. */
  readonly at: number
  readonly convention: ViewConvention
  readonly background: OrientedVolume<Float32Array>
  /** Values at black and white. */
  readonly window: readonly [number, number]
  readonly layers: readonly Layer[]
  readonly fill: boolean
}

export interface SlicePicture {
  readonly width: number
  readonly height: number
  /** width × height × 4 */
  readonly pixels: Uint8ClampedArray
  readonly layout: SliceLayout
}

/** Flat index of the voxel under picture column and row. */
export function voxelUnder(
  layout: SliceLayout,
  shape: readonly [number, number, number],
  at: number,
  column: number,
  row: number,
): [number, number, number] {
  const point: [number, number, number] = [0, 0, 0]
  point[layout.across] = layout.flipAcross ? shape[layout.across] - 1 - column : column
  point[layout.up] = shape[layout.up] - 1 - row
  point[layout.through] = at
  return point
}

export function drawSlice(request: SliceRequest): SlicePicture {
  const { background, at, window, layers } = request
  const { shape } = background.grid
  const layout = sliceLayout(request.plane, request.convention)
  const width = shape[layout.across]
  const height = shape[layout.up]
  const pixels = new Uint8ClampedArray(width * height * 4)
  const indexAt = (column: number, row: number) => {
    const [x, y, z] = voxelUnder(layout, shape, at, column, row)
    return (x * shape[1] + y) * shape[2] + z
  }
  const scale = 255 / Math.max(1e-9, window[1] - window[0])
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const voxel = indexAt(column, row)
      const grey = Math.max(0, Math.min(255, (background.values[voxel]! - window[0]) * scale))
      const pixel: [number, number, number] = [grey, grey, grey]
      for (const layer of layers) {
        if (!layer.visible || layer.opacity <= 0) continue
        const value = layer.volume.values[voxel]!
        if (value <= 0) continue
        const map = layer.style.outline === 'ramp'
        if (!map && !request.fill && layer.style.filled !== true) continue
        const [low, high] = layer.range ?? [0, highest(layer)]
        const look = map ? mapLook(value, layer.threshold ?? high / 2, high, low, layer.colours) : null
        const colour = look?.colour ?? layer.style.colour
        const share = layer.opacity * (look?.share ?? 1)
        for (let c = 0; c < 3; c++) pixel[c] = pixel[c]! * (1 - share) + colour[c]! * share
      }
      pixels.set([pixel[0], pixel[1], pixel[2], 255], (row * width + column) * 4)
    }
  }
  return { width, height, pixels, layout }
}

const highestOf = new WeakMap<Float32Array, number>()
function highest(layer: Layer): number {
  const { values } = layer.volume
  let found = highestOf.get(values)
  if (found === undefined) {
    found = 1e-9
    for (const value of values) if (value > found) found = value
    highestOf.set(values, found)
  }
  return found
}

export interface Outline {
  readonly layer: Layer
  readonly lines: readonly Line[]
}

/** Borders of the visible masks in this slice, in the order in which they are drawn. */
export function outlinesOf(request: SliceRequest): Outline[] {
  if (request.fill) return []
  const { shape } = request.background.grid
  const layout = sliceLayout(request.plane, request.convention)
  return request.layers
    .filter(
      ({ visible, opacity, style }) => visible && opacity > 0 && style.outline !== 'ramp' && style.filled !== true,
    )
    .map((layer) => ({
      layer,
      lines: borderLines(shape[layout.across], shape[layout.up], (column, row) => {
        const [x, y, z] = voxelUnder(layout, shape, request.at, column, row)
        return layer.volume.values[(x * shape[1] + y) * shape[2] + z]! > 0
      }),
    }))
}
