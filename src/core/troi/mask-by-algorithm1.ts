/** The presets that run Algorithm 1: sets it up for a subject, and turns what the loop leaves into a mask. */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { allModules, networkSpecs } from '../model/network.ts'
import { initialWeights, uniformByFanIn } from '../model/weights.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import type { Compute } from '../tensor/compute.ts'
import { freshSubjectLayerState, type SubjectLayerState } from '../tensor/subject-layer.ts'
import { voxelFilter } from '../volume/gaussian-filter.ts'
import { overlap } from '../volume/overlap.ts'
import { binarise, topVoxels } from '../volume/top-voxels.ts'
import { type Algorithm1Output, algorithm1 } from './algorithm1.ts'
import { type Backbone, networkWithoutBackbone } from './backbone.ts'
import { Batches, stepsPerEpoch } from './batches.ts'
import { chosenVoxels, cutVoxelRows } from './cut.ts'
import type { MaskResult } from './mask-result.ts'
import type { MaskSettings } from './settings.ts'

export async function maskByAlgorithm1(
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  settings: MaskSettings,
  compute: Compute,
  context: RunContext,
): Promise<MaskResult> {
  const { train, space } = subject
  const voxels = space.index.length
  if (settings.budget === voxels) return everyVoxel(settings, voxels)

  // Without pretraining the whole network starts at random and is trained along (the paper's "w/o PT").
  const network = backbone?.settings ?? networkWithoutBackbone(targets)
  const weights = backbone?.weights ?? initialWeights(networkSpecs(network), settings.seed)
  const { batch, epochTrials } = settings.algorithm1
  const batches = new Batches(settings.seed, 'stage 1', train.target, batch)
  const output = await algorithm1(
    {
      set: train,
      vectors: targets.vectors,
      dimensions: targets.dimensions,
      network,
      weights,
      modules: backbone === null ? allModules : settings.algorithm1.trainPrior ? ['prior'] : [],
      layer: freshInputLayer(voxels, network.hidden, settings.seed, 'stage 1'),
      stepsPerEpoch: stepsPerEpoch(train.trials, batch, epochTrials),
      batchAt: (step) => batches.at(step),
      filter: voxelFilter(space, settings.algorithm1.loopSigma, settings.algorithm1.boundary),
      budget: settings.budget,
      seed: settings.seed,
      settings: settings.algorithm1,
    },
    compute.subjectLayer,
    context,
  )
  return chooseVoxels(subject, settings, output)
}

/** Weights and bias uniform within ±1/√voxels (PyTorch's Linear), mask of ones. */
export function freshInputLayer(voxels: number, hidden: number, seed: number, stage: string): SubjectLayerState {
  const random = Random.of(seed, stage, 'input layer')
  return freshSubjectLayerState(uniformByFanIn(voxels * hidden, voxels, random), uniformByFanIn(hidden, voxels, random))
}

/** ‖M′‖₀ ≤ V holds before the first iteration: the loop never runs. */
function everyVoxel({ preset, budget }: MaskSettings, voxels: number): MaskResult {
  const ones = () => new Float32Array(voxels).fill(1)
  return {
    ...{ preset, budget, mask: new Uint8Array(voxels).fill(1), score: ones(), weights: ones(), threshold: 1 },
    ...{ raw: new Uint8Array(voxels).fill(1), counts: [], rhoHistory: [], psi: null, diceRawExact: 1, stage1: null },
    flags: ['the budget holds every voxel: nothing was trained'],
  }
}

function chooseVoxels(subject: SubjectData, settings: MaskSettings, output: Algorithm1Output): MaskResult {
  const { budget, preset, algorithm1: own } = settings
  const raw = binarise(output.filtered, own.threshold)
  const chosen = finalMask(subject, settings, output, raw)
  const index = chosenVoxels(subject, chosen.mask)
  const { hidden, bias, weights, mask } = output.layer
  return {
    preset,
    budget,
    ...{ mask: chosen.mask, score: chosen.score, weights: chosen.weights, threshold: chosen.threshold },
    raw,
    counts: output.counts,
    rhoHistory: output.rhoHistory,
    psi: output.psi,
    flags: [...courseFlags(output), ...chosen.flags],
    diceRawExact: overlap(raw, chosen.exact).dice,
    stage1: {
      weights: cutVoxelRows(weights, hidden, index),
      bias,
      mask: Float32Array.from(index, (v) => mask[v]!),
      network: output.network,
    },
  }
}

function courseFlags({ stopped, restarts }: Algorithm1Output): string[] {
  return [
    ...(stopped === 'budget met' ? [] : ['maximum epochs reached']),
    ...(restarts > 0 ? [`started again ${restarts} times with a weaker penalty`] : []),
  ]
}

interface FinalMask {
  readonly mask: Uint8Array
  readonly threshold: number
  /** The map the mask was cut from, and the same before filtering. */
  readonly score: Float32Array
  readonly weights: Float32Array
  /** Exactly V voxels of the same map, to compare the thresholded mask with. */
  readonly exact: Uint8Array
  readonly flags: readonly string[]
}

/**
 * `memory` and `mask` cut exactly V voxels from G ∗ S or G ∗ M. `raw` is the paper: the thresholded map as it is, unless
 * the loop never reached the budget (then V of it) or one step pruned everything (then V of the memory score).
 */
function finalMask(
  { space }: SubjectData,
  { budget, sigma, algorithm1: own }: MaskSettings,
  { memory, mask, filtered }: Algorithm1Output,
  raw: Uint8Array,
): FinalMask {
  const exactly = (weights: Float32Array, score: Float32Array, flags: readonly string[]): FinalMask => {
    const top = unwrap(topVoxels(score, budget))
    return { ...top, score, weights, exact: top.mask, flags }
  }
  const filter = voxelFilter(space, sigma, own.boundary)
  const rawCount = raw.reduce((sum, value) => sum + value, 0)
  const empty = rawCount === 0 ? ['pruning removed every voxel in one step: the thresholded mask is empty'] : []
  if (own.score === 'memory' || (own.score === 'raw' && rawCount === 0)) {
    return exactly(memory, Float32Array.from(filter(memory)), empty)
  }
  if (own.score === 'mask') return exactly(mask, Float32Array.from(filter(mask)), empty)

  const printed = exactly(mask, Float32Array.from(filtered), [])
  if (rawCount > budget) {
    return { ...printed, flags: ['the loop did not reach the budget: the voxels with the highest scores were kept'] }
  }
  return { ...printed, mask: raw, threshold: own.threshold }
}
