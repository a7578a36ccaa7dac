/**
 * 1/f luminance noise: a random spectrum with amplitude 1/f, transformed back. One complex transform gives two independent
 * images, its real and its imaginary part.
 */
import type { Random } from '../random/random.ts'

/** In-place complex FFT of n = 2^k points starting at `at` with the given stride. */
function transform(re: Float64Array, im: Float64Array, at: number, stride: number, n: number, table: Float64Array) {
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      const [a, b] = [at + i * stride, at + j * stride]
      const [keptRe, keptIm] = [re[a]!, im[a]!]
      re[a] = re[b]!
      im[a] = im[b]!
      re[b] = keptRe
      im[b] = keptIm
    }
  }
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2
    const step = n / size
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const cosine = table[2 * k * step]!
        const sine = table[2 * k * step + 1]!
        const a = at + (start + k) * stride
        const b = a + half * stride
        const x = re[b]! * cosine - im[b]! * sine
        const y = re[b]! * sine + im[b]! * cosine
        re[b] = re[a]! - x
        im[b] = im[a]! - y
        re[a]! += x
        im[a]! += y
      }
    }
  }
}

/** Two independent images of side × side with mean 0 and variance 1 each; side is a power of 2. */
export function oneOverFNoise(side: number, random: Random): [Float64Array, Float64Array] {
  const size = side * side
  const table = new Float64Array(side)
  for (let k = 0; k < side / 2; k++) {
    table[2 * k] = Math.cos((2 * Math.PI * k) / side)
    table[2 * k + 1] = Math.sin((2 * Math.PI * k) / side)
  }
  const drawn = new Float32Array(2 * size)
  random.fillNormal(drawn)
  const re = new Float64Array(size)
  const im = new Float64Array(size)
  let power = 0
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const f = Math.hypot(u < side / 2 ? u : u - side, v < side / 2 ? v : v - side)
      if (f === 0) continue
      re[v * side + u] = drawn[2 * (v * side + u)]! / f
      im[v * side + u] = drawn[2 * (v * side + u) + 1]! / f
      power += 1 / (f * f)
    }
  }
  for (let row = 0; row < side; row++) transform(re, im, row * side, 1, side, table)
  for (let column = 0; column < side; column++) transform(re, im, column, side, side, table)
  const scale = 1 / Math.sqrt(power)
  return [re.map((value) => value * scale), im.map((value) => value * scale)]
}
