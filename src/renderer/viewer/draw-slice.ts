/**
 * One slice of RAS+ volumes as pixels: the background in grey, layers over it by opacity, masks nearest neighbour. Pure; the view
 * component only puts the result on the screen. Picture rows run from top to bottom, so "up" is read backwards.
 */
import {
  type OrientedVolume,
  type Plane,
  type SliceLayout,
  sliceLayout,
  type ViewConvention,
} from '../../core/volume/orientation.ts'
import { type Layer, rampColour } from './layers.ts'

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
        const ramp = layer.style.outline === 'ramp'
        const edge = ramp || request.fill || isEdge(layer, indexAt, column, row, width, height)
        if (!edge || (!ramp && !request.fill && layer.style.outline !== 'solid' && (column + row) % 2 === 1)) continue
        const colour = ramp ? rampColour(value / highest(layer)) : layer.style.colour
        const share = ramp ? layer.opacity * Math.min(1, (2 * value) / highest(layer)) : layer.opacity
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

/** A voxel of the mask with a neighbour in the slice that is not. */
function isEdge(
  layer: Layer,
  indexAt: (column: number, row: number) => number,
  column: number,
  row: number,
  width: number,
  height: number,
): boolean {
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    const [x, y] = [column + dx, row + dy]
    if (x < 0 || y < 0 || x >= width || y >= height || layer.volume.values[indexAt(x, y)]! <= 0) return true
  }
  return false
}
