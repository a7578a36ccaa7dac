/** One slice on a canvas, at a scale in millimetres that all slices share, with letters outside the picture and a crosshair. */
import { type CSSProperties, useEffect, useMemo, useRef } from 'react'
import { applyAffine, voxelSizes } from '../../core/volume/affine.ts'
import { millimetres } from '../lib/format.ts'
import { type SliceRequest, voxelUnder } from './draw-slice.ts'
import type { Frame } from './frame.ts'
import { paintSlice, slicePartsOf } from './paint-slice.ts'
import { placeOfSlice, type Sight } from './slice-place.ts'
import { words } from './strings.ts'
import { useSliceGestures } from './use-slice-gestures.ts'
import type { GreyWindow } from './window-level.ts'

export type Cross = readonly [number, number, number]

export interface Swipe {
  /** Share of the width, 0 to 1. */
  readonly at: number
  readonly left: string
  readonly right: string
  readonly onMove: (at: number) => void
}

export interface SliceViewProps extends Omit<SliceRequest, 'at'> {
  readonly cross: Cross
  /** What is put into the middle of the view. */
  readonly frame: Frame
  /** Pixels per millimetre, the same in all slices. */
  readonly scale: number
  readonly sight: Sight
  readonly settled: boolean
  readonly swipe: Swipe | null
  /** The left button sets window and level instead of the crosshair. */
  readonly windowDrag: boolean
  readonly onCross: (cross: Cross) => void
  readonly onSight: (sight: Sight) => void
  readonly onWindow: (window: GreyWindow) => void
}

const { names } = words.planes
const worldAxis = ['x', 'y', 'z'] as const
const steps: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 }

export function SliceView(props: SliceViewProps) {
  const {
    plane,
    cross,
    scale,
    sight,
    frame,
    background,
    convention,
    window: grey,
    layers,
    fill,
    settled,
    swipe,
  } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const { shape, affine } = background.grid
  const through = { axial: 2, coronal: 1, sagittal: 0 }[plane] as 0 | 1 | 2
  const at = cross[through]
  const swiping = swipe !== null
  const parts = useMemo(
    () => slicePartsOf({ plane, at, convention, background, window: grey, layers, fill }, swiping),
    [plane, at, convention, background, grey, layers, fill, swiping],
  )
  const { layout } = parts[0]!.picture
  const sizes = useMemo(() => voxelSizes(affine), [affine])
  const placeIn = (element: HTMLElement) =>
    placeOfSlice(layout, shape, sizes, frame, scale, sight, element.clientWidth, element.clientHeight)

  const swipeAt = swipe?.at ?? 0
  useEffect(() => {
    const target = canvas.current
    if (target === null) return
    const draw = () => {
      const place = placeOfSlice(layout, shape, sizes, frame, scale, sight, target.clientWidth, target.clientHeight)
      paintSlice(target, { parts, place, swipeAt, cross, shape })
    }
    draw()
    const observer = new ResizeObserver(draw)
    observer.observe(target)
    return () => observer.disconnect()
  }, [parts, cross, layout, sizes, shape, frame, scale, sight, swipeAt])

  const pick = (x: number, y: number) => {
    const { left, top, pixel } = placeIn(canvas.current!)
    const [column, row] = [Math.floor((x - left) / pixel[0]), Math.floor((y - top) / pixel[1])]
    const { width, height } = parts[0]!.picture
    if (column >= 0 && row >= 0 && column < width && row < height)
      props.onCross(voxelUnder(layout, shape, at, column, row))
  }
  const step = (by: number) => {
    const next = [...cross] as [number, number, number]
    next[through] = Math.max(0, Math.min(shape[through] - 1, at + by))
    props.onCross(next)
  }
  const gestures = useSliceGestures(canvas, {
    ...{ layout, scale, sight, window: grey, windowDrag: props.windowDrag },
    ...{ pick, step, onSight: props.onSight, onWindow: props.onWindow },
  })
  const place = applyAffine(affine, cross)
  const sure = (letter: string) => (settled || (letter !== 'L' && letter !== 'R') ? letter : `${letter}?`)
  return (
    <div className="slice" data-plane={plane}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        className={props.windowDrag ? 'windowing' : ''}
        aria-label={words.planes.slice(names[plane], worldAxis[through], millimetres(place[through]))}
        {...gestures}
        onKeyDown={(event) => {
          const by = steps[event.key]
          if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return
          event.preventDefault()
          step(by)
        }}
      />
      <span className="label corner-left">{names[plane]}</span>
      <span className="label corner-right">{words.planes.place(worldAxis[through], millimetres(place[through]))}</span>
      {(['left', 'right', 'top', 'bottom'] as const).map((side) => (
        <span key={side} className={`letter ${side}${settled ? '' : ' unsettled'}`} data-side={side}>
          {sure(layout.letters[side])}
        </span>
      ))}
      {swipe === null ? null : <SwipeLine swipe={swipe} />}
    </div>
  )
}

/** The line between the two sides, both named, with a handle for the mouse. The slider beside the views is its twin for keys. */
function SwipeLine({ swipe }: { swipe: Swipe }) {
  const move = (event: React.PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1) return
    const box = event.currentTarget.parentElement!.parentElement!.getBoundingClientRect()
    swipe.onMove(Math.max(0.02, Math.min(0.98, (event.clientX - box.left) / box.width)))
  }
  return (
    <div className="swipe-line" style={{ '--at': `${100 * swipe.at}%` } as CSSProperties} aria-hidden="true">
      <b className="label before">{swipe.left}</b>
      <b className="label after">{swipe.right}</b>
      <i
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          move(event)
        }}
        onPointerMove={move}
      />
    </div>
  )
}
