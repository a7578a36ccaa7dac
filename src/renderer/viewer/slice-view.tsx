/** One slice on a canvas, at a scale in millimetres that all slices share, with letters outside the picture and a crosshair. */
import { useEffect, useMemo, useRef } from 'react'
import { applyAffine, voxelSizes } from '../../core/volume/affine.ts'
import type { Plane } from '../../core/volume/orientation.ts'
import { millimetres } from '../lib/format.ts'
import { drawSlice, type Outline, outlinesOf, type SliceRequest, voxelUnder } from './draw-slice.ts'
import type { Frame } from './frame.ts'

export type Cross = readonly [number, number, number]

export interface SliceViewProps extends Omit<SliceRequest, 'at'> {
  readonly cross: Cross
  /** What is put into the middle of the view. */
  readonly frame: Frame
  /** Pixels per millimetre, the same in all slices. */
  readonly scale: number
  readonly settled: boolean
  readonly onCross: (cross: Cross) => void
}

const dashes = { solid: [], dashed: [5, 3], dotted: [2, 3], ramp: [] } as const

/** A line of two pixels in the layer's colour on a dark casing, so that it shows on light and dark ground alike. */
function strokeOutline(
  context: CanvasRenderingContext2D,
  { layer, lines }: Outline,
  left: number,
  top: number,
  pixel: readonly [number, number],
) {
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

const names: Readonly<Record<Plane, string>> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' }
const worldAxis = ['x', 'y', 'z'] as const

export function SliceView(props: SliceViewProps) {
  const { plane, cross, scale, frame, background, onCross, settled } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const { shape, affine } = background.grid
  const through = { axial: 2, coronal: 1, sagittal: 0 }[plane] as 0 | 1 | 2
  const picture = useMemo(() => drawSlice({ ...props, at: cross[through] }), [props, cross, through])
  const outlines = useMemo(() => outlinesOf({ ...props, at: cross[through] }), [props, cross, through])
  const { layout } = picture
  const sizes = voxelSizes(affine)
  const pixel = [sizes[layout.across] * scale, sizes[layout.up] * scale] as const

  useEffect(() => {
    const target = canvas.current
    if (target === null) return
    const ratio = window.devicePixelRatio || 1
    const draw = () => {
      const [width, height] = [target.clientWidth, target.clientHeight]
      target.width = width * ratio
      target.height = height * ratio
      const context = target.getContext('2d')!
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.fillStyle = '#000'
      context.fillRect(0, 0, width, height)
      const small = document.createElement('canvas')
      small.width = picture.width
      small.height = picture.height
      small
        .getContext('2d')!
        .putImageData(new ImageData(new Uint8ClampedArray(picture.pixels), picture.width, picture.height), 0, 0)
      // The middle of the brain comes into the middle of the view, whatever empty space the grid has round it.
      const middle = (axis: 0 | 1 | 2) => (frame.low[axis] + frame.high[axis] + 1) / 2
      const fromLeft = layout.flipAcross ? shape[layout.across] - middle(layout.across) : middle(layout.across)
      const left = Math.round(width / 2 - fromLeft * pixel[0])
      const top = Math.round(height / 2 - (shape[layout.up] - middle(layout.up)) * pixel[1])
      context.imageSmoothingEnabled = false
      context.drawImage(small, left, top, picture.width * pixel[0], picture.height * pixel[1])
      for (const outline of outlines) strokeOutline(context, outline, left, top, pixel)
      target.dataset.left = String(left)
      target.dataset.top = String(top)
      // The crosshair leaves a gap at its point and stops before the letters.
      const column = layout.flipAcross ? shape[layout.across] - 1 - cross[layout.across] : cross[layout.across]
      const [x, y] = [left + (column + 0.5) * pixel[0], top + (shape[layout.up] - 0.5 - cross[layout.up]) * pixel[1]]
      context.strokeStyle = 'rgba(236, 239, 242, 0.75)'
      context.lineWidth = 1
      context.beginPath()
      for (const [x1, y1, x2, y2] of [
        [26, y, x - 8, y],
        [x + 8, y, width - 26, y],
        [x, 24, x, y - 8],
        [x, y + 8, x, height - 24],
      ] as const) {
        context.moveTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5)
        context.lineTo(Math.round(x2) + 0.5, Math.round(y2) + 0.5)
      }
      context.stroke()
    }
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(target)
    return () => observer.disconnect()
  }, [picture, outlines, cross, layout, pixel, shape, frame])

  const pick = (clientX: number, clientY: number) => {
    const target = canvas.current!
    const box = target.getBoundingClientRect()
    const column = Math.floor((clientX - box.left - Number(target.dataset.left)) / pixel[0])
    const row = Math.floor((clientY - box.top - Number(target.dataset.top)) / pixel[1])
    if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) return
    onCross(voxelUnder(layout, shape, cross[through], column, row))
  }
  const step = (by: number) => {
    const next = [...cross] as [number, number, number]
    next[through] = Math.max(0, Math.min(shape[through] - 1, cross[through] + by))
    onCross(next)
  }
  const place = applyAffine(affine, cross)
  const sure = (letter: string) => (settled || (letter !== 'L' && letter !== 'R') ? letter : `${letter}?`)
  return (
    <div className="slice" data-plane={plane}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`${names[plane]} slice, ${worldAxis[through]} ${millimetres(place[through])} mm`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          pick(event.clientX, event.clientY)
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) pick(event.clientX, event.clientY)
        }}
        onWheel={(event) => step(event.deltaY > 0 ? -1 : 1)}
        onKeyDown={(event) => {
          const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }[event.key]
          if (by !== undefined) {
            event.preventDefault()
            step(by)
          }
        }}
      />
      <span className="label" style={{ left: 8, top: 6 }}>
        {names[plane]}
      </span>
      <span className="label" style={{ right: 8, top: 6 }}>
        {worldAxis[through]} {millimetres(place[through])} mm
      </span>
      {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
        <span key={side} className={`letter ${side}`} style={settled ? {} : { color: '#ffee8c' }} data-side={side}>
          {sure(layout.letters[side])}
        </span>
      ))}
    </div>
  )
}
