/** A scene as pixels, and which pixels of it each category covers. */
import { latticePoints, latticeSize } from '../embedding/channel-maps.ts'
import { categories, type Rgb, type Scene, type SceneObject } from './scene.ts'
import { insideShape, textureAt } from './shapes.ts'

/** Side of a picture in pixels. */
export const pictureSide = 64
const cellSide = pictureSide / latticeSize

export interface Rendered {
  /** side × side × 3, 0 … 255. */
  readonly pixels: Uint8Array
  /** Share of each lattice cell that visible objects of a category cover: categories × latticePoints. */
  readonly cover: Float32Array
}

/** `grain`: side × side, variance 1. Writes the picture to `pixels` and the cover to `cover`. */
export function render(scene: Scene, grain: Float64Array, { pixels, cover }: Rendered): void {
  const side = pictureSide
  const colour = new Float64Array(side * side * 3)
  // Category shown at each pixel; −1 where there is only the place.
  const shown = new Int8Array(side * side).fill(-1)
  paintPlace(scene, colour)
  for (const object of scene.objects) paintObject(object, colour, shown)
  cover.fill(0)
  for (let p = 0; p < side * side; p++) {
    const light = scene.grain * grain[p]! * (shown[p]! >= 0 ? 0.6 : 1)
    for (let c = 0; c < 3; c++) {
      const value = colour[3 * p + c]! + light
      pixels[3 * p + c] = Math.round(255 * Math.min(1, Math.max(0, value)))
    }
    if (shown[p]! >= 0) {
      const cell = Math.floor(p / side / cellSide) * latticeSize + Math.floor((p % side) / cellSide)
      cover[shown[p]! * latticePoints + cell]! += 1 / (cellSide * cellSide)
    }
  }
}

function mix(a: Rgb, b: Rgb, share: number, channel: number): number {
  return a[channel]! + (b[channel]! - a[channel]!) * share
}

function paintPlace(scene: Scene, colour: Float64Array): void {
  const side = pictureSide
  for (let y = 0; y < side; y++) {
    const height = (y + 0.5) / side
    const above = height < scene.horizon
    const [from, to] = above ? scene.sky : scene.ground
    const share = above ? height / scene.horizon : (height - scene.horizon) / (1 - scene.horizon)
    for (let c = 0; c < 3; c++) {
      const value = mix(from, to, share, c)
      for (let x = 0; x < side; x++) colour[3 * (y * side + x) + c] = value
    }
  }
}

function paintObject(object: SceneObject, colour: Float64Array, shown: Int8Array): void {
  const side = pictureSide
  const { shape, texture } = categories[object.category]!
  const [cx, cy, radius] = [object.x * side, object.y * side, object.radius * side]
  const [cosine, sine] = [Math.cos(object.rotation), Math.sin(object.rotation)]
  const low = (centre: number) => Math.max(0, Math.floor(centre - 1.4 * radius))
  const high = (centre: number) => Math.min(side - 1, Math.ceil(centre + 1.4 * radius))
  for (let y = low(cy); y <= high(cy); y++) {
    for (let x = low(cx); x <= high(cx); x++) {
      const dx = (x + 0.5 - cx) / radius
      const dy = (y + 0.5 - cy) / radius
      const u = cosine * dx + sine * dy
      const v = cosine * dy - sine * dx
      // Half a pixel of blur at the edge.
      const opacity = Math.min(1, Math.max(0, insideShape(shape, u, v) * radius + 0.5))
      if (opacity === 0) continue
      const p = y * side + x
      const factor = textureAt(texture, u, v)
      for (let c = 0; c < 3; c++) {
        const value = Math.min(1, object.colour[c]! * factor)
        colour[3 * p + c]! += opacity * (value - colour[3 * p + c]!)
      }
      if (opacity > 0.5) shown[p] = object.category
    }
  }
}
