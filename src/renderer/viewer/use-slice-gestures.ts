/** Mouse and wheel of a slice: crosshair, window and level, moving the picture, zoom, next slice. */
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react'
import type { SliceLayout } from '../../core/volume/orientation.ts'
import { draggedSight, type Sight, zoomedSight } from './slice-place.ts'
import { draggedWindow, type GreyWindow } from './window-level.ts'

export interface SliceGestures {
  readonly layout: SliceLayout
  /** Pixels per millimetre without zoom. */
  readonly scale: number
  readonly sight: Sight
  readonly window: GreyWindow
  readonly windowDrag: boolean
  /** Pixels from the view's left and top. */
  readonly pick: (x: number, y: number) => void
  readonly step: (by: number) => void
  readonly onSight: (sight: Sight) => void
  readonly onWindow: (window: GreyWindow) => void
}

interface Drag {
  readonly kind: 'cross' | 'window' | 'move'
  readonly x: number
  readonly y: number
  readonly window: GreyWindow
  readonly sight: Sight
}

/** Right button: window and level. Middle button, or left with Shift: moves the picture. Left: the crosshair, or as `windowDrag` says. */
function kindOf(event: PointerEvent, windowDrag: boolean): Drag['kind'] {
  if (event.button === 2) return 'window'
  if (event.button === 1 || event.shiftKey) return 'move'
  return windowDrag ? 'window' : 'cross'
}

export function useSliceGestures(canvas: RefObject<HTMLCanvasElement | null>, own: SliceGestures) {
  const now = useRef(own)
  now.current = own
  const drag = useRef<Drag | null>(null)

  useEffect(() => {
    const target = canvas.current
    if (target === null) return
    // Not passive, because the page itself must not zoom.
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const { layout, scale, sight, onSight, step } = now.current
      if (!event.ctrlKey) return step(event.deltaY > 0 ? -1 : 1)
      const box = target.getBoundingClientRect()
      const [right, down] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]
      onSight(zoomedSight(sight, layout, scale, event.deltaY > 0 ? 1 / 1.2 : 1.2, right, down))
    }
    target.addEventListener('wheel', wheel, { passive: false })
    return () => target.removeEventListener('wheel', wheel)
  }, [canvas])

  const pickAt = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    now.current.pick(event.clientX - box.left, event.clientY - box.top)
  }
  return {
    onContextMenu: (event: { preventDefault(): void }) => event.preventDefault(),
    onPointerDown(event: PointerEvent<HTMLCanvasElement>) {
      event.currentTarget.setPointerCapture(event.pointerId)
      const { window, sight, windowDrag } = now.current
      const kind = kindOf(event, windowDrag)
      drag.current = { kind, x: event.clientX, y: event.clientY, window, sight }
      if (kind === 'cross') pickAt(event)
    },
    onPointerMove(event: PointerEvent<HTMLCanvasElement>) {
      const started = drag.current
      if (started === null || event.buttons === 0) return
      const [right, down] = [event.clientX - started.x, event.clientY - started.y]
      const { layout, scale, onSight, onWindow } = now.current
      if (started.kind === 'cross') pickAt(event)
      else if (started.kind === 'window') onWindow(draggedWindow(started.window, right, down))
      else onSight(draggedSight(started.sight, layout, scale, right, down))
    },
    onPointerUp() {
      drag.current = null
    },
  }
}
