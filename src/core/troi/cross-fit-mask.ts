/**
 * Training of the mask M of the preset `troi` on cross-fitted weights, with everything else frozen:
 *
 *   z_i = α (M ∘ x_i) W_k(i) + b₀,   L = SoftCLIP(H(B(z)), y) + ψ ‖M‖₁,   M ≥ 0, by Adam
 *
 * Evaluation mode throughout: no mixing, no dropout, no prior. ψ = ρ · RMS(∂L/∂M) of the very first batch. Without a
 * backbone the latents are the embeddings and H(B(z)) is z itself, so the same loss judges the linear prediction.
 */
import { projector, backbone as runBackbone } from '../model/backbone.ts'
import { contrastiveLoss, contrastiveTargets } from '../model/loss/contrastive.ts'
import { Parameters } from '../model/parameters.ts'
import { disposeWeights, toTensors, type Weights } from '../model/weights.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { adamWInPlace } from '../tensor/adam.ts'
import { type Scalar, type Tensor2D, tf } from '../tensor/tf.ts'
import type { Backbone } from './backbone.ts'
import type { CrossFit } from './cross-fit.ts'
import { resumeOf, savedFloats, savedNumber } from './saved.ts'
import { adamStep } from './training.ts'

export interface MaskTraining {
  /** trials × voxels. */
  readonly betas: Float32Array
  /** Embedding shown in each trial, trials × dimensions. */
  readonly targets: Float32Array
  readonly dimensions: number
  readonly fit: CrossFit
  /** b₀, one number per latent. */
  readonly offset: Float64Array
  /** null: latents are embeddings, see above. */
  readonly backbone: Backbone | null
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** Trials of a global step. */
  readonly batchAt: (step: number) => Int32Array
  readonly learningRate: number
  readonly rho: number
  readonly temperature: number
}

export interface TrainedMask {
  readonly mask: Float32Array
  readonly psi: number
}

const stage = 'cross-fitted mask'

export async function trainMask(training: MaskTraining, context: RunContext): Promise<TrainedMask> {
  const voxels = training.betas.length / (training.targets.length / training.dimensions)
  const resumed = resumeOf(context.resume, stage)
  const mask = resumed ? savedFloats(resumed, 'mask').slice() : new Float32Array(voxels).fill(1)
  const m = resumed ? savedFloats(resumed, 'm').slice() : new Float32Array(voxels)
  const v = resumed ? savedFloats(resumed, 'v').slice() : new Float32Array(voxels)
  let psi = resumed ? savedNumber(resumed, 'psi') : Number.NaN
  const weights = training.backbone === null ? null : toTensors(training.backbone.weights)

  context.phase('Train the mask on held-out predictions', training.epochs)
  try {
    for (let epoch = resumed?.epoch ?? 0; epoch < training.epochs; epoch++) {
      for (let i = 0; i < training.stepsPerEpoch; i++) {
        const step = epoch * training.stepsPerEpoch + i
        const { loss, gradient } = await maskGradient(training, mask, training.batchAt(step), weights)
        if (step === 0) psi = training.rho * rootMeanSquare(gradient)
        for (let j = 0; j < voxels; j++) gradient[j]! += psi * Math.sign(mask[j]!)
        const scheduled = { learningRate: training.learningRate, beta1: 0.9 }
        adamWInPlace(mask, gradient, m, v, adamStep(scheduled, 0, step + 1))
        for (let j = 0; j < voxels; j++) if (mask[j]! < 0) mask[j] = 0
        context.metric({ step, epoch, values: { contrastive: loss } })
        await context.breathe()
      }
      context.maskSnapshot(epoch + 1, mask)
      await context.epochEnd(epoch + 1, async () => ({
        stage,
        epoch: epoch + 1,
        values: { psi },
        arrays: { mask: mask.slice(), m: m.slice(), v: v.slice() },
      }))
    }
  } finally {
    if (weights !== null) disposeWeights(weights)
  }
  return { mask, psi }
}

