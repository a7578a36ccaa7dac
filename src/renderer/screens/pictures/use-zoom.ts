/** One zoom for all pictures: a factor and the point of the scene in the middle, as shares of a picture. */
import { type CSSProperties, type PointerEvent, useRef, useState } from 'react'

export interface Zoom {
  readonly factor: number
  readonly x: number
  readonly y: number
}

const whole: Zoom = { factor: 1, x: 0.5, y: 0.5 }
export const mostZoom = 6

/** The middle stays where the picture still fills its frame. */
function kept({ factor, x, y }: Zoom): Zoom {
  const edge = 0.5 / factor
  const within = (value: number) => Math.max(edge, Math.min(1 - edge, value))
  return { factor, x: within(x), y: within(y) }
}

export function useZoom() {
  const [zoom, setZoom] = useState(whole)
  const drag = useRef<{ x: number; y: number; from: Zoom } | null>(null)
  const style = {
    '--zoom': String(zoom.factor),
    '--x': `${(0.5 - zoom.x) * 100}%`,
    '--y': `${(0.5 - zoom.y) * 100}%`,
  } as CSSProperties
  return {
    zoom,
    style,
    setFactor: (factor: number) => setZoom((now) => (factor <= 1 ? whole : kept({ ...now, factor }))),
    toggle: () => setZoom((now) => (now.factor > 1 ? whole : { ...now, factor: 2.5 })),
    /** Put these on whatever holds pictures. */
    gestures: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (zoom.factor > 1 && event.target instanceof HTMLCanvasElement)
          drag.current = { x: event.clientX, y: event.clientY, from: zoom }
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        const started = drag.current
        if (started === null || event.buttons !== 1 || !(event.target instanceof HTMLCanvasElement)) return
        const size = event.target.getBoundingClientRect().width
        const { from } = started
        setZoom(
          kept({
            factor: from.factor,
            x: from.x - (event.clientX - started.x) / size,
            y: from.y - (event.clientY - started.y) / size,
          }),
        )
      },
      onPointerUp() {
        drag.current = null
      },
    },
  }
}
