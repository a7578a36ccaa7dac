/**
 * The part of a picture that varies slowly, as orthonormal coefficients (DCT-II per channel, all frequencies within a quarter
 * disc). Pictures have nearly all their variance there, so a principal component analysis of these few hundred numbers is
 * one of the pixels, and because the basis is orthonormal, going back is the transpose.
 */
import type { Pictures } from './pictures.ts'

/** Frequencies (half cycles per picture) below this radius are kept. */
const radius = 18

export interface LowFrequencies {
  /** Numbers per picture: frequencies × channels. */
  readonly length: number
  /** Pixels (height × width × channels) to coefficients at `at`. */
  analyse(pixels: Float32Array, out: Float32Array, at?: number): void
  /** Coefficients to pixels; not clipped. */
  synthesise(coefficients: ArrayLike<number>, out: Float32Array): void
}

/** Column f: cos(π f (i + ½) / n), of unit length. */
function cosines(n: number, frequencies: number): Float64Array {
  const table = new Float64Array(n * frequencies)
  for (let i = 0; i < n; i++)
    for (let f = 0; f < frequencies; f++)
      table[i * frequencies + f] = Math.sqrt((f === 0 ? 1 : 2) / n) * Math.cos((Math.PI * f * (i + 0.5)) / n)
  return table
}

export function lowFrequencies({ width, height, channels }: Pick<Pictures, 'width' | 'height' | 'channels'>) {
  const across = Math.min(radius, width)
  const down = Math.min(radius, height)
  const horizontal = cosines(width, across)
  const vertical = cosines(height, down)
  const kept: number[] = []
  for (let v = 0; v < down; v++) for (let u = 0; u < across; u++) if (u * u + v * v < radius * radius) kept.push(v, u)
  const perChannel = kept.length / 2
  const half = new Float64Array(height * across)

  const result: LowFrequencies = {
    length: perChannel * channels,
    analyse(pixels, out, at = 0) {
      for (let c = 0; c < channels; c++) {
        half.fill(0)
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const value = pixels[(y * width + x) * channels + c]!
            for (let u = 0; u < across; u++) half[y * across + u]! += value * horizontal[x * across + u]!
          }
        }
        for (let k = 0; k < perChannel; k++) {
          const v = kept[2 * k]!
          const u = kept[2 * k + 1]!
          let sum = 0
          for (let y = 0; y < height; y++) sum += half[y * across + u]! * vertical[y * down + v]!
          out[at + c * perChannel + k] = sum
        }
      }
    },
    synthesise(coefficients, out) {
      for (let c = 0; c < channels; c++) {
        half.fill(0)
        for (let k = 0; k < perChannel; k++) {
          const v = kept[2 * k]!
          const u = kept[2 * k + 1]!
          const value = coefficients[c * perChannel + k]!
          for (let y = 0; y < height; y++) half[y * across + u]! += value * vertical[y * down + v]!
        }
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            let sum = 0
            for (let u = 0; u < across; u++) sum += half[y * across + u]! * horizontal[x * across + u]!
            out[(y * width + x) * channels + c] = sum
          }
        }
      }
    },
  }
  return result
}