export interface MaskGradient {
  readonly loss: number
  /** ∂L/∂M without the L1 term, one number per voxel. */
  readonly gradient: Float32Array
}

/** Loss and mask gradient of one batch of trials. `weights`: the backbone's, as tensors; null without one. */
export async function maskGradient(
  training: MaskTraining,
  mask: Float32Array,
  trials: Int32Array,
  weights: Weights | null,
): Promise<MaskGradient> {
  const { betas, fit, offset } = training
  const voxels = mask.length
  const width = offset.length
  const rowsOfFold = fit.weights.map((_, fold) => trials.filter((trial) => fit.foldOfTrial[trial] === fold))
  const ordered = Int32Array.from(rowsOfFold.flatMap((rows) => Array.from(rows)))

  const z = new Float32Array(ordered.length * width)
  const room = new Float32Array(Math.max(...rowsOfFold.map((rows) => rows.length)) * voxels)
  let first = 0
  rowsOfFold.forEach((rows, fold) => {
    if (rows.length === 0) return
    z.set(fit.weights[fold]!.timesTransposed(maskedRows(betas, rows, mask, room), rows.length), first * width)
    first += rows.length
  })
  for (let i = 0; i < z.length; i++) z[i] = fit.scale * z[i]! + offset[i % width]!

  const { loss, dz } = await latentLoss(training, z, ordered, weights)

  const gradient = new Float32Array(voxels)
  first = 0
  rowsOfFold.forEach((rows, fold) => {
    if (rows.length === 0) return
    const back = fit.weights[fold]!.times(dz.subarray(first * width, (first + rows.length) * width), rows.length, room)
    rows.forEach((trial, row) => {
      const x = betas.subarray(trial * voxels, (trial + 1) * voxels)
      const d = back.subarray(row * voxels, (row + 1) * voxels)
      for (let j = 0; j < voxels; j++) gradient[j]! += fit.scale * x[j]! * d[j]!
    })
    first += rows.length
  })
  return { loss, gradient }
}

function maskedRows(betas: Float32Array, trials: Int32Array, mask: Float32Array, room: Float32Array): Float32Array {
  const voxels = mask.length
  const out = room.subarray(0, trials.length * voxels)
  trials.forEach((trial, row) => {
    const from = trial * voxels
    const to = row * voxels
    for (let j = 0; j < voxels; j++) out[to + j] = mask[j]! * betas[from + j]!
  })
  return out
}

/** SoftCLIP of the projected latents against the embeddings, and its gradient with respect to the latents. */
async function latentLoss(
  { targets, dimensions, backbone, temperature }: MaskTraining,
  z: Float32Array,
  trials: Int32Array,
  weights: Weights | null,
): Promise<{ loss: number; dz: Float32Array }> {
  const shown = new Float32Array(trials.length * dimensions)
  trials.forEach((trial, row) => {
    shown.set(targets.subarray(trial * dimensions, (trial + 1) * dimensions), row * dimensions)
  })
  const { value, grad } = tf.tidy(() => {
    const pictures = tf.tensor2d(shown, [trials.length, dimensions])
    const constants = contrastiveTargets({ kind: 'softclip', temperature }, pictures, null)
    const project = (latents: Tensor2D): Tensor2D => {
      if (backbone === null || weights === null) return latents
      const parameters = new Parameters(weights)
      return projector(runBackbone(latents, parameters, backbone.settings), parameters, backbone.settings)
    }
    const input = tf.tensor2d(z, [trials.length, z.length / trials.length])
    return tf.valueAndGrad((x: tf.Tensor) => contrastiveLoss(project(x as Tensor2D), constants))(input)
  })
  const [loss, dz] = await Promise.all([(value as Scalar).data<'float32'>(), grad.data<'float32'>()])
  tf.dispose([value, grad])
  return { loss: loss[0]!, dz: dz.slice() }
}

function rootMeanSquare(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum / values.length)
}
