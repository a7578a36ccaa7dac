/**
 * Backbone B and projector H, shared by all subjects: h (rows × hidden) → b (rows × tokens·width) → projected tokens.
 *
 * `residual` is the residual MLP of the papers: per block x + Lin(Dropout(GELU(Lin(LN x)))), then one linear map to the
 * embedding. `affine` is what the released MindEye2 computes with its sequence of length 1: a layer norm over a single
 * element outputs its bias whatever comes in, so each block only adds one learned scalar; while training, dropout turns
 * that scalar into noise per element. Everything else there never reaches the output and is left out here.
 */
import type { Random } from '../random/random.ts'
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

export function backboneSpecs(settings: NetworkSettings): ParameterSpec[] {
  const { hidden, blocks } = settings
  const specs: ParameterSpec[] = []
  for (let i = 0; i < blocks; i++) {
    const block = `bb.blocks.${i}`
    if (settings.backbone === 'residual') {
      specs.push(...normSpecs(`${block}.ln`, hidden))
      specs.push(...linearSpecs(`${block}.a`, hidden, hidden), ...linearSpecs(`${block}.b`, hidden, hidden))
    } else {
      // The gain of a layer norm over one element multiplies zero: only the bias exists.
      specs.push({ name: `${block}.ln.bias`, shape: [1], initial: { kind: 'constant', value: 0 } })
      specs.push(...linearSpecs(`${block}.a`, 1, 1), ...linearSpecs(`${block}.b`, 1, 1))
    }
  }
  return [...specs, ...linearSpecs('bb.out', hidden, embeddingSize(settings))]
}

/** LN, GELU, Linear per layer; numbered 0 norm, 1 GELU, 2 linear, 3 norm, … as in a PyTorch Sequential. */
export function projectorSpecs(settings: NetworkSettings): ParameterSpec[] {
  const specs: ParameterSpec[] = []
  for (let layer = 0; layer < settings.projectorLayers; layer++) {
    specs.push(...normSpecs(`bb.proj.${3 * layer}`, settings.width))
    specs.push(...linearSpecs(`bb.proj.${3 * layer + 2}`, settings.width, settings.width))
  }
  return specs
}

/** Inverted dropout: 0 with probability `rate`, else 1 / (1 − rate). */
export function dropoutMask(rows: number, columns: number, rate: number, random: Random): Tensor2D {
  const keep = new Float32Array(rows * columns)
  const kept = 1 / (1 - rate)
  for (let i = 0; i < keep.length; i++) keep[i] = random.uniform() < rate ? 0 : kept
  return tf.tensor2d(keep, [rows, columns])
}

function residualBlock(x: Tensor2D, name: string, parameters: Parameters, keep: Tensor2D | null): Tensor2D {
  const inner = gelu(linear(layerNorm(x, parameters.norm(`${name}.ln`)), parameters.linear(`${name}.a`)), keep)
  return tf.add(x, linear(inner, parameters.linear(`${name}.b`)))
}

function affineBlock(x: Tensor2D, name: string, parameters: Parameters, keep: Tensor2D | null): Tensor2D {
  const one = (parameter: string) => tf.reshape(parameters.tensor(`${name}.${parameter}`), [1, 1]) as Tensor2D
  const scalar = gelu(tf.add(tf.mul(one('a.weight'), one('ln.bias')), one('a.bias')))
  const noisy = keep === null ? scalar : tf.mul(scalar, keep)
  return tf.add(x, tf.add(tf.mul(one('b.weight'), noisy), one('b.bias')))
}

/**
 * h (rows × hidden) → b (rows × embedding), the tokens before projection. `dropout` null, or a frozen backbone, means
 * evaluation mode.
 */
export function backbone(
  h: Tensor2D,
  parameters: Parameters,
  settings: NetworkSettings,
  dropout: Random | null = null,
): Tensor2D {
  const [rows, hidden] = h.shape
  const drops = dropout !== null && settings.dropout > 0 && parameters.trains('bb.blocks.', 'bb.out.')
  const block = settings.backbone === 'residual' ? residualBlock : affineBlock
  let x = h
  for (let i = 0; i < settings.blocks; i++) {
    const keep = drops ? dropoutMask(rows, hidden, settings.dropout, dropout) : null
    x = block(x, `bb.blocks.${i}`, parameters, keep)
  }
  return linear(x, parameters.linear('bb.out'))
}

/** Splits rows × (tokens·width) into one row per token, or back. */
export function reshapeRows(x: Tensor2D, columns: number): Tensor2D {
  return x.shape[1] === columns ? x : tf.reshape(x, [-1, columns])
}

/** b (rows × embedding) → projected tokens, same shape, not normalised. The projector works on every token alone. */
export function projector(b: Tensor2D, parameters: Parameters, settings: NetworkSettings): Tensor2D {
  let x = reshapeRows(b, settings.width)
  for (let layer = 0; layer < settings.projectorLayers; layer++) {
    x = gelu(layerNorm(x, parameters.norm(`bb.proj.${3 * layer}`)))
    x = linear(x, parameters.linear(`bb.proj.${3 * layer + 2}`))
  }
  return reshapeRows(x, embeddingSize(settings))
}
