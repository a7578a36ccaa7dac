/** A picture as a network wants it: resized and cropped as its preparation says, then the numbers it was trained on. */
import { type Picture, resizeBilinear } from '../evaluate/image-metrics.ts'
import { ProblemError } from '../problem.ts'
import type { Preparation, ResizeFilter } from './preparation.ts'

interface Taps {
  readonly first: Int32Array
  /** Weights per place; they add up to 1. */
  readonly weights: readonly Float64Array[]
}

const kernels = {
  'bilinear-antialiased': { reach: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  'bicubic-antialiased': { reach: 2, weight: cubic },
} as const

/** Keys' cubic with a = −½. */
function cubic(x: number): number {
  const d = Math.abs(x)
  if (d < 1) return 1.5 * d ** 3 - 2.5 * d ** 2 + 1
  return d < 2 ? -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2 : 0
}

/** For each new place: which old places it is a mean of. When shrinking, the window grows by the same factor (antialias). */
function taps(from: number, to: number, filter: keyof typeof kernels): Taps {
  const { reach, weight } = kernels[filter]
  const scale = from / to
  const stretch = Math.max(1, scale)
  const first = new Int32Array(to)
  const weights = Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * scale
    const low = Math.max(0, Math.floor(centre - reach * stretch + 0.5))
    const high = Math.min(from, Math.floor(centre + reach * stretch + 0.5))
    first[at] = low
    const own = Float64Array.from({ length: high - low }, (_, k) => weight((low + k + 0.5 - centre) / stretch))
    const sum = own.reduce((total, value) => total + value, 0)
    return own.map((value) => value / sum)
  })
  return { first, weights }
}

/** The whole picture at another size. Values may leave 0 … 1 a little with the cubic filter; they are not clipped. */
export function resizePicture(picture: Picture, width: number, height: number, filter: ResizeFilter): Picture {
  if (filter === 'bilinear') return resizeBilinear(picture, width, height)
  if (picture.width === width && picture.height === height) return picture
  const across = taps(picture.width, width, filter)
  const rows = new Float64Array(picture.height * width * 3)
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < width; x++) {
      const own = across.weights[x]!
      for (let c = 0; c < 3; c++) {
        let sum = 0
        const from = (y * picture.width + across.first[x]!) * 3 + c
        for (let k = 0; k < own.length; k++) sum += own[k]! * picture.pixels[from + 3 * k]!
        rows[(y * width + x) * 3 + c] = sum
      }
    }
  const down = taps(picture.height, height, filter)
  const pixels = new Float32Array(width * height * 3)
  const line = new Float64Array(width * 3)
  for (let y = 0; y < height; y++) {
    const own = down.weights[y]!
    line.fill(0)
    for (let k = 0; k < own.length; k++) {
      const from = (down.first[y]! + k) * width * 3
      for (let i = 0; i < line.length; i++) line[i]! += own[k]! * rows[from + i]!
    }
    pixels.set(line, y * width * 3)
  }
  return { width, height, pixels }
}

/** Half rounds to the even number, as Python does; torchvision's centre crop depends on it. */
function roundHalfEven(value: number): number {
  const low = Math.floor(value)
  return value - low === 0.5 ? low + (low % 2) : Math.round(value)
}

function cropCentre(picture: Picture, width: number, height: number): Picture {
  if (width > picture.width || height > picture.height)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `A crop of ${width} × ${height} does not fit into a picture of ${picture.width} × ${picture.height}.`,
      where: 'preparation',
      expected: 'a resize before the crop',
    })
  const left = roundHalfEven((picture.width - width) / 2)
  const top = roundHalfEven((picture.height - height) / 2)
  const pixels = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 3
    pixels.set(picture.pixels.subarray(from, from + width * 3), y * width * 3)
  }
  return { width, height, pixels }
}

function shortSide(picture: Picture, side: number): readonly [number, number] {
  const { width, height } = picture
  return width <= height ? [side, Math.floor((side * height) / width)] : [Math.floor((side * width) / height), side]
}

/**
 * Picture (0 … 1) to the network's numbers, written at `at` of `out`: channels first (NCHW) or last (NHWC). Returns nothing; `out`
 * must hold 3 × width × height numbers from `at`. Throws ProblemError BAD_PARAMETER for a crop larger than the picture.
 */
export function preparePicture(
  picture: Picture,
  preparation: Preparation,
  layout: 'NCHW' | 'NHWC',
  out: Float32Array,
  at = 0,
): void {
  let shown = picture
  for (const step of preparation.steps) {
    if (step.do === 'resize') shown = resizePicture(shown, step.width, step.height, step.filter)
    else if (step.do === 'crop-centre') shown = cropCentre(shown, step.width, step.height)
    else shown = resizePicture(shown, ...shortSide(shown, step.side), step.filter)
  }
  const { width, height, range, normalise, colour } = preparation
  const places = width * height
  for (let channel = 0; channel < 3; channel++) {
    const source = colour === 'RGB' ? channel : 2 - channel
    const [mean, deviation] = normalise === null ? [0, 1] : [normalise.mean[channel]!, normalise.deviation[channel]!]
    const factor = (range[1] - range[0]) / deviation
    const offset = (range[0] - mean) / deviation
    for (let p = 0; p < places; p++)
      out[at + (layout === 'NCHW' ? channel * places + p : p * 3 + channel)] =
        shown.pixels[3 * p + source]! * factor + offset
  }
}

/** The way back for a decoder's output: the network's numbers to a picture, clipped to 0 … 1. `values`: one picture. */
export function pictureFromNetwork(
  values: ArrayLike<number>,
  form: {
    readonly width: number
    readonly height: number
    readonly layout: 'NCHW' | 'NHWC'
    readonly colour: 'RGB' | 'BGR'
    readonly range: readonly [number, number]
  },
): Picture {
  const { width, height, layout, colour, range } = form
  const places = width * height
  const pixels = new Float32Array(3 * places)
  for (let channel = 0; channel < 3; channel++) {
    const to = colour === 'RGB' ? channel : 2 - channel
    for (let p = 0; p < places; p++) {
      const value = values[layout === 'NCHW' ? channel * places + p : p * 3 + channel]!
      pixels[3 * p + to] = Math.min(1, Math.max(0, (value - range[0]) / (range[1] - range[0])))
    }
  }
  return { width, height, pixels }
}
