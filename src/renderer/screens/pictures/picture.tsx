/** One picture of a gallery, drawn from its bytes. All pictures under one zoom show the same part of the scene. */
import { useEffect, useRef } from 'react'
import type { Numbers } from '../../lib/volumes.ts'

export interface PictureSet {
  readonly pixels: Numbers
  readonly width: number
  readonly height: number
}

export function Picture({ set, item, label }: { set: PictureSet; item: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { pixels, width, height } = set
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context) return
    const image = context.createImageData(width, height)
    const start = item * width * height * 3
    for (let p = 0; p < width * height; p++) {
      for (let c = 0; c < 3; c++) image.data[4 * p + c] = pixels[start + 3 * p + c]!
      image.data[4 * p + 3] = 255
    }
    context.putImageData(image, 0, 0)
  }, [pixels, item, width, height])
  return (
    <span className="picture">
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={label} />
    </span>
  )
}
