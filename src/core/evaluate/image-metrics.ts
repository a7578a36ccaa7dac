/**
 * PixCorr and SSIM exactly as MindEye2's final evaluation computes them, so that numbers can be compared: both pictures resized
 * to 425 × 425 (bilinear, half-pixel centres, no antialias); Pearson over all RGB values; SSIM of the grey picture (.2125 R +
 * .7154 G + .0721 B) with an 11 × 11 Gaussian window of σ 1.5, population covariance, range 1, mean over the map less a border of 5.
 */

export interface Picture {
  readonly width: number
  readonly height: number
  /** height × width × 3, values 0 to 1. */
  readonly pixels: Float32Array
}

/** The size to which MindEye2 resizes before both metrics. */
export const comparisonSize = 425

interface Placing {
  readonly low: Int32Array
  readonly high: Int32Array
  /** Share of `high`. */
  readonly share: Float64Array
}

/** Where each place of a resized axis lies between two places of the original one: half-pixel centres, ends held. */
function placing(from: number, to: number): Placing {
  const low = new Int32Array(to)
  const high = new Int32Array(to)
  const share = new Float64Array(to)
  for (let at = 0; at < to; at++) {
    const centre = Math.max(0, ((at + 0.5) * from) / to - 0.5)
    low[at] = Math.min(Math.floor(centre), from - 1)
    high[at] = Math.min(low[at]! + 1, from - 1)
    share[at] = centre - low[at]!
  }
  return { low, high, share }
}

/** Bilinear, half-pixel centres, no antialias, as PyTorch's interpolate with align_corners false. */
export function resizeBilinear(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture
  // Rows first, at the original height; what is left is a mix of two whole rows.
  const across = placing(picture.width, width)
  const rows = new Float64Array(picture.height * width * 3)
  for (let y = 0; y < picture.height; y++) {
    const start = y * picture.width * 3
    for (let x = 0; x < width; x++) {
      const left = start + across.low[x]! * 3
      const right = start + across.high[x]! * 3
      const share = across.share[x]!
      const to = (y * width + x) * 3
      for (let c = 0; c < 3; c++) {
        const value = picture.pixels[left + c]!
        rows[to + c] = value + share * (picture.pixels[right + c]! - value)
      }
    }
  }
  const down = placing(picture.height, height)
  const pixels = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const top = down.low[y]! * width * 3
    const bottom = down.high[y]! * width * 3
    const share = down.share[y]!
    const to = y * width * 3
    for (let i = 0; i < width * 3; i++) {
      const value = rows[top + i]!
      pixels[to + i] = value + share * (rows[bottom + i]! - value)
    }
  }
  return { width, height, pixels }
}

function refuseUnlike(a: Picture, b: Picture): void {
  if (a.width !== b.width || a.height !== b.height)
    throw new RangeError(`pictures of ${a.width} × ${a.height} and ${b.width} × ${b.height} pixels do not compare`)
}

/** Pearson correlation over all values of two pictures of equal size; 0 where one is constant. */
export function pixelCorrelation(a: Picture, b: Picture): number {
  refuseUnlike(a, b)
  const n = a.pixels.length
  let [sumA, sumB] = [0, 0]
  for (let i = 0; i < n; i++) {
    sumA += a.pixels[i]!
    sumB += b.pixels[i]!
  }
  const [meanA, meanB] = [sumA / n, sumB / n]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const p = a.pixels[i]! - meanA
    const q = b.pixels[i]! - meanB
    ab += p * q
    aa += p * p
    bb += q * q
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}

const windowRadius = 5
const windowWeights = (() => {
  const weights = Float64Array.from({ length: 2 * windowRadius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - windowRadius) / 1.5) ** 2),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
})()

function grey(picture: Picture): Float64Array {
  const out = new Float64Array(picture.width * picture.height)
  for (let i = 0; i < out.length; i++)
    out[i] = 0.2125 * picture.pixels[3 * i]! + 0.7154 * picture.pixels[3 * i + 1]! + 0.0721 * picture.pixels[3 * i + 2]!
  return out
}

