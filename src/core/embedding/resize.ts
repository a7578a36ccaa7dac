/**
 * Any picture as a small square one: each new pixel is the mean of the area it covers, so nothing is sharpened, nothing rings, and
 * the same picture gives the same bytes on every machine.
 */
import type { PicturesFrom } from '../contract/recipe.ts'

/** Side of the pictures that embeddings are made of, in pixels. */
export const embeddedSide = 64

/** A decoded picture: height × width × channels, top row first. */
export interface RawPicture {
  readonly width: number
  readonly height: number
  /** 1: grey, 3: red, green, blue. */
  readonly channels: 1 | 3
  readonly pixels: Uint8Array | Float32Array
  /** The value of white; 0 is black. */
  readonly white: number
}

/** What lies beside a padded picture: mid grey, as a share of white. */
const background = 0.5

/** For each new pixel, the old ones it covers. `weight` adds up to 1 with the share that lies beside the picture. */
interface Cover {
  readonly first: number
  readonly weight: readonly number[]
  readonly beside: number
}

function covers(size: number, from: number, length: number, side: number): Cover[] {
  return Array.from({ length: side }, (_, i) => {
    const low = from + (i * length) / side
    const high = from + ((i + 1) * length) / side
    const first = Math.max(0, Math.floor(low))
    const weight: number[] = []
    for (let at = first; at < Math.min(size, Math.ceil(high)); at++)
      weight.push(Math.max(0, Math.min(high, at + 1) - Math.max(low, at)) / (high - low))
    return { first, weight, beside: Math.max(0, 1 - weight.reduce((sum, share) => sum + share, 0)) }
  })
}

/** Where the square lies that is kept: offset and length along an axis of `size` pixels. */
function kept(size: number, other: number, fit: PicturesFrom['fit']): [from: number, length: number] {
  if (fit === 'stretch') return [0, size]
  const length = fit === 'pad' ? Math.max(size, other) : Math.min(size, other)
  return [(size - length) / 2, length]
}

/** side × side × 3 bytes. `fit` says what becomes of a picture that is not square. */
export function resizeToSquare(picture: RawPicture, side: number, fit: PicturesFrom['fit']): Uint8Array {
  const { width, height, channels, pixels, white } = picture
  const across = covers(width, ...kept(width, height, fit), side)
  const down = covers(height, ...kept(height, width, fit), side)
  const narrow = new Float64Array(height * side * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < side; x++) {
      const { first, weight, beside } = across[x]!
      for (let c = 0; c < channels; c++) {
        let sum = beside * background * white
        for (let k = 0; k < weight.length; k++) sum += weight[k]! * pixels[(y * width + first + k) * channels + c]!
        narrow[(y * side + x) * channels + c] = sum
      }
    }
  }
  const out = new Uint8Array(side * side * 3)
  for (let y = 0; y < side; y++) {
    const { first, weight, beside } = down[y]!
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = beside * background * white
        const channel = channels === 1 ? 0 : c
        for (let k = 0; k < weight.length; k++)
          sum += weight[k]! * narrow[((first + k) * side + x) * channels + channel]!
        out[(y * side + x) * 3 + c] = Math.min(255, Math.max(0, Math.round((255 * sum) / white)))
      }
    }
  }
  return out
}
