/**
 * What a simulated picture shows, before any pixel is drawn: one of four kinds of place with a horizon, and one to four
 * objects out of twelve categories. A category is a shape with a texture and a typical hue.
 */
import type { Random } from '../random/random.ts'

export const placeNames = ['coast', 'field', 'town', 'room'] as const
export type Place = (typeof placeNames)[number]
export const shapeNames = ['disc', 'square', 'triangle', 'ring', 'cross', 'flower'] as const
export type Shape = (typeof shapeNames)[number]
export const textureNames = ['plain', 'stripes', 'checks', 'dots'] as const
export type Texture = (typeof textureNames)[number]

export type Rgb = readonly [number, number, number]

export interface Category {
  readonly shape: Shape
  readonly texture: Texture
  /** Turns of the colour circle, 0 … 1. */
  readonly hue: number
}

/** Twelve pairs of shape and texture, no two alike; each shape occurs twice, each texture three times. */
export const categories: readonly Category[] = Array.from({ length: 12 }, (_, i) => ({
  shape: shapeNames[i % 6]!,
  texture: textureNames[(i + Math.floor(i / 6)) % 4]!,
  hue: i / 12,
}))

export interface SceneObject {
  readonly category: number
  /** Centre and radius as shares of the picture's side; x to the right, y down. */
  readonly x: number
  readonly y: number
  readonly radius: number
  /** Radians. */
  readonly rotation: number
  readonly colour: Rgb
}

export interface Scene {
  readonly place: Place
  /** Height of the horizon from the top, as a share of the picture. */
  readonly horizon: number
  /** Colours at the top, above and below the horizon, and at the bottom. */
  readonly sky: readonly [Rgb, Rgb]
  readonly ground: readonly [Rgb, Rgb]
  /** Standard deviation of the 1/f luminance noise. */
  readonly grain: number
  /** Painted in this order: later ones hide earlier ones. */
  readonly objects: readonly SceneObject[]
}

interface PlaceStyle {
  readonly horizon: readonly [number, number]
  readonly skyHue: number
  readonly groundHue: number
  readonly skyLight: number
  readonly groundLight: number
}

const styles: Readonly<Record<Place, PlaceStyle>> = {
  coast: { horizon: [0.3, 0.5], skyHue: 0.57, groundHue: 0.54, skyLight: 0.74, groundLight: 0.42 },
  field: { horizon: [0.35, 0.6], skyHue: 0.6, groundHue: 0.28, skyLight: 0.66, groundLight: 0.38 },
  town: { horizon: [0.5, 0.72], skyHue: 0.08, groundHue: 0.65, skyLight: 0.6, groundLight: 0.32 },
  room: { horizon: [0.6, 0.82], skyHue: 0.12, groundHue: 0.05, skyLight: 0.56, groundLight: 0.36 },
}

/** Hue in turns, saturation and lightness 0 … 1. */
export function colourOf(hue: number, saturation: number, lightness: number): Rgb {
  const chroma = (1 - Math.abs(2 * lightness - 1)) * saturation
  const channel = (offset: number) => {
    const k = (offset + hue * 12 + 144) % 12
    return lightness - (chroma / 2) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
  }
  return [channel(0), channel(8), channel(4)]
}

export function drawScene(random: Random): Scene {
  const place = placeNames[random.integer(placeNames.length)]!
  const style = styles[place]
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  const shade = (hue: number, light: number): Rgb =>
    colourOf(
      hue + 0.05 * random.normal(),
      between(0.15, 0.55),
      Math.min(0.9, Math.max(0.1, light + 0.11 * random.normal())),
    )
  const horizon = between(...style.horizon)
  const sky = [shade(style.skyHue, style.skyLight), shade(style.skyHue, style.skyLight + 0.08)] as const
  const ground = [shade(style.groundHue, style.groundLight + 0.05), shade(style.groundHue, style.groundLight)] as const
  const count = 1 + random.integer(4)
  const objects = Array.from({ length: count }, () => drawObject(random))
  return { place, horizon, sky, ground, grain: between(0.06, 0.12), objects }
}

function drawObject(random: Random): SceneObject {
  const category = random.integer(categories.length)
  const between = (low: number, high: number) => low + (high - low) * random.uniform()
  return {
    category,
    x: between(0.14, 0.86),
    y: between(0.18, 0.86),
    radius: between(0.11, 0.25),
    rotation: between(0, 2 * Math.PI),
    colour: colourOf(categories[category]!.hue + 0.035 * random.normal(), between(0.5, 0.95), between(0.35, 0.68)),
  }
}