/** Windowed means at all places whose window lies inside: (height − 10) × (width − 10). */
function windowMean(values: Float64Array, width: number, height: number): Float64Array {
  const inner = width - 2 * windowRadius
  // The window is symmetric: six weights for eleven places, written out because this is most of the work of SSIM.
  const [w0, w1, w2, w3, w4, w5] = windowWeights as unknown as readonly [number, number, number, number, number, number]
  const rows = new Float64Array(height * inner)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      const at = y * width + x
      rows[y * inner + x] =
        w0 * (values[at]! + values[at + 10]!) +
        w1 * (values[at + 1]! + values[at + 9]!) +
        w2 * (values[at + 2]! + values[at + 8]!) +
        w3 * (values[at + 3]! + values[at + 7]!) +
        w4 * (values[at + 4]! + values[at + 6]!) +
        w5 * values[at + 5]!
    }
  }
  const out = new Float64Array((height - 2 * windowRadius) * inner)
  for (let at = 0; at < out.length; at++) {
    out[at] =
      w0 * (rows[at]! + rows[at + 10 * inner]!) +
      w1 * (rows[at + inner]! + rows[at + 9 * inner]!) +
      w2 * (rows[at + 2 * inner]! + rows[at + 8 * inner]!) +
      w3 * (rows[at + 3 * inner]! + rows[at + 7 * inner]!) +
      w4 * (rows[at + 4 * inner]! + rows[at + 6 * inner]!) +
      w5 * rows[at + 5 * inner]!
  }
  return out
}

/** Mean structural similarity of two pictures of equal size, at least 11 × 11 (else a RangeError). */
export function structuralSimilarity(a: Picture, b: Picture): number {
  refuseUnlike(a, b)
  const { width, height } = a
  const side = 2 * windowRadius + 1
  if (width < side || height < side) throw new RangeError(`SSIM needs at least ${side} × ${side} pixels`)
  const [x, y] = [grey(a), grey(b)]
  const squares = new Float64Array(x.length)
  const products = new Float64Array(x.length)
  for (let i = 0; i < x.length; i++) {
    squares[i] = x[i]! * x[i]! + y[i]! * y[i]!
    products[i] = x[i]! * y[i]!
  }
  const average = (values: Float64Array) => windowMean(values, width, height)
  // Both variances only ever occur as their sum, so one map of squares will do.
  const [mx, my, xxyy, xy] = [average(x), average(y), average(squares), average(products)]
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2]
  let sum = 0
  for (let i = 0; i < mx.length; i++) {
    const [p, q] = [mx[i]!, my[i]!]
    const means = p * p + q * q
    sum += ((2 * p * q + c1) * (2 * (xy[i]! - p * q) + c2)) / ((means + c1) * (xxyy[i]! - means + c2))
  }
  return sum / mx.length
}

/** Both metrics of a pair after resizing to `size`. */
export function comparePictures(
  truth: Picture,
  reconstruction: Picture,
  size = comparisonSize,
): { pixCorr: number; ssim: number } {
  const a = resizeBilinear(truth, size, size)
  const b = resizeBilinear(reconstruction, size, size)
  return { pixCorr: pixelCorrelation(a, b), ssim: structuralSimilarity(a, b) }
}

export interface PicturePair {
  readonly truth: Picture
  readonly reconstruction: Picture
}

/** Both metrics of many pairs: most of the time of an evaluation, so a host may spread it over threads. */
export type PictureComparer = (
  pair: (at: number) => PicturePair,
  count: number,
) => { readonly pixCorr: Float64Array; readonly ssim: Float64Array }

/** One pair after the other. */
export const comparePairs: PictureComparer = (pair, count) => {
  const pixCorr = new Float64Array(count)
  const ssim = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const { truth, reconstruction } = pair(i)
    const scores = comparePictures(truth, reconstruction)
    pixCorr[i] = scores.pixCorr
    ssim[i] = scores.ssim
  }
  return { pixCorr, ssim }
}
