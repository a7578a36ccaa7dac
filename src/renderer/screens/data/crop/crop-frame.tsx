/** The crop box over one slice: a frame whose edges are dragged, or moved with the arrow keys, a voxel at a time. */
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from 'react'
import { voxelSizes } from '../../../../core/volume/affine.ts'
import type { Box } from '../../../../core/volume/crop.ts'
import type { Grid } from '../../../../core/volume/grid.ts'
import { type Plane, type SliceLayout, sliceLayout, type ViewConvention } from '../../../../core/volume/orientation.ts'
import type { Frame } from '../../../viewer/frame.ts'
import { placeOfSlice, type SlicePlace, wholeBrain } from '../../../viewer/slice-place.ts'
import { words as viewer } from '../../../viewer/strings.ts'
import { borderOf, type Side, type WorldAxis, withFace } from './box.ts'
import { words } from './strings.ts'

interface CropFrameProps {
  readonly plane: Plane
  readonly convention: ViewConvention
  readonly grid: Grid
  readonly frame: Frame
  readonly scale: number
  readonly box: Box
  /** While it is dragged. */
  readonly onBox: (box: Box) => void
  /** When it is let go. */
  readonly onDone: (box: Box) => void
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }

/** Screen position of a border between voxels. */
function screenOf(border: number, across: boolean, layout: SliceLayout, place: SlicePlace, shape: Grid['shape']) {
  if (!across) return place.top + (shape[layout.up] - border) * place.pixel[1]
  return place.left + (layout.flipAcross ? shape[layout.across] - border : border) * place.pixel[0]
}

function borderAt(at: number, across: boolean, layout: SliceLayout, place: SlicePlace, shape: Grid['shape']) {
  if (!across) return shape[layout.up] - (at - place.top) / place.pixel[1]
  const border = (at - place.left) / place.pixel[0]
  return layout.flipAcross ? shape[layout.across] - border : border
}

export function CropFrame({ plane, convention, grid, frame, scale, box, onBox, onDone }: CropFrameProps) {
  const host = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState<readonly [number, number]>([0, 0])
  useLayoutEffect(() => {
    const element = host.current!
    const measure = () => setSize([element.clientWidth, element.clientHeight])
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const layout = sliceLayout(plane, convention)
  const { shape, affine } = grid
  const place = placeOfSlice(layout, shape, voxelSizes(affine), frame, scale, wholeBrain, ...size)
  const at = (across: boolean, side: Side) =>
    screenOf(borderOf(box, across ? layout.across : layout.up, side), across, layout, place, shape)
  const [x1, x2] = [at(true, 'low'), at(true, 'high')].sort((a, b) => a - b) as [number, number]
  const [y1, y2] = [at(false, 'low'), at(false, 'high')].sort((a, b) => a - b) as [number, number]
  const edges = ([true, false] as const).flatMap((across) =>
    (['low', 'high'] as const).map((side) => ({ across, side })),
  )
  const dragged = (event: PointerEvent, across: boolean, side: Side): Box => {
    const { left, top } = host.current!.getBoundingClientRect()
    const pixel = across ? event.clientX - left : event.clientY - top
    return withFace(box, across ? layout.across : layout.up, side, borderAt(pixel, across, layout, place, shape), shape)
  }
  const moved = (event: KeyboardEvent, across: boolean, axis: WorldAxis, side: Side) => {
    const step = steps[event.key]
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    // Keys move the edge the way it goes on the screen.
    const sign = across && layout.flipAcross && !event.key.endsWith('Up') && !event.key.endsWith('Down') ? -1 : 1
    const next = withFace(box, axis, side, borderOf(box, axis, side) + sign * step, shape)
    onBox(next)
    onDone(next)
  }
  return (
    <div className="crop-frame" ref={host}>
      <i style={{ left: x1, top: y1, width: x2 - x1, height: y2 - y1 }} />
      {edges.map(({ across, side }) => {
        const axis = across ? layout.across : layout.up
        const here = at(across, side)
        return (
          <span
            key={`${across} ${side}`}
            role="slider"
            tabIndex={0}
            className={across ? 'edge across' : 'edge up'}
            aria-label={words.inPlane(words.face[side][axis]!, viewer.planes.names[plane])}
            aria-orientation={across ? 'horizontal' : 'vertical'}
            aria-valuemin={0}
            aria-valuemax={shape[axis]}
            aria-valuenow={borderOf(box, axis, side)}
            style={across ? { left: here - 5, top: y1, height: y2 - y1 } : { top: here - 5, left: x1, width: x2 - x1 }}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={(event) => {
              if (event.buttons === 1) onBox(dragged(event, across, side))
            }}
            onPointerUp={(event) => onDone(dragged(event, across, side))}
            onKeyDown={(event) => moved(event, across, axis, side)}
          />
        )
      })}
    </div>
  )
}
