/**
 * Pictures of a mask: three slices through its densest place, drawn from RAS axes, so that left of the axial and coronal pictures is
 * left of the subject whatever the file's order. Cut to the voxels in use, all on one scale in millimetres.
 */
import type { VoxelSpace } from '../../core/data/subject-data.ts'
import { voxelSizes } from '../../core/volume/affine.ts'
import { largestSlices } from '../../core/volume/coverage.ts'
import { gridSize } from '../../core/volume/grid.ts'
import { rasGrid, rasSource, sliceLayout } from '../../core/volume/orientation.ts'
import { usedBox } from '../../core/volume/used-box.ts'
import { onWholeGrid } from '../mask-item.ts'
import { pngDataUrl } from './png.ts'

export interface PictureSource {
  readonly space: VoxelSpace
  /** 0/1 per voxel in use. */
  readonly mask: Uint8Array
  readonly annotated: Uint8Array | null
  /** Whole grid. */
  readonly background: Float32Array
}

/** Pixels on the page along the longest side of the voxels in use. */
const longestSide = 300

/** Colours of LOOK: the method, and what an expert drew. */
const [method, expert] = [
  [76, 195, 245],
  [245, 160, 76],
] as const
/** Nine stops of viridis, dark to light. */
const viridis = [
  ...[
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
  ],
  ...[
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
  ],
] as const

type Colour = readonly [number, number, number]

function viridisAt(share: number): Colour {
  const at = Math.min(1, Math.max(0, share)) * (viridis.length - 1)
  const low = Math.min(viridis.length - 2, Math.floor(at))
  const mix = (channel: number) =>
    viridis[low]![channel]! + (at - low) * (viridis[low + 1]![channel]! - viridis[low]![channel]!)
  return [mix(0), mix(1), mix(2)]
}

/** Volumes in RAS order with the box and the place that are shown. */
class View {
  readonly #source: Int32Array
  readonly shape: readonly [number, number, number]
  readonly sizes: readonly [number, number, number]
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** In RAS voxels. */
  readonly centre: readonly number[]
  readonly #highest: number
  readonly content: PictureSource
  readonly #mask: Uint8Array
  readonly #annotated: Uint8Array | null

