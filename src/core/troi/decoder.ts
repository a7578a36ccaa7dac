/** A trained decoder, complete in itself: chosen voxels, input layer, network. Decoding needs nothing else. */
import { networkSpecs, predict } from '../model/network.ts'
import { type NetworkSettings, networkSettingsSchema } from '../model/settings.ts'
import { checkWeights, disposeWeights, toTensors, type WeightArrays } from '../model/weights.ts'
import { ProblemError, unwrap } from '../problem.ts'
import type { DenseKernels } from '../tensor/dense-kernels.ts'
import { tf } from '../tensor/tf.ts'
import { cutRows } from './cut.ts'
import {
  mergeSaved,
  packWeights,
  type Saved,
  savedFloats,
  savedIntegers,
  savedNumber,
  savedText,
  unpackWeights,
} from './saved.ts'
import { release } from './training.ts'

export interface Decoder {
  readonly subject: string
  readonly network: NetworkSettings
  /** Voxels of the subject it was made for. */
  readonly voxels: number
  /** Positions of the chosen voxels among them, ascending. */
  readonly index: Int32Array
  /** Chosen voxels × hidden, voxel-major. */
  readonly inputWeights: Float32Array
  readonly bias: Float32Array
  readonly weights: WeightArrays
  readonly restart: string
  readonly epochs: number
}

export interface Decoded {
  readonly trials: number
  /** Projector's output, for retrieval, trials × dimensions. */
  readonly projected: Float32Array
  /** Predicted embedding, for reconstruction. */
  readonly prior: Float32Array
  /** Backbone's output before projection. */
  readonly b: Float32Array
}

/** Trials in `betas`; throws ProblemError LENGTH_MISMATCH where they are not of the subject the decoder was made for. */
export function wholeTrials(
  betas: Float32Array,
  decoder: { readonly subject: string; readonly voxels: number },
): number {
  const trials = betas.length / decoder.voxels
  if (!Number.isInteger(trials) || trials < 1) {
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `${betas.length} beta values are not whole trials of ${decoder.voxels} voxels.`,
      where: `decoder of subject ${decoder.subject}`,
      expected: `betas of subject ${decoder.subject}, ${decoder.voxels} voxels per trial`,
      fix: 'Decode trials of the subject the decoder was trained on.',
    })
  }
  return trials
}

/**
 * Evaluation mode. `betas`: trials × voxels of the subject (all of them; the decoder takes its own columns). `seed` names
 * the noise of a diffusion prior. Throws ProblemError LENGTH_MISMATCH where the betas are of another subject or grid.
 */
export async function decode(decoder: Decoder, betas: Float32Array, kernels: DenseKernels, seed = 0): Promise<Decoded> {
  const trials = wholeTrials(betas, decoder)
  const { index, inputWeights, bias, network } = decoder
  const { hidden } = network
  const cut = cutRows(betas, trials, index)
  const values = kernels.matmul(cut, inputWeights, trials, index.length, hidden)
  for (let i = 0; i < values.length; i++) values[i]! += bias[i % hidden]!
  const weights = toTensors(decoder.weights)
  const h = tf.tensor2d(values, [trials, hidden])
  try {
    const { projected, prior, backbone } = await predict(h, weights, network, seed)
    return { trials, projected, prior, b: backbone }
  } finally {
    release(h)
    disposeWeights(weights)
  }
}

/** A decoder as named arrays and values, for files. */
export function packDecoder(decoder: Decoder): Saved {
  return mergeSaved(packWeights('weights', decoder.weights), {
    values: {
      network: JSON.stringify(decoder.network),
      subject: decoder.subject,
      voxels: decoder.voxels,
      restart: decoder.restart,
      epochs: decoder.epochs,
    },
    arrays: { index: decoder.index, inputWeights: decoder.inputWeights, bias: decoder.bias },
  })
}

/** The inverse of `packDecoder`; throws ProblemError BAD_FILE or NOT_FINITE where something is missing or damaged. */
export function unpackDecoder(saved: Saved): Decoder {
  const network = networkSettingsSchema.parse(JSON.parse(savedText(saved, 'network')))
  return {
    network,
    subject: savedText(saved, 'subject'),
    voxels: savedNumber(saved, 'voxels'),
    index: savedIntegers(saved, 'index'),
    inputWeights: savedFloats(saved, 'inputWeights'),
    bias: savedFloats(saved, 'bias'),
    weights: unwrap(checkWeights(unpackWeights('weights', saved), networkSpecs(network))),
    restart: savedText(saved, 'restart'),
    epochs: savedNumber(saved, 'epochs'),
  }
}
