/**
 * The input layer that Algorithm 1 trained together with the mask, cut to the chosen voxels. Stage 2 may keep it
 * (`rewind`, `finetune`) or use it as it is (the paper's "without learning rate rewinding").
 */
import type { WeightArrays } from '../model/weights.ts'
import { mergeSaved, packWeights, type Saved, savedFloats, unpackWeights } from './saved.ts'

export interface Stage1Weights {
  /** Chosen voxels × hidden, voxel-major, not yet multiplied by the mask. */
  readonly weights: Float32Array
  readonly bias: Float32Array
  /** M at the chosen voxels. */
  readonly mask: Float32Array
  /** The whole network as stage 1 left it. */
  readonly network: WeightArrays
}

/** W ← W · diag(M): the same function without a mask. */
export function foldedWeights({ weights, bias, mask }: Stage1Weights): Float32Array {
  const hidden = bias.length
  return weights.map((value, i) => value * mask[Math.floor(i / hidden)]!)
}

export function packStage1(prefix: string, stage1: Stage1Weights): Saved {
  return mergeSaved(packWeights(`${prefix}/network`, stage1.network), {
    values: {},
    arrays: {
      [`${prefix}/weights`]: stage1.weights,
      [`${prefix}/bias`]: stage1.bias,
      [`${prefix}/mask`]: stage1.mask,
    },
  })
}

export function unpackStage1(prefix: string, saved: Saved): Stage1Weights {
  return {
    weights: savedFloats(saved, `${prefix}/weights`),
    bias: savedFloats(saved, `${prefix}/bias`),
    mask: savedFloats(saved, `${prefix}/mask`),
    network: unpackWeights(`${prefix}/network`, saved),
  }
}
