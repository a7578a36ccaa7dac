/**
 * Gaussian-smooth noise of unit variance on a box: white noise under a separable Gaussian. Outside the box there is
 * nothing, and every weight is divided by the norm of the taps that remain, so the variance is 1 at a face, too.
 *
 * One of the two places where a cohort's time goes (a volume per trial), hence the flat loops: each axis is one pass that
 * reads 2r + 1 rows of a buffer with margins of zeros and writes the next buffer.
 */
import type { Random } from '../random/random.ts'

export type Shape3 = readonly [number, number, number]

export class SmoothNoise {
  readonly shape: Shape3
  readonly #radius: number
  readonly #kernel: Float64Array
  /** Per axis and position: one over the norm of the taps inside the box. */
  readonly #gain: readonly Float64Array[]
  readonly #white: Float32Array
  readonly #afterX: Float32Array
  readonly #afterY: Float32Array

  /** σ in voxels; taps up to `reach` σ. */
  constructor(shape: Shape3, sigma: number, reach = 3) {
    this.shape = shape
    const radius = Math.max(1, Math.ceil(reach * sigma - 0.5))
    const [nx, ny, nz] = shape
    this.#radius = radius
    this.#kernel = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp((-0.5 * k * k) / (sigma * sigma)))
    this.#gain = shape.map((n) => this.#gains(n))
    this.#white = new Float32Array((nx + 2 * radius) * ny * nz)
    this.#afterX = new Float32Array(nx * (ny + 2 * radius) * nz)
    this.#afterY = new Float32Array(nx * ny * (nz + 2 * radius))
  }

  #gains(n: number): Float64Array {
    return Float64Array.from({ length: n }, (_, at) => {
      let power = 0
      for (let i = Math.max(0, at - this.#radius); i <= Math.min(n - 1, at + this.#radius); i++)
        power += this.#kernel[Math.abs(i - at)]! ** 2
      return 1 / Math.sqrt(power)
    })
  }

  /** A new field, written at the places of `at` (flat indices of the box) times `scale`, added to `out`. */
  addTo(out: Float32Array, from: number, at: Int32Array, scale: number, random: Random): void {
    this.#draw(random)
    const [, ny, nz] = this.shape
    const radius = this.#radius
    const kernel = this.#kernel
    const rows = this.#afterY
    const gain = this.#gain[2]!
    const pitch = nz + 2 * radius
    for (let v = 0; v < at.length; v++) {
      const place = at[v]!
      const z = place % nz
      const centre = ((place - z) / nz) * pitch + z + radius
      let sum = kernel[0]! * rows[centre]!
      for (let k = 1; k <= radius; k++) sum += kernel[k]! * (rows[centre - k]! + rows[centre + k]!)
      out[from + v]! += scale * gain[z]! * sum
    }
    void ny
  }

  /** White noise, smoothed along x and y. */
  #draw(random: Random): void {
    const [nx, ny, nz] = this.shape
    const radius = this.#radius
    const plane = ny * nz
    random.fillNormal(this.#white.subarray(radius * plane, (radius + nx) * plane))
    for (let x = 0; x < nx; x++) {
      const to = (x * (ny + 2 * radius) + radius) * nz
      this.#combine(this.#white, (x + radius) * plane, plane, plane, this.#afterX, to, this.#gain[0]![x]!)
    }
    for (let x = 0; x < nx; x++) {
      for (let y = 0; y < ny; y++) {
        const from = (x * (ny + 2 * radius) + y + radius) * nz
        const to = (x * ny + y) * (nz + 2 * radius) + radius
        this.#combine(this.#afterX, from, nz, nz, this.#afterY, to, this.#gain[1]![y]!)
      }
    }
  }

  /** out[to + j] = gain Σ_k kernel[|k|] in[from + k · stride + j] for j < count. */
  #combine(
    input: Float32Array,
    from: number,
    stride: number,
    count: number,
    out: Float32Array,
    to: number,
    gain: number,
  ): void {
    const kernel = this.#kernel
    const radius = this.#radius
    if (radius === 3) {
      const [k0, k1, k2, k3] = [kernel[0]! * gain, kernel[1]! * gain, kernel[2]! * gain, kernel[3]! * gain]
      const [s1, s2, s3] = [stride, 2 * stride, 3 * stride]
      for (let j = 0, i = from; j < count; j++, i++)
        out[to + j] =
          k0 * input[i]! +
          k1 * (input[i - s1]! + input[i + s1]!) +
          k2 * (input[i - s2]! + input[i + s2]!) +
          k3 * (input[i - s3]! + input[i + s3]!)
      return
    }
    for (let j = 0; j < count; j++) {
      const i = from + j
      let sum = kernel[0]! * input[i]!
      for (let k = 1; k <= radius; k++) sum += kernel[k]! * (input[i - k * stride]! + input[i + k * stride]!)
      out[to + j] = gain * sum
    }
  }
}

/** One smooth field of unit variance over a whole grid, flat order. */
export function smoothField(shape: Shape3, sigma: number, random: Random): Float32Array {
  const size = shape[0] * shape[1] * shape[2]
  const out = new Float32Array(size)
  const all = Int32Array.from({ length: size }, (_, i) => i)
  new SmoothNoise(shape, sigma).addTo(out, 0, all, 1, random)
  return out
}
