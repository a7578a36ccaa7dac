/** Shapes and textures of objects, in coordinates where an object reaches from −1 to 1. */
import type { Shape, Texture } from './scene.ts'

/** Above 0 inside the shape, roughly the distance to its edge. */
export function insideShape(shape: Shape, x: number, y: number): number {
  const r = Math.hypot(x, y)
  switch (shape) {
    case 'disc':
      return 0.95 - r
    case 'square':
      return 0.8 - Math.max(Math.abs(x), Math.abs(y))
    case 'triangle':
      return Math.min(0.6 + y, 0.55 - 0.5 * y - 0.866 * Math.abs(x))
    case 'ring':
      return Math.min(1 - r, r - 0.5)
    case 'cross':
      return Math.max(Math.min(0.36 - Math.abs(x), 1 - Math.abs(y)), Math.min(1 - Math.abs(x), 0.36 - Math.abs(y)))
    case 'flower':
      return 0.68 + 0.32 * Math.cos(5 * Math.atan2(y, x)) - r
    default:
      throw new TypeError(`unknown shape ${String(shape satisfies never)}`)
  }
}

/** Factor on the colour, around 1. */
export function textureAt(texture: Texture, x: number, y: number): number {
  switch (texture) {
    case 'plain':
      return 1
    case 'stripes':
      return 1 + 0.4 * Math.sign(Math.sin(7.5 * x))
    case 'checks':
      return 1 + 0.4 * Math.sign(Math.sin(6 * x) * Math.sin(6 * y))
    case 'dots':
      return 1 + 0.45 * Math.tanh(6 * (Math.cos(8 * x) * Math.cos(8 * y) - 0.25))
    default:
      throw new TypeError(`unknown texture ${String(texture satisfies never)}`)
  }
}
