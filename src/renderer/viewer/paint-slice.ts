/** Puts one slice on a canvas: picture, outlines, swipe line and crosshair. */
import type { OrientedVolume } from '../../core/volume/orientation.ts'
import { drawSlice, type Outline, outlinesOf, type SlicePicture, type SliceRequest } from './draw-slice.ts'
import type { SlicePlace } from './slice-place.ts'

const dashes = { solid: [], dashed: [5, 3], dotted: [2, 3], ramp: [] } as const

/** What of the slice lies on one side of the swipe line; both sides are the same without a line. */
export interface SlicePart {
  readonly picture: SlicePicture
  readonly outlines: readonly Outline[]
}

/** One part without a swipe line, else the left and the right one. */
export function slicePartsOf(request: SliceRequest, swipe: boolean): readonly SlicePart[] {
  const part = (side: 'left' | 'right'): SlicePart => {
    const own = {
      ...request,
      layers: request.layers.filter((layer) => layer.side === undefined || layer.side === side),
    }
    return { picture: drawSlice(own), outlines: outlinesOf(own) }
  }
  return swipe ? [part('left'), part('right')] : [part('right')]
}

/** A line of two pixels in the layer's colour on a dark casing, so that it shows on light and dark ground alike. */
function strokeOutline(context: CanvasRenderingContext2D, { layer, lines }: Outline, { left, top, pixel }: SlicePlace) {
  context.save()
  context.globalAlpha = layer.opacity
  context.lineCap = 'square'
  context.beginPath()
  for (const [x1, y1, x2, y2] of lines) {
    context.moveTo(Math.round(left + x1 * pixel[0]), Math.round(top + y1 * pixel[1]))
    context.lineTo(Math.round(left + x2 * pixel[0]), Math.round(top + y2 * pixel[1]))
  }
  context.strokeStyle = 'rgb(0 0 0 / 75%)'
  context.lineWidth = 4
  context.stroke()
  context.lineCap = 'butt'
  context.setLineDash([...dashes[layer.style.outline]])
  context.strokeStyle = `rgb(${layer.style.colour.join(' ')})`
  context.lineWidth = 2
  context.stroke()
  context.restore()
}

function paintPart(context: CanvasRenderingContext2D, { picture, outlines }: SlicePart, place: SlicePlace) {
  const small = document.createElement('canvas')
  small.width = picture.width
  small.height = picture.height
  small
    .getContext('2d')!
    .putImageData(new ImageData(new Uint8ClampedArray(picture.pixels), picture.width, picture.height), 0, 0)
  const { left, top, pixel } = place
  context.drawImage(small, left, top, picture.width * pixel[0], picture.height * pixel[1])
  for (const outline of outlines) strokeOutline(context, outline, place)
}

/** The crosshair leaves a gap at its point and stops before the letters. */
function paintCross(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number) {
  context.strokeStyle = 'rgba(236, 239, 242, 0.75)'
  context.lineWidth = 1
  context.beginPath()
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    if (x2 < x1 || y2 < y1) return
    context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5)
    context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5)
  }
  if (y > 24 && y < height - 24) {
    line(26, y, Math.min(x - 8, width - 26), y)
    line(Math.max(26, x + 8), y, width - 26, y)
  }
  if (x > 26 && x < width - 26) {
    line(x, 24, x, Math.min(y - 8, height - 24))
    line(x, Math.max(24, y + 8), x, height - 24)
  }
  context.stroke()
}

export interface SlicePainting {
  readonly parts: readonly SlicePart[]
  readonly place: SlicePlace
  /** Share of the view's width at which the swipe line stands; ignored with one part. */
  readonly swipeAt: number
  readonly cross: readonly [number, number, number]
  readonly shape: OrientedVolume<Float32Array>['grid']['shape']
}

export function paintSlice(target: HTMLCanvasElement, { parts, place, swipeAt, cross, shape }: SlicePainting): void {
  const ratio = window.devicePixelRatio || 1
  const [width, height] = [target.clientWidth, target.clientHeight]
  target.width = width * ratio
  target.height = height * ratio
  const context = target.getContext('2d')!
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.fillStyle = '#000'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingEnabled = false
  const line = Math.round(width * swipeAt)
  for (const [side, part] of parts.entries()) {
    context.save()
    if (parts.length > 1) {
      context.beginPath()
      context.rect(side === 0 ? 0 : line, 0, side === 0 ? line : width - line, height)
      context.clip()
    }
    paintPart(context, part, place)
    context.restore()
  }
  const { layout } = parts[0]!.picture
  const column = layout.flipAcross ? shape[layout.across] - 1 - cross[layout.across] : cross[layout.across]
  const { left, top, pixel } = place
  paintCross(
    context,
    left + (column + 0.5) * pixel[0],
    top + (shape[layout.up] - 0.5 - cross[layout.up]) * pixel[1],
    width,
    height,
  )
}
