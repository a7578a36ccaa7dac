/**
 * The prior P: from the backbone's output b to the picture embedding. One of three kinds, behind three functions: its
 * parameters, its loss in training, its prediction.
 *
 *   regression             per token LN, Linear(D → 2D), GELU, Linear(2D → D); mean squared error
 *   diffusion              residual MLP that denoises the embedding (`diffusion-prior.ts`)
 *   diffusion-transformer  MindEye2's denoiser (`diffusion-transformer.ts`)
 */
import { Random } from '../random/random.ts'
import type { Scalar, Tensor2D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import { reshapeRows } from './backbone.ts'
import { denoiseWithMlp, diffusionPriorSpecs } from './diffusion-prior.ts'
import type { Denoiser } from './diffusion-schedule.ts'
import { addNoise, alphaBars, ddim, drawDiffusion } from './diffusion-schedule.ts'
import { denoiseWithTransformer, transformerSpecs } from './diffusion-transformer.ts'
import { meanSquaredError } from './loss/mean-squared-error.ts'
import { gelu } from './operations/gelu.ts'
import { layerNorm } from './operations/layer-norm.ts'
import { linear } from './operations/linear.ts'
import type { Parameters } from './parameters.ts'
import type { NetworkSettings } from './settings.ts'
import { embeddingSize } from './settings.ts'
import type { ParameterSpec } from './weights.ts'
import { linearSpecs, normSpecs } from './weights.ts'

function regressionSpecs({ width }: NetworkSettings): ParameterSpec[] {
  return [
    ...normSpecs('bb.prior.0', width),
    ...linearSpecs('bb.prior.1', width, 2 * width),
    ...linearSpecs('bb.prior.3', 2 * width, width),
  ]
}

function regression(b: Tensor2D, parameters: Parameters, settings: NetworkSettings): Tensor2D {
  const normal = layerNorm(reshapeRows(b, settings.width), parameters.norm('bb.prior.0'))
  const inner = gelu(linear(normal, parameters.linear('bb.prior.1')))
  return reshapeRows(linear(inner, parameters.linear('bb.prior.3')), embeddingSize(settings))
}

export function priorSpecs(settings: NetworkSettings): ParameterSpec[] {
  switch (settings.prior) {
    case 'regression':
      return regressionSpecs(settings)
    case 'diffusion':
      return diffusionPriorSpecs(settings)
    case 'diffusion-transformer':
      return transformerSpecs(settings)
    default:
      throw new TypeError(`unknown prior ${String(settings.prior satisfies never)}`)
  }
}

/** What one training step asks of the prior: constants, made before the tape starts. */
export interface PriorExample {
  /** Clean embeddings, rows × embedding. */
  readonly target: Tensor2D
  /** Noisy embeddings and their times, for the diffusion priors. */
  readonly diffusion: { readonly noisy: Tensor2D; readonly times: Int32Array } | null
}

/** `target`: rows × embedding, mixed already where eq. 3 is wanted. `noise` draws times and noise (diffusion only). */
export function priorExample(
  target: Float32Array,
  rows: number,
  settings: NetworkSettings,
  noise: Random | null,
): PriorExample {
  const size = embeddingSize(settings)
  const tensor = tf.tensor2d(target, [rows, size])
  if (settings.prior === 'regression') return { target: tensor, diffusion: null }
  if (noise === null) throw new RangeError('a diffusion prior is trained with noise: give a random stream')
  const draw = drawDiffusion(rows, size, settings.diffusion.timesteps, noise)
  const noisy = tf.tensor2d(addNoise(target, draw, alphaBars(settings.diffusion.timesteps)), [rows, size])
  return { target: tensor, diffusion: { noisy, times: draw.times } }
}

function denoiser(b: Tensor2D, parameters: Parameters, settings: NetworkSettings, dropout: Random | null): Denoiser {
  return settings.prior === 'diffusion-transformer'
    ? (noisy, times) => denoiseWithTransformer(noisy, times, b, parameters, settings, dropout)
    : (noisy, times) => denoiseWithMlp(noisy, times, b, parameters, settings)
}

/** Mean squared error of the predicted clean embedding. Differentiable in b and the prior's weights. */
export function priorLoss(
  b: Tensor2D,
  example: PriorExample,
  parameters: Parameters,
  settings: NetworkSettings,
  dropout: Random | null,
): Scalar {
  const { target, diffusion } = example
  const predicted =
    diffusion === null
      ? regression(b, parameters, settings)
      : denoiser(b, parameters, settings, dropout)(diffusion.noisy, diffusion.times)
  return meanSquaredError(predicted, target)
}

/** Standard normals, one stream per row, so that a prediction does not depend on how rows are put into chunks. */
function normalRows(streams: readonly Random[], size: number): Tensor2D {
  const values = new Float32Array(streams.length * size)
  streams.forEach((stream, row) => {
    values.set(stream.normals(size), row * size)
  })
  return tf.tensor2d(values, [streams.length, size])
}

/**
 * Predicted embeddings, rows × embedding. Diffusion priors average `samples` DDIM samples per row; row r draws from the
 * stream named by the seed and `firstRow` + r.
 */
export function predictEmbedding(
  b: Tensor2D,
  parameters: Parameters,
  settings: NetworkSettings,
  seed: number,
  firstRow = 0,
): Tensor2D {
  if (settings.prior === 'regression') return tf.tidy(() => regression(b, parameters, settings))
  const size = embeddingSize(settings)
  const { samples } = settings.diffusion
  return tf.tidy(() => {
    const denoise = denoiser(b, parameters, settings, null)
    let sum = tf.zeros<tf.Rank.R2>([b.shape[0], size])
    for (let sample = 0; sample < samples; sample++) {
      const before = sum
      sum = tf.tidy(() => {
        const streams = Array.from({ length: b.shape[0] }, (_, row) =>
          Random.of(seed, 'prior sample', sample, firstRow + row),
        )
        const draw = () => normalRows(streams, size)
        return tf.add(before, ddim(denoise, draw(), settings.diffusion, draw))
      })
      before.dispose()
    }
    return tf.div<Tensor2D>(sum, samples)
  })
}
