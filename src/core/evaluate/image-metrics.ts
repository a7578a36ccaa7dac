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

export function resizeBilinear(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture
  const pixels = new Float32Array(width * height * 3)
  const place = (at: number, from: number, to: number): [number, number, number] => {
    const centre = Math.max(0, ((at + 0.5) * from) / to - 0.5)
    const low = Math.min(Math.floor(centre), from - 1)
    return [low, Math.min(low + 1, from - 1), centre - low]
  }
  const columns = Array.from({ length: width }, (_, x) => place(x, picture.width, width))
  for (let y = 0; y < height; y++) {
    const [y0, y1, fy] = place(y, picture.height, height)
    for (let x = 0; x < width; x++) {
      const [x0, x1, fx] = columns[x]!
      for (let c = 0; c < 3; c++) {
        const at = (row: number, column: number) => picture.pixels[(row * picture.width + column) * 3 + c]!
        const top = at(y0, x0) + fx * (at(y0, x1) - at(y0, x0))
        const bottom = at(y1, x0) + fx * (at(y1, x1) - at(y1, x0))
        pixels[(y * width + x) * 3 + c] = top + fy * (bottom - top)
      }
    }
  }
  return { width, height, pixels }
}

/** Pearson correlation over all values of two pictures of equal size; 0 where one is constant. */
export function pixelCorrelation(a: Picture, b: Picture): number {
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
  const rows = new Float64Array(height * inner)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0
      const start = y * width + x
      for (let k = 0; k < windowWeights.length; k++) sum += windowWeights[k]! * values[start + k]!
      rows[y * inner + x] = sum
    }
  }
  const innerRows = height - 2 * windowRadius
  const out = new Float64Array(innerRows * inner)
  for (let y = 0; y < innerRows; y++) {
    const to = y * inner
    for (let k = 0; k < windowWeights.length; k++) {
      const weight = windowWeights[k]!
      const from = (y + k) * inner
      for (let x = 0; x < inner; x++) out[to + x]! += weight * rows[from + x]!
    }
  }
  return out
}

/** Mean structural similarity of two pictures of equal size, at least 11 × 11. */
export function structuralSimilarity(a: Picture, b: Picture): number {
  const { width, height } = a
  const [x, y] = [grey(a), grey(b)]
  const product = (p: Float64Array, q: Float64Array) => p.map((value, at) => value * q[at]!)
  const average = (values: Float64Array) => windowMean(values, width, height)
  const [mx, my, xx, yy, xy] = [
    average(x),
    average(y),
    average(product(x, x)),
    average(product(y, y)),
    average(product(x, y)),
  ]
  const [c1, c2] = [0.01 ** 2, 0.03 ** 2]
  let sum = 0
  for (let i = 0; i < mx.length; i++) {
    const [p, q] = [mx[i]!, my[i]!]
    sum +=
      ((2 * p * q + c1) * (2 * (xy[i]! - p * q) + c2)) /
      ((p * p + q * q + c1) * (xx[i]! - p * p + (yy[i]! - q * q) + c2))
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
