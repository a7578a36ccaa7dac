/**
 * The whole shared network in one page: what a training step computes from the subject layer's output h, and what a
 * trained network predicts.
 *
 *   b = backbone(h);  L = contrastive(projector(b), pictures) + ε · MSE(prior(b), pictures)        (TROI eq. 2-4)
 *
 * The subject layer stands before it and is differentiated by itself: it takes `dh` from here.
 */
import type { Random } from '../random/random.ts'
import type { Scalar, Tensor, Tensor2D } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'
import { backbone, backboneSpecs, projector, projectorSpecs } from './backbone.ts'
import type { ContrastiveKind } from './loss/contrastive.ts'
import { contrastiveLoss, contrastiveTargets } from './loss/contrastive.ts'
import type { Mixing } from './loss/mixco.ts'
import { mixRows } from './loss/mixco.ts'
import { Parameters } from './parameters.ts'
import { predictEmbedding, priorExample, priorLoss, priorSpecs } from './priors.ts'
import type { NetworkSettings } from './settings.ts'
import { embeddingSize } from './settings.ts'
import type { ParameterSpec, Weights } from './weights.ts'

const modules = { backbone: backboneSpecs, projector: projectorSpecs, prior: priorSpecs } as const
export type ModuleName = keyof typeof modules
export const allModules: readonly ModuleName[] = ['backbone', 'projector', 'prior']

/** Parameters of these modules; of the whole network by default. */
export function networkSpecs(settings: NetworkSettings, names: readonly ModuleName[] = allModules): ParameterSpec[] {
  return names.flatMap((name) => modules[name](settings))
}

/** Names of the parameters of these modules, for `trainable` and for optimiser groups. */
export function parameterNames(settings: NetworkSettings, names: readonly ModuleName[]): string[] {
  return networkSpecs(settings, names).map((spec) => spec.name)
}

export interface TrainingBatch {
  readonly rows: number
  /** Picture embeddings, rows × embedding, row-major, never mixed. */
  readonly targets: Float32Array
  readonly contrastive: ContrastiveKind
  /** How the rows of the input were mixed; null where they were not. */
  readonly mixing: Mixing | null
  /** Mix the prior's target with the same shares (TROI eq. 3; MindEye2 does not). */
  readonly mixPriorTarget: boolean
  /** ε, weight of the prior's loss. */
  readonly priorWeight: number
}

export interface StepInput {
  /** Output of the subject layer for the (mixed) rows, rows × hidden. */
  readonly h: Tensor2D
  readonly weights: Weights
  /** Names of the weights to differentiate. Modules without any are frozen: evaluation mode, no gradients of theirs. */
  readonly trainable: readonly string[]
  readonly batch: TrainingBatch
  readonly settings: NetworkSettings
  /** Stream of dropout for the modules that are trained; null for none. */
  readonly dropout: Random | null
  /** Stream of times and noise, which the diffusion priors need; null otherwise. */
  readonly noise: Random | null
}

export interface StepResult {
  readonly values: { readonly total: Scalar; readonly contrastive: Scalar; readonly prior: Scalar }
  /** Gradient of the total loss with respect to h, rows × hidden. */
  readonly dh: Tensor2D
  /** Gradient per trainable name, shaped like the weight. */
  readonly gradients: Record<string, Tensor>
}

