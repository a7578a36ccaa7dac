/** The presets that run Algorithm 1: sets it up for a subject, and turns what the loop leaves into a mask. */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { allModules, networkSpecs } from '../model/network.ts'
import { networkSettings } from '../model/settings.ts'
import { initialWeights, uniformByFanIn } from '../model/weights.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { unwrap } from '../problem.ts'
import { Random } from '../random/random.ts'
import type { Compute } from '../tensor/compute.ts'
import { freshSubjectLayerState, type SubjectLayerState } from '../tensor/subject-layer.ts'
import { voxelFilter } from '../volume/gaussian-filter.ts'
import { binarise, topVoxels } from '../volume/top-voxels.ts'
import { type Algorithm1Output, algorithm1 } from './algorithm1.ts'
import type { Backbone } from './backbone.ts'
import { Batches } from './batches.ts'
import { chosenVoxels, cutVoxelRows } from './cut.ts'
import { diceOf, type MaskResult } from './mask-result.ts'
import { defaultModelSettings, type MaskSettings } from './settings.ts'

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
  const network = backbone?.settings ?? networkSettings(defaultModelSettings, { tokens: 1, width: targets.dimensions })
  const weights = backbone?.weights ?? initialWeights(networkSpecs(network), settings.seed)
  const batches = new Batches(settings.seed, 'stage 1', train.target, settings.algorithm1.batch)
  const output = await algorithm1(
    {
      set: train,
      vectors: targets.vectors,
      dimensions: targets.dimensions,
      network,
      weights,
      modules: backbone === null ? allModules : settings.algorithm1.trainPrior ? ['prior'] : [],
      layer: freshInputLayer(voxels, network.hidden, settings.seed, 'stage 1'),
      stepsPerEpoch: batches.stepsPerPass,
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
  const flags: string[] = output.stopped === 'budget met' ? [] : ['maximum epochs reached']
  if (output.restarts > 0) flags.push(`started again ${output.restarts} times with a weaker penalty`)

  const raw = binarise(output.filtered, own.threshold)
  const rawCount = raw.reduce((sum, value) => sum + value, 0)
  const scored = own.score === 'memory' ? output.memory : output.mask
  const filter = voxelFilter(subject.space, settings.sigma, own.boundary)
  const exactScore = Float32Array.from(own.score === 'raw' ? output.filtered : filter(scored))
  const exact = unwrap(topVoxels(exactScore, budget))

  // As printed, the mask is the thresholded map, unless the loop never got there or nothing is left.
  const printed = own.score === 'raw' && rawCount > 0 && rawCount <= budget
  if (own.score === 'raw' && rawCount > budget)
    flags.push('the loop did not reach the budget: the highest scores were kept')
  if (rawCount === 0) flags.push('pruning removed every voxel in one step: the thresholded mask is empty')
  const rescue = own.score === 'raw' && rawCount === 0
  const score = rescue ? Float32Array.from(filter(output.memory)) : exactScore
  const chosen = printed ? { mask: raw, threshold: own.threshold } : rescue ? unwrap(topVoxels(score, budget)) : exact

  const index = chosenVoxels(subject, chosen.mask)
  const { hidden, bias, weights, mask } = output.layer
  return {
    preset,
    budget,
    mask: chosen.mask,
    score,
    weights: rescue ? output.memory : scored,
    threshold: chosen.threshold,
    raw,
    counts: output.counts,
    rhoHistory: output.rhoHistory,
    psi: output.psi,
    flags,
    diceRawExact: diceOf(raw, printed ? exact.mask : chosen.mask),
    stage1: {
      weights: cutVoxelRows(weights, hidden, index),
      bias,
      mask: Float32Array.from(index, (v) => mask[v]!),
      network: output.network,
    },
  }
}
