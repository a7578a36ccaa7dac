/** Pixels per millimetre at which the brain fits into all slice views of a container, kept right while the window changes. */
import { type RefObject, useEffect, useState } from 'react'
import { type Frame, sharedScale } from './frame.ts'

/** `container` holds one child per plane, in the order sagittal, coronal, axial. */
export function useSliceScale(
  container: RefObject<HTMLElement | null>,
  frame: Frame,
  affine: readonly number[],
): number {
  const [scale, setScale] = useState(1)
  useEffect(() => {
    const element = container.current
    if (element === null) return
    const measure = () => {
      const cells = [0, 1, 2].map((at) => {
        const cell = element.children[at]
        return [cell?.clientWidth ?? 1, cell?.clientHeight ?? 1] as const
      })
      setScale(sharedScale(frame, affine, cells))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [container, frame, affine])
  return scale
}