/** Losses and gradients of one step. Nothing is read back and nothing updated; dispose the result with `disposeStep`. */
export function lossAndGradients(input: StepInput): StepResult {
  const { h, weights, trainable, batch, settings, dropout } = input
  checkShapes(h, batch, settings)
  const parameters = new Parameters(weights, trainable)
  return tf.tidy(() => {
    const pictures = tf.tensor2d(batch.targets, [batch.rows, embeddingSize(settings)])
    const targets = contrastiveTargets(batch.contrastive, pictures, batch.mixing)
    const mixes = batch.mixPriorTarget && batch.mixing !== null
    const priorTarget = mixes ? mixRows(batch.targets, embeddingSize(settings), batch.mixing) : batch.targets
    const example = priorExample(priorTarget, batch.rows, settings, input.noise)

    const parts: Scalar[] = []
    const forward = () => {
      const b = backbone(h, parameters, settings, dropout)
      const contrastive = contrastiveLoss(projector(b, parameters, settings), targets)
      const prior = priorLoss(b, example, parameters, settings, dropout)
      // Kept because the tape's own scope ends before this one does.
      parts.push(tf.keep(contrastive), tf.keep(prior))
      return tf.add<Scalar>(contrastive, tf.mul(prior, batch.priorWeight))
    }
    const { value, grads } = tf.valueAndGrads(forward)([h, ...trainable.map((name) => parameters.tensor(name))])
    const [contrastive, prior] = parts as [Scalar, Scalar]
    const [dh, ...rest] = grads
    const gradients = Object.fromEntries(trainable.map((name, i) => [name, rest[i]!]))
    return { values: { total: value as Scalar, contrastive, prior }, dh: dh as Tensor2D, gradients }
  })
}

function checkShapes(h: Tensor2D, batch: TrainingBatch, settings: NetworkSettings): void {
  const [rows, hidden] = h.shape
  if (rows !== batch.rows || hidden !== settings.hidden) {
    throw new RangeError(`h is ${rows} × ${hidden}, expected ${batch.rows} × ${settings.hidden}`)
  }
  if (batch.targets.length !== rows * embeddingSize(settings)) {
    throw new RangeError(`${batch.targets.length} target values for ${rows} rows of ${embeddingSize(settings)}`)
  }
  if (batch.mixing !== null && batch.mixing.partners.length !== rows) {
    throw new RangeError(`the mixing is for ${batch.mixing.partners.length} rows, not ${rows}`)
  }
}

export function disposeStep(result: StepResult): void {
  tf.dispose([result.values.total, result.values.contrastive, result.values.prior, result.dh])
  tf.dispose(result.gradients)
}

export interface LossValues {
  readonly total: number
  readonly contrastive: number
  readonly prior: number
}

/** The loss values as numbers; asynchronous because the engine may be. */
export async function readLosses(result: StepResult): Promise<LossValues> {
  const read = async (scalar: Scalar) => (await scalar.data<'float32'>())[0]!
  const { total, contrastive, prior } = result.values
  const [a, b, c] = await Promise.all([read(total), read(contrastive), read(prior)])
  return { total: a, contrastive: b, prior: c }
}

/** Everything the network says about some rows, each rows × embedding, row-major. */
export interface Prediction {
  readonly rows: number
  /** b, before projection: what the prior was given. */
  readonly backbone: Float32Array
  /** For retrieval; not normalised. */
  readonly projected: Float32Array
  /** Predicted picture embedding, for reconstruction. */
  readonly prior: Float32Array
}

/** Forward pass in evaluation mode, in chunks. `seed` names the noise of the diffusion priors; chunks do not matter. */
export async function predict(
  h: Tensor2D,
  weights: Weights,
  settings: NetworkSettings,
  seed: number,
  chunkRows = 256,
): Promise<Prediction> {
  const rows = h.shape[0]
  const size = embeddingSize(settings)
  const parameters = new Parameters(weights)
  const out = {
    backbone: new Float32Array(rows * size),
    projected: new Float32Array(rows * size),
    prior: new Float32Array(rows * size),
  }
  for (let first = 0; first < rows; first += chunkRows) {
    const count = Math.min(chunkRows, rows - first)
    const chunk = tf.tidy(() => {
      const b = backbone(tf.slice(h, [first, 0], [count, -1]), parameters, settings)
      return {
        backbone: b,
        projected: projector(b, parameters, settings),
        prior: predictEmbedding(b, parameters, settings, seed, first),
      }
    })
    try {
      for (const part of ['backbone', 'projected', 'prior'] as const) {
        out[part].set(await chunk[part].data<'float32'>(), first * size)
      }
    } finally {
      tf.dispose(chunk)
    }
  }
  return { rows, ...out }
}
