/**
 * What early vision could see in a picture, from its pixels alone: eight Gabor energies (two scales × four orientations),
 * luminance, and the red-green and blue-yellow opponents, each on a 16 × 16 lattice over the picture.
 */
import type { Pictures } from './pictures.ts'

/** Lattice points per side. */
export const latticeSize = 16
export const latticePoints = latticeSize * latticeSize
export const orientationCount = 4
/** Wavelength as a share of the picture's shorter side, and the envelope's deviation as a share of the wavelength. */
const scales = [
  { wavelength: 0.1, envelope: 0.42 },
  { wavelength: 0.24, envelope: 0.42 },
] as const
export const gaborCount = scales.length * orientationCount
/** Gabor energies, luminance, red-green, blue-yellow. */
export const pixelChannelCount = gaborCount + 3

export interface ChannelMaps {
  /** pixels (height × width × 3, 0 … 1) → pixelChannelCount maps of latticePoints each, at `at` of `out`. */
  compute(pixels: Float32Array, out: Float32Array, at?: number): void
}

/** A one-dimensional complex Gabor sampled at the lattice: for each point the first pixel, real and imaginary weights. */
interface Taps {
  readonly length: number
  readonly index: Int32Array
  readonly real: Float64Array
  readonly imaginary: Float64Array
}

/** Pixels beyond the border are mirrored. */
function taps(size: number, deviation: number, frequency: number): Taps {
  const reach = Math.max(1, Math.round(2.2 * deviation))
  const length = 2 * reach + 2
  const index = new Int32Array(latticeSize * length)
  const real = new Float64Array(latticeSize * length)
  const imaginary = new Float64Array(latticeSize * length)
  for (let p = 0; p < latticeSize; p++) {
    const centre = ((p + 0.5) * size) / latticeSize - 0.5
    const first = Math.floor(centre) - reach
    let sum = 0
    for (let k = 0; k < length; k++) sum += Math.exp(-0.5 * ((first + k - centre) / deviation) ** 2)
    for (let k = 0; k < length; k++) {
      const offset = first + k - centre
      const weight = Math.exp(-0.5 * (offset / deviation) ** 2) / sum
      index[p * length + k] = mirror(first + k, size)
      real[p * length + k] = weight * Math.cos(frequency * offset)
      imaginary[p * length + k] = weight * Math.sin(frequency * offset)
    }
  }
  return { length, index, real, imaginary }
}

function mirror(i: number, n: number): number {
  const period = 2 * n
  const at = ((i % period) + period) % period
  return at < n ? at : period - 1 - at
}

/** The lattice cell of each pixel along one side, and how many pixels each cell has. */
function cells(size: number): { readonly of: Int32Array; readonly count: Int32Array } {
  const of = Int32Array.from({ length: size }, (_, at) => Math.floor((at * latticeSize) / size))
  const count = new Int32Array(latticeSize)
  for (const cell of of) count[cell]!++
  return { of, count }
}

/** Separable: exp(i k·r) times a round Gaussian is a product of one function of x and one of y. */
function gabors(width: number, height: number): { readonly across: Taps; readonly down: Taps }[] {
  return scales.flatMap(({ wavelength, envelope }) => {
    const period = wavelength * Math.min(width, height)
    const frequency = (2 * Math.PI) / period
    return Array.from({ length: orientationCount }, (_, o) => {
      const angle = (Math.PI * o) / orientationCount
      return {
        across: taps(width, envelope * period, frequency * Math.cos(angle)),
        down: taps(height, envelope * period, frequency * Math.sin(angle)),
      }
    })
  })
}

export function channelMaps({ width, height }: Pick<Pictures, 'width' | 'height'>): ChannelMaps {
  const bank = gabors(width, height)
  const luminance = new Float32Array(width * height)
  const half = new Float64Array(2 * height * latticeSize)
  if (Math.min(width, height) < latticeSize)
    throw new RangeError(`pictures must be at least ${latticeSize} pixels wide and high, not ${width} × ${height}`)
  const column = cells(width)
  const line = cells(height)

  return {
    compute(pixels, out, at = 0) {
      const colour = out.subarray(at + gaborCount * latticePoints, at + pixelChannelCount * latticePoints).fill(0)
      let mean = 0
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const p = y * width + x
          const [r, g, b] = [pixels[3 * p]!, pixels[3 * p + 1]!, pixels[3 * p + 2]!]
          const grey = 0.2125 * r + 0.7154 * g + 0.0721 * b
          luminance[p] = grey
          mean += grey / (width * height)
          const to = line.of[y]! * latticeSize + column.of[x]!
          const perCell = 1 / (line.count[line.of[y]!]! * column.count[column.of[x]!]!)
          colour[to]! += grey * perCell
          colour[latticePoints + to]! += (r - g) * perCell
          colour[2 * latticePoints + to]! += (b - (r + g) / 2) * perCell
        }
      }
      for (let p = 0; p < luminance.length; p++) luminance[p]! -= mean
      bank.forEach(({ across, down }, channel) => {
        filterRows(luminance, width, height, across, half)
        energies(half, down, out, at + channel * latticePoints)
      })
    },
  }
}

/** Each row of the picture at the lattice's columns: height × lattice complex numbers, real and imaginary in turn. */
function filterRows(image: Float32Array, width: number, height: number, across: Taps, half: Float64Array): void {
  const { length, index, real, imaginary } = across
  for (let y = 0; y < height; y++) {
    for (let p = 0; p < latticeSize; p++) {
      let [re, im] = [0, 0]
      for (let k = p * length; k < (p + 1) * length; k++) {
        const value = image[y * width + index[k]!]!
        re += value * real[k]!
        im += value * imaginary[k]!
      }
      const to = 2 * (y * latticeSize + p)
      half[to] = re
      half[to + 1] = im
    }
  }
}

function energies(half: Float64Array, down: Taps, out: Float32Array, at: number): void {
  const { length, index, real, imaginary } = down
  for (let q = 0; q < latticeSize; q++) {
    for (let p = 0; p < latticeSize; p++) {
      let [re, im] = [0, 0]
      for (let k = q * length; k < (q + 1) * length; k++) {
        const from = 2 * (index[k]! * latticeSize + p)
        const a = half[from]!
        const b = half[from + 1]!
        re += a * real[k]! - b * imaginary[k]!
        im += a * imaginary[k]! + b * real[k]!
      }
      out[at + q * latticeSize + p] = Math.sqrt(re * re + im * im)
    }
  }
}
