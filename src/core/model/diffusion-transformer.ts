/**
 * Denoiser of the `diffusion-transformer` prior, MindEye2's form of DALL·E 2's prior: a non-causal transformer over
 * [brain tokens, one time token, noisy picture tokens + learned positions]; its last `tokens` outputs are the prediction.
 * At the published shape that is 256 + 1 + 256 = 513 tokens of width 1664 and 259,865,200 weights.
 *
 * Attention is in `attention.ts`. Feed-forward is SwiGLU without biases; norms have a gain only; the last norm first
 * divides each token by its largest element ("stable"). While trained, the brain tokens and, independently, the noisy
 * picture tokens of some rows are replaced by learned nulls.
 */
import type { Random } from '../random/random.ts'
import type { Tensor, Tensor2D, Tensor3D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import { attention, attentionSpecs, relativeBias, rotation } from './attention.ts'
import { timeEmbedding } from './diffusion-prior.ts'
import './operations/gradients.ts'
import { divideByRowMaximum, layerNorm } from './operations/layer-norm.ts'
import { linear } from './operations/linear.ts'
import type { Parameters } from './parameters.ts'
import type { NetworkSettings } from './settings.ts'
import type { ParameterSpec } from './weights.ts'
import { linearSpecs, normSpecs } from './weights.ts'

const prefix = 'bb.prior'

export function transformerSpecs(settings: NetworkSettings): ParameterSpec[] {
  const { tokens, width, transformer } = settings
  const normal = (name: string, scale: number): ParameterSpec => ({
    name: `${prefix}.${name}`,
    shape: [tokens, width],
    initial: { kind: 'normal', scale },
  })
  const specs = [
    normal('positions', width ** -0.5),
    normal('null_brain', 1),
    normal('null_picture', 1),
    ...linearSpecs(`${prefix}.time.0`, width, 2 * width),
    ...linearSpecs(`${prefix}.time.1`, 2 * width, 2 * width),
    ...linearSpecs(`${prefix}.time.2`, 2 * width, width),
    {
      name: `${prefix}.relative_bias`,
      shape: [transformer.relativeBuckets, transformer.heads],
      initial: { kind: 'normal', scale: 1 },
    } satisfies ParameterSpec,
  ]
  const inner = transformer.feedForward * width
  for (let i = 0; i < transformer.depth; i++) {
    specs.push(...attentionSpecs(`${prefix}.layers.${i}.attention`, width, transformer))
    specs.push(...normSpecs(`${prefix}.layers.${i}.feed_forward.norm`, width, false))
    specs.push(...linearSpecs(`${prefix}.layers.${i}.feed_forward.in`, width, 2 * inner, false))
    specs.push(...linearSpecs(`${prefix}.layers.${i}.feed_forward.out`, inner, width, false))
  }
  return [...specs, ...normSpecs(`${prefix}.norm`, width, false), ...linearSpecs(`${prefix}.out`, width, width, false)]
}

function silu<T extends Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(x))
}

/** x (rows × width) → rows × width: (x₁ · SiLU(x₂)) W, x₁ and x₂ the halves of x W_in. */
function feedForward(x: Tensor2D, name: string, parameters: Parameters): Tensor2D {
  const both = linear(layerNorm(x, parameters.norm(`${name}.norm`)), parameters.linear(`${name}.in`))
  const rows = both.shape[0]
  const inner = both.shape[1] / 2
  const value = tf.slice(both, [0, 0], [rows, inner])
  const gate = tf.slice(both, [0, inner], [rows, inner])
  return linear(tf.mul(value, silu(gate)), parameters.linear(`${name}.out`))
}

/** Replaces whole rows by the learned null, with probability `rate`: row · keep + null · (1 − keep). */
function withNulls(tokens: Tensor3D, nulls: Tensor, rate: number, random: Random | null): Tensor3D {
  const rows = tokens.shape[0]
  const keep = Float32Array.from({ length: rows }, () => (random !== null && random.uniform() < rate ? 0 : 1))
  const kept = tf.tensor3d(keep, [rows, 1, 1])
  const dropped = tf.tensor3d(
    keep.map((value) => 1 - value),
    [rows, 1, 1],
  )
  return tf.add(tf.mul(tokens, kept), tf.mul(tf.reshape(nulls, [1, ...nulls.shape]), dropped))
}

function timeToken(times: Int32Array, width: number, parameters: Parameters): Tensor2D {
  // The released code counts time from 0.
  let x = timeEmbedding(
    Array.from(times, (t) => t - 1),
    width,
  )
  for (const layer of ['time.0', 'time.1']) x = silu(linear(x, parameters.linear(`${prefix}.${layer}`)))
  return linear(x, parameters.linear(`${prefix}.time.2`))
}

/**
 * x̂_0 from x_t and b (each rows × tokens·width) and times 1 … T. `dropout` null, or a frozen prior: nothing is replaced
 * by nulls.
 */
export function denoiseWithTransformer(
  noisy: Tensor2D,
  times: Int32Array,
  b: Tensor2D,
  parameters: Parameters,
  settings: NetworkSettings,
  dropout: Random | null = null,
): Tensor2D {
  const { tokens, width, transformer } = settings
  const rows = noisy.shape[0]
  let brain = tf.reshape<tf.Rank.R3>(b, [rows, tokens, width])
  let picture = tf.reshape<tf.Rank.R3>(noisy, [rows, tokens, width])
  // While trained, the nulls take part even if no row is dropped: their gradient is then zero, not absent.
  if (parameters.trains(`${prefix}.`)) {
    brain = withNulls(brain, parameters.tensor(`${prefix}.null_brain`), transformer.brainDropout, dropout)
    picture = withNulls(picture, parameters.tensor(`${prefix}.null_picture`), transformer.pictureDropout, dropout)
  }
  picture = tf.add(picture, parameters.tensor(`${prefix}.positions`))
  const time = tf.reshape<tf.Rank.R3>(timeToken(times, width, parameters), [rows, 1, width])
  const sequence = tf.concat([brain, time, picture], 1)
  const length = 2 * tokens + 1

  const context = {
    rows,
    length,
    bias: relativeBias(length, parameters.matrix(`${prefix}.relative_bias`), transformer),
    rotation: rotation(length, transformer),
  }
  let x = tf.reshape<tf.Rank.R2>(sequence, [rows * length, width])
  for (let i = 0; i < transformer.depth; i++) {
    x = tf.add(attention(x, `${prefix}.layers.${i}.attention`, context, parameters, transformer), x)
    x = tf.add(feedForward(x, `${prefix}.layers.${i}.feed_forward`, parameters), x)
  }
  // Only the picture tokens are read, and norm and output work token by token: drop the others first.
  const last = tf.slice(tf.reshape<tf.Rank.R3>(x, [rows, length, width]), [0, tokens + 1, 0], [rows, tokens, width])
  const normal = layerNorm(
    divideByRowMaximum(tf.reshape<tf.Rank.R2>(last, [rows * tokens, width])),
    parameters.norm(`${prefix}.norm`),
  )
  return tf.reshape<tf.Rank.R2>(linear(normal, parameters.linear(`${prefix}.out`)), [rows, tokens * width])
}