  constructor(content: PictureSource) {
    const { space, mask, annotated, background } = content
    const ras = rasGrid(space.grid)
    this.content = content
    this.shape = ras.shape
    this.sizes = voxelSizes(ras.affine)
    this.#source = rasSource(space.grid)
    const empty = () => new Uint8Array(gridSize(space.grid))
    this.#mask = onWholeGrid(mask, space.index, empty())
    this.#annotated = annotated === null ? null : onWholeGrid(annotated, space.index, empty())
    const everywhere = { grid: ras, index: Int32Array.from(this.#source, (_, at) => at) }
    const used = onWholeGrid(new Uint8Array(space.index.length).fill(1), space.index, empty())
    const inRas = (values: Uint8Array) => Uint8Array.from(this.#source, (at) => values[at]!)
    const usedRas = inRas(used)
    const box = usedBox({ grid: ras, index: everywhere.index.filter((at) => usedRas[at]) })
    this.low = box?.start ?? [0, 0, 0]
    this.high = this.low.map((first, axis) => first + (box?.shape ?? ras.shape)[axis]! - 1)
    this.centre = largestSlices(inRas(this.#mask), everywhere) ?? ras.shape.map((size) => Math.floor(size / 2))
    this.#highest = background.reduce((best, value) => Math.max(best, value), 0)
  }

  #at(point: readonly number[]): number {
    return this.#source[(point[0]! * this.shape[1] + point[1]!) * this.shape[2] + point[2]!]!
  }
  inMask(point: readonly number[]): boolean {
    return this.#within(point) && this.#mask[this.#at(point)]! > 0
  }
  inAnnotated(point: readonly number[]): boolean {
    return this.#annotated !== null && this.#within(point) && this.#annotated[this.#at(point)]! > 0
  }
  #within(point: readonly number[]): boolean {
    return point.every((value, axis) => value >= 0 && value < this.shape[axis]!)
  }
  grey(point: readonly number[]): number {
    const value = this.content.background[this.#at(point)]!
    return this.#highest > 0 ? (130 * Math.max(0, value)) / this.#highest : 0
  }
  /** Value of a map with one entry per voxel of the whole grid as stored. */
  value(map: Float32Array, point: readonly number[]): number {
    return map[this.#at(point)]!
  }
}

const blend = (under: Colour, over: Colour, opacity: number): Colour =>
  [0, 1, 2].map((channel) => under[channel]! + opacity * (over[channel]! - under[channel]!)) as unknown as Colour

function drawPlane(
  view: View,
  plane: 'axial' | 'coronal' | 'sagittal',
  colourOf: (point: number[]) => Colour,
  what: string,
) {
  const { across, up, through, letters } = sliceLayout(plane, { leftRight: 'neurological', nose: 'right' })
  const millimetres = view.sizes.map((size, axis) => size * (view.high[axis]! - view.low[axis]! + 1))
  const scale = longestSide / Math.max(...millimetres)
  const step = (axis: number) => Math.max(1, Math.round(scale * view.sizes[axis]!))
  const [stepX, stepY] = [step(across), step(up)]
  const [columns, rows] = [view.high[across]! - view.low[across]! + 1, view.high[up]! - view.low[up]! + 1]
  const [width, height] = [columns * stepX, rows * stepY]
  const pixels = new Uint8Array(width * height * 3)
  const point = [...view.centre]
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      point[across] = view.low[across]! + column
      point[up] = view.high[up]! - row
      const fill = colourOf(point)
      const differs = (inside: (at: readonly number[]) => boolean, dx: number, dy: number) => {
        const other = [...point]
        other[across]! += dx
        other[up]! -= dy
        return inside(point) && !inside(other)
      }
      const edges = (
        [
          [-1, 0],
          [1, 0],
          [0, -1],
          [0, 1],
        ] as const
      ).map(([dx, dy]) => ({
        ...{ dx, dy },
        mask: differs((at) => view.inMask(at), dx, dy),
        drawn: differs((at) => view.inAnnotated(at), dx, dy),
      }))
      for (let y = 0; y < stepY; y++) {
        for (let x = 0; x < stepX; x++) {
          const on = ({ dx, dy }: { dx: number; dy: number }) =>
            (dx < 0 && x === 0) || (dx > 0 && x === stepX - 1) || (dy < 0 && y === 0) || (dy > 0 && y === stepY - 1)
          // Dashes run along both picture axes, so that no side of the drawn ROI disappears.
          const dashed = (column * stepX + x + row * stepY + y) % 8 < 5
          const colour = edges.some((edge) => edge.drawn && on(edge) && dashed)
            ? expert
            : edges.some((edge) => edge.mask && on(edge))
              ? method
              : fill
          pixels.set(colour.map(Math.round), ((row * stepY + y) * width + column * stepX + x) * 3)
        }
      }
    }
  }
  const shown = (axis: number) => Math.max(1, Math.round(millimetres[axis]! * scale))
  const name = `${plane[0]!.toUpperCase()}${plane.slice(1)}`
  return `<figure><div class="slice"><i>${letters.top}</i><div><b>${letters.left}</b><img alt="${name} slice of the ${what}" width="${shown(across)}" height="${shown(up)}" src="${pngDataUrl(width, height, pixels)}"><b>${letters.right}</b></div><i>${letters.bottom}</i></div><figcaption>${name}, slice ${view.centre[through]! + 1} of ${view.shape[through]} counted from ${{ axial: 'below', coronal: 'behind', sagittal: 'the left' }[plane]}</figcaption></figure>`
}

const planes = ['axial', 'coronal', 'sagittal'] as const

/** The same picture on all three planes through the centre of the mask. */
function onPlanes(view: View, colourAt: Parameters<typeof drawPlane>[2], what: string): string {
  return planes.map((plane) => drawPlane(view, plane, colourAt, what)).join('')
}

/** The mask over its background, with the annotated ROI as a dashed outline. */
export function maskPictures(content: PictureSource): string {
  const view = new View(content)
  const colourAt = (point: number[]): Colour => {
    const grey: Colour = [view.grey(point), view.grey(point), view.grey(point)]
    return view.inMask(point) ? blend(grey, method, 0.55) : grey
  }
  return onPlanes(view, colourAt, 'mask')
}

/** How often repeats chose each voxel, through the same place; `frequency` has one entry per voxel in use. */
export function frequencyPictures(content: PictureSource, frequency: Float32Array): string {
  const view = new View(content)
  const { grid, index } = content.space
  const map = onWholeGrid(frequency, index, new Float32Array(gridSize(grid)))
  const colourAt = (point: number[]): Colour => {
    const grey: Colour = [view.grey(point) / 2, view.grey(point) / 2, view.grey(point) / 2]
    const share = view.value(map, point)
    return share > 0 ? viridisAt(share) : grey
  }
  return onPlanes(view, colourAt, 'frequency map')
}

/** A bar of the colours from never to always. */
export function frequencyScale(): string {
  const [width, height] = [160, 10]
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels.set(viridisAt(x / (width - 1)).map(Math.round), (y * width + x) * 3)
  return `<p class="scale">chosen in few repeats <img alt="colour scale" width="${width}" height="${height}" src="${pngDataUrl(width, height, pixels)}"> in all; grey: in none</p>`
}
