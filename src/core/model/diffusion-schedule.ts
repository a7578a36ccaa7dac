/**
 * The diffusion process both diffusion priors share: cosine noise schedule (Nichol and Dhariwal, s = .008), x0
 * prediction, sampling by DDIM (Song et al.). Time runs over 0 … T; ᾱ_0 = 1 is the clean embedding, ᾱ_T almost 0.
 */
import type { Random } from '../random/random.ts'
import type { Tensor2D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'

const offset = 0.008
/** ᾱ never falls below this, so that the last step still divides by something. */
const smallestBar = 1e-4

/** ᾱ_0 … ᾱ_T, T + 1 numbers. */
export function alphaBars(timesteps: number): Float64Array {
  const curve = (t: number) => Math.cos(((t / timesteps + offset) / (1 + offset)) * (Math.PI / 2)) ** 2
  return Float64Array.from({ length: timesteps + 1 }, (_, t) => Math.max(smallestBar, curve(t) / curve(0)))
}

/** Times and noise of one training step. */
export interface DiffusionDraw {
  /** One per row, 1 … T. */
  readonly times: Int32Array
  /** Standard normal, rows × width. */
  readonly noise: Float32Array
}

export function drawDiffusion(rows: number, width: number, timesteps: number, random: Random): DiffusionDraw {
  const times = Int32Array.from({ length: rows }, () => 1 + random.integer(timesteps))
  return { times, noise: random.normals(rows * width) }
}

/** x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε per row (`clean`: rows × width, row-major). */
export function addNoise(clean: Float32Array, draw: DiffusionDraw, bars: Float64Array): Float32Array {
  const rows = draw.times.length
  const width = clean.length / rows
  if (clean.length !== draw.noise.length) throw new RangeError(`${draw.noise.length} noises for ${clean.length} values`)
  const out = new Float32Array(clean.length)
  for (let row = 0; row < rows; row++) {
    const bar = bars[draw.times[row]!]!
    const signal = Math.sqrt(bar)
    const noise = Math.sqrt(1 - bar)
    for (let i = row * width; i < (row + 1) * width; i++) out[i] = signal * clean[i]! + noise * draw.noise[i]!
  }
  return out
}

/** Predicts the clean embedding from a noisy one: (x_t, rows × width; one time per row) → x̂_0, rows × width. */
export type Denoiser = (noisy: Tensor2D, times: Int32Array) => Tensor2D

/** Times of a DDIM run, from T down to 0: steps + 1 numbers, as evenly spaced as integers allow. */
export function samplingTimes(timesteps: number, steps: number): Int32Array {
  if (steps > timesteps) throw new RangeError(`${steps} sampling steps for ${timesteps} timesteps`)
  return Int32Array.from({ length: steps + 1 }, (_, i) => Math.round((timesteps * (steps - i)) / steps))
}

/**
 * One DDIM step from time t to s < t: x_s = √ᾱ_s x̂_0 + √(1 − ᾱ_s − σ²) ε̂ + σ z with
 * σ = η √((1 − ᾱ_s)/(1 − ᾱ_t)) √(1 − ᾱ_t/ᾱ_s). `fresh` gives z; it is asked only when σ > 0.
 */
export function ddimStep(
  noisy: Tensor2D,
  clean: Tensor2D,
  bar: { readonly now: number; readonly next: number },
  eta: number,
  fresh: () => Tensor2D,
): Tensor2D {
  const sigma = eta * Math.sqrt((1 - bar.next) / (1 - bar.now)) * Math.sqrt(1 - bar.now / bar.next)
  const towards = Math.sqrt(Math.max(0, 1 - bar.next - sigma * sigma)) / Math.sqrt(1 - bar.now)
  // ε̂ = (x_t − √ᾱ_t x̂_0) / √(1 − ᾱ_t), gathered into one factor for x̂_0 and one for x_t.
  const ofClean = Math.sqrt(bar.next) - towards * Math.sqrt(bar.now)
  const mean = tf.add<Tensor2D>(tf.mul(clean, ofClean), tf.mul(noisy, towards))
  return sigma > 0 ? tf.add(mean, tf.mul(fresh(), sigma)) : mean
}

export interface SamplingSettings {
  readonly timesteps: number
  readonly samplingSteps: number
  readonly eta: number
}

/** Runs DDIM from `start` (unit noise, rows × width) to a clean sample. `onStep` sees the state after every step. */
export function ddim(
  denoise: Denoiser,
  start: Tensor2D,
  settings: SamplingSettings,
  fresh: () => Tensor2D,
  onStep?: (state: Tensor2D) => void,
): Tensor2D {
  const bars = alphaBars(settings.timesteps)
  const times = samplingTimes(settings.timesteps, settings.samplingSteps)
  let x = tf.clone(start)
  for (let i = 0; i + 1 < times.length; i++) {
    const before = x
    const now = times[i]!
    const bar = { now: bars[now]!, next: bars[times[i + 1]!]! }
    x = tf.tidy(() => {
      const clean = denoise(before, new Int32Array(before.shape[0]).fill(now))
      return ddimStep(before, clean, bar, settings.eta, fresh)
    })
    before.dispose()
    onStep?.(x)
  }
  return x
}
