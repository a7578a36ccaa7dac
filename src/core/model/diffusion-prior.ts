/**
 * Denoiser of the `diffusion` prior: a residual MLP that predicts the clean picture embedding from a noisy one, the time
 * and the backbone's output b. Noisy embedding, condition and time each enter through their own linear map (the sum of
 * three maps is one map of the three side by side), then residual blocks x + Lin(GELU(Lin(LN x))).
 */
import type { Tensor2D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import './operations/gradients.ts'
import { gelu } from './operations/gelu.ts'
import { layerNorm } from './operations/layer-norm.ts'
import { linear } from './operations/linear.ts'
import type { Parameters } from './parameters.ts'
import type { NetworkSettings } from './settings.ts'
import { embeddingSize } from './settings.ts'
import type { ParameterSpec } from './weights.ts'
import { linearSpecs, normSpecs } from './weights.ts'

/** Sines and cosines of the time that the MLP sees. */
const timeWidth = 64

export function diffusionPriorSpecs(settings: NetworkSettings): ParameterSpec[] {
  const size = embeddingSize(settings)
  const { hidden, blocks } = settings.diffusion
  const specs = [
    ...linearSpecs('bb.prior.noisy', size, hidden),
    ...linearSpecs('bb.prior.condition', size, hidden, false),
    ...linearSpecs('bb.prior.time', timeWidth, hidden, false),
  ]
  for (let i = 0; i < blocks; i++) {
    const block = `bb.prior.blocks.${i}`
    specs.push(...normSpecs(`${block}.ln`, hidden))
    specs.push(...linearSpecs(`${block}.a`, hidden, hidden), ...linearSpecs(`${block}.b`, hidden, hidden))
  }
  return [...specs, ...normSpecs('bb.prior.ln', hidden), ...linearSpecs('bb.prior.out', hidden, size)]
}

/**
 * Sinusoidal embedding of one time per row: sin(t ω_k) for k < width / 2, then cos(t ω_k), ω from 1 down to 1/10,000
 * (Vaswani et al., in the form of DALL·E 2's prior). rows × width; width even.
 */
export function timeEmbedding(times: ArrayLike<number>, width: number): Tensor2D {
  const half = Math.floor(width / 2)
  const out = new Float32Array(times.length * width)
  for (let row = 0; row < times.length; row++) {
    for (let k = 0; k < half; k++) {
      const angle = times[row]! * 10_000 ** (-k / Math.max(1, half - 1))
      out[row * width + k] = Math.sin(angle)
      out[row * width + half + k] = Math.cos(angle)
    }
  }
  return tf.tensor2d(out, [times.length, width])
}

/** x̂_0 (rows × embedding) from x_t (rows × embedding), times 1 … T and b (rows × embedding). */
export function denoiseWithMlp(
  noisy: Tensor2D,
  times: Int32Array,
  b: Tensor2D,
  parameters: Parameters,
  settings: NetworkSettings,
): Tensor2D {
  let x = tf.add<Tensor2D>(
    linear(noisy, parameters.linear('bb.prior.noisy')),
    linear(b, parameters.linear('bb.prior.condition')),
  )
  x = tf.add(x, linear(timeEmbedding(times, timeWidth), parameters.linear('bb.prior.time')))
  for (let i = 0; i < settings.diffusion.blocks; i++) {
    const block = `bb.prior.blocks.${i}`
    const inner = gelu(linear(layerNorm(x, parameters.norm(`${block}.ln`)), parameters.linear(`${block}.a`)))
    x = tf.add(x, linear(inner, parameters.linear(`${block}.b`)))
  }
  return linear(gelu(layerNorm(x, parameters.norm('bb.prior.ln'))), parameters.linear('bb.prior.out'))
}
