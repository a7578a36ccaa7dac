/**
 * The two ways from chosen voxels to an answer: the paper's network (stage 2), and ridge in closed form. A network that was never
 * pretrained has little to learn a hidden layer from where a subject has a few dozen labelled trials; ridge has one number
 * to choose, and chooses it on training trials. So `auto` takes ridge for labelled data without a backbone, else the network.
 */
import type { Targets } from '../data/subject-data.ts'
import type { DenseKernels } from '../tensor/dense-kernels.ts'
import type { Backbone } from '../troi/backbone.ts'
import { type Decoded, type Decoder, decode, packDecoder, unpackDecoder } from '../troi/decoder.ts'
import { type RetrainInputs, retrain } from '../troi/retrain.ts'
import type { Saved } from '../troi/saved.ts'
import type { DecoderSettings } from '../troi/settings.ts'
import {
  decodeWithRidge,
  fitRidgeDecoder,
  packRidgeDecoder,
  type RidgeDecoder,
  ridgeDecoderMark,
  unpackRidgeDecoder,
} from './ridge-decoder.ts'

export type AnyDecoder =
  | { readonly method: 'network'; readonly decoder: Decoder }
  | { readonly method: 'ridge'; readonly decoder: RidgeDecoder }

export function methodFor(
  { method }: Pick<DecoderSettings, 'method'>,
  kind: Targets['kind'],
  backbone: Backbone | null,
): AnyDecoder['method'] {
  if (method !== 'auto') return method
  return kind === 'labels' && backbone === null ? 'ridge' : 'network'
}

/** From what `retrain` is given: its last input is for a network that keeps Algorithm 1's weights. Throws as the two do. */
export async function makeDecoder(...inputs: RetrainInputs): Promise<AnyDecoder> {
  const [subject, targets, mask, backbone, settings, compute, context] = inputs
  const method = methodFor(settings, targets.kind, backbone)
  switch (method) {
    case 'network':
      return { method, decoder: await retrain(...inputs) }
    case 'ridge':
      context.phase('Fit the decoder')
      return {
        method,
        decoder: await fitRidgeDecoder(subject, targets, mask, settings.seed, compute.kernels, context),
      }
    default:
      throw new TypeError(`unknown decoder ${String(method satisfies never)}`)
  }
}

/** `betas`: trials × voxels of the subject. */
export async function decodeAny(any: AnyDecoder, betas: Float32Array, kernels: DenseKernels): Promise<Decoded> {
  return any.method === 'network' ? decode(any.decoder, betas, kernels) : decodeWithRidge(any.decoder, betas, kernels)
}

export function packAnyDecoder(any: AnyDecoder): Saved {
  return any.method === 'network' ? packDecoder(any.decoder) : packRidgeDecoder(any.decoder)
}

/** Throws ProblemError BAD_FILE or NOT_FINITE where something is missing or damaged. */
export function unpackAnyDecoder(saved: Saved): AnyDecoder {
  return saved.values.format === ridgeDecoderMark
    ? { method: 'ridge', decoder: unpackRidgeDecoder(saved) }
    : { method: 'network', decoder: unpackDecoder(saved) }
}

/** How it came about, in a word for lists: how a network was started, or that there is none. */
export function originOf(any: AnyDecoder): string {
  return any.method === 'network' ? any.decoder.restart : 'ridge'
}
