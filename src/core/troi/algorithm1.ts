/**
 * Algorithm 1 of the paper: a mask M over all voxels is trained together with the input layer under an L1 penalty; after
 * every epoch small entries are pruned, and the loop ends when the filtered mask fits the budget.
 *
 *   while count > V:  train one epoch (TROI eq. 6);  M[M ≤ th] = 0;  f = G ∗ M;  count = #(f > th)
 *
 * Two things are added to what is printed. The memory score S keeps the last value every entry had before it was pruned:
 * filtering M itself would count pruned neighbours as zeros and wear thin sheets away. And ρ is adapted where the loop
 * overshoots or stalls (`adapt-rho.ts`), so it always ends. Pruned voxels stay pruned.
 */
import type { TrialSet } from '../data/subject-data.ts'
import type { ModuleName } from '../model/network.ts'
import { constantWithWarmUp } from '../model/optim/schedule.ts'
import type { NetworkSettings } from '../model/settings.ts'
import type { WeightArrays } from '../model/weights.ts'
import type { RunContext, StageState } from '../pipeline/run-context.ts'
import type { SubjectLayer, SubjectLayerFactory, SubjectLayerState } from '../tensor/subject-layer.ts'
import type { VoxelFilter } from '../volume/gaussian-filter.ts'
import { adaptRho } from './adapt-rho.ts'
import { assembleInput, gatherRows, targetsOf } from './batches.ts'
import {
  mergeSaved,
  packLayer,
  resumeOf,
  savedBytes,
  savedFloats,
  savedNumber,
  savedNumbers,
  unpackLayer,
} from './saved.ts'
import type { MaskSettings } from './settings.ts'
import { adamStep, drawStepMixing, lossOfEpoch, release, stepRandom, TrainedNetwork } from './training.ts'

export interface Algorithm1Input {
  readonly set: TrialSet
  /** Embeddings by target: items × dimensions. */
  readonly vectors: Float32Array
  readonly dimensions: number
  readonly network: NetworkSettings
  readonly weights: WeightArrays
  /** Modules trained beside M and the input layer. */
  readonly modules: readonly ModuleName[]
  readonly layer: SubjectLayerState
  readonly stepsPerEpoch: number
  /** Trials of a global step. */
  readonly batchAt: (step: number) => Int32Array
  /** G of the stop test. */
  readonly filter: VoxelFilter
  readonly budget: number
  readonly seed: number
  readonly settings: MaskSettings['algorithm1']
}

export interface Algorithm1Output {
  /** M after the last pruning. */
  readonly mask: Float32Array
  /** S, the last value of every entry before it was pruned. */
  readonly memory: Float32Array
  /** G ∗ M of the last iteration. */
  readonly filtered: Float64Array
  readonly counts: readonly number[]
  readonly rhoHistory: readonly number[]
  readonly psi: number
  readonly restarts: number
  readonly stopped: 'budget met' | 'maximum epochs reached'
  readonly layer: SubjectLayerState
  readonly network: WeightArrays
}

/** The loop's own variables, beside the layer and the network. */
interface Progress {
  memory: Float32Array
  alive: Uint8Array
  counts: number[]
  rhoHistory: number[]
  rho: number
  psi: number
  /** RMS(∂L/∂M) over the first epoch of this attempt. */
  gradientRms: number
  /** Iteration at which ρ was last raised. */
  raised: number
  restarts: number
  /** Iterations over all attempts. */
  total: number
}

const stage = 'algorithm 1'
const mostRestarts = 6

export async function algorithm1(
  input: Algorithm1Input,
  subjectLayer: SubjectLayerFactory,
  context: RunContext,
): Promise<Algorithm1Output> {
  const { settings, budget } = input
  const resumed = resumeOf(context.resume, stage)
  let progress = resumed ? restoreProgress(resumed) : freshProgress(input, settings.rho, 0, 0)
  let layer = subjectLayer(resumed ? unpackLayer('layer', resumed) : input.layer)
  let network = await openNetwork(input, resumed)

  context.phase('Algorithm 1', settings.maximumEpochs)
  try {
    for (;;) {
      // (a) minimise eq. 6 over M and the input layer for one epoch; the first epoch measures the mask gradient.
      const iteration = progress.counts.length + 1
      await trainEpoch(input, layer, network, progress, context)
      if (iteration === 1) {
        progress.gradientRms = await layer.readMaskGradientRms()
        progress.psi = settings.psi > 0 ? settings.psi : progress.rho * progress.gradientRms
      }

      // (b), (c) remember, then prune.
      const mask = await layer.readMask()
      remember(progress, mask, settings.threshold)
      await layer.prune(settings.threshold)

      // (d), (e) filter and count.
      const pruned = mask.map((value) => (value > settings.threshold ? value : 0))
      const filtered = input.filter(pruned)
      const count = filtered.reduce((sum, value) => sum + (value > settings.threshold ? 1 : 0), 0)
      progress.counts.push(count)
      progress.rhoHistory.push(progress.rho)
      progress.total++
      context.metric({
        step: progress.total * input.stepsPerEpoch,
        epoch: progress.total,
        values: { voxels: count, psi: progress.psi, rho: progress.rho },
      })
      context.maskSnapshot(progress.total, pruned)

      // Adapt, stop or go on.
      const decision = settings.adaptRho
        ? adaptRho(progress.counts, budget, progress.rho, progress.raised)
        : { kind: 'keep' as const }
      if (decision.kind === 'restart' && progress.restarts < mostRestarts) {
        progress = freshProgress(input, decision.rho, progress.restarts + 1, progress.total)
        layer.dispose()
        network.dispose()
        layer = subjectLayer(input.layer)
        network = await openNetwork(input, null)
      } else if (count <= budget || iteration >= settings.maximumEpochs) {
        const { memory, counts, rhoHistory, psi, restarts } = progress
        const stopped = count <= budget ? 'budget met' : 'maximum epochs reached'
        return {
          ...{ mask: pruned, memory, filtered, counts, rhoHistory, psi, restarts, stopped },
          layer: await layer.readState(),
          network: await network.arrays(),
        }
      } else if (decision.kind === 'raise') {
        progress.rho = decision.rho
        progress.psi = settings.psi > 0 ? settings.psi : decision.rho * progress.gradientRms
        progress.raised = iteration
      }
      await context.epochEnd(progress.total, () => saveState(progress, layer, network))
    }
  } finally {
    layer.dispose()
    network.dispose()
  }
}

async function trainEpoch(
  input: Algorithm1Input,
  layer: SubjectLayer,
  network: TrainedNetwork,
  progress: Progress,
  context: RunContext,
): Promise<void> {
  const { set, settings, stepsPerEpoch } = input
  const epoch = progress.counts.length
  const contrastive = lossOfEpoch(settings, epoch, settings.plannedEpochs)
  const schedule = constantWithWarmUp(settings.learningRate, settings.warmUpEpochs * stepsPerEpoch)
  const width = set.betas.length / set.trials
  const buffer = new Float32Array(input.batchAt(epoch * stepsPerEpoch).length * width)
  // Until its own gradient has been measured, M is trained without a penalty; a ψ given in figures counts from the start.
  const l1 = epoch === 0 ? settings.psi : progress.psi

  for (let i = 0; i < stepsPerEpoch; i++) {
    const step = epoch * stepsPerEpoch + i
    const name = { seed: input.seed, stage, epoch, step }
    const rows = input.batchAt(step)
    const mixing = drawStepMixing(settings, contrastive, [rows.length], name)
    const dropout = { rate: settings.voxelDropout, random: stepRandom(name, 'voxel dropout') }
    const h = layer.forward(assembleInput(set, rows, mixing, dropout, buffer), rows.length)

    const targets = gatherRows(input.vectors, input.dimensions, targetsOf(set, rows))
    const { mixedPriorTarget: mixPriorTarget, priorWeight } = settings
    const batch = { rows: rows.length, targets, contrastive, mixing, mixPriorTarget, priorWeight }
    const scheduled = schedule(step)
    const { dh, losses } = await network.step(h, batch, scheduled, name)

    const maskScheduled = { learningRate: settings.maskLearningRate, beta1: 0.9 }
    layer.backward(dh, {
      weights: adamStep(scheduled, settings.weightDecay, step + 1),
      mask: { ...adamStep(maskScheduled, 0, step + 1), l1, nonNegative: false },
    })
    release(h, dh)
    context.metric({ step: progress.total * stepsPerEpoch + i, epoch: progress.total, values: { ...losses } })
    await context.breathe()
  }
}

/** S takes the value of every entry that was alive during the epoch; then entries at or below th are out. */
function remember({ memory, alive }: Progress, mask: Float32Array, threshold: number): void {
  for (let v = 0; v < mask.length; v++) {
    if (!alive[v]) continue
    memory[v] = mask[v]!
    if (mask[v]! <= threshold) alive[v] = 0
  }
}

function openNetwork(input: Algorithm1Input, resumed: StageState | null): Promise<TrainedNetwork> {
  const { network, weights, modules, settings } = input
  const decay = settings.networkWeightDecay
  return resumed
    ? TrainedNetwork.unpack('network', resumed, network, modules, decay)
    : TrainedNetwork.of(network, weights, modules, decay)
}

function freshProgress(input: Algorithm1Input, rho: number, restarts: number, total: number): Progress {
  const { mask } = input.layer
  return {
    memory: mask.slice(),
    alive: new Uint8Array(mask.length).fill(1),
    ...{ counts: [], rhoHistory: [], rho, psi: 0, gradientRms: 0, raised: 0, restarts, total },
  }
}

async function saveState(progress: Progress, layer: SubjectLayer, network: TrainedNetwork): Promise<StageState> {
  const { counts, rhoHistory, rho, psi, gradientRms, raised, restarts, total } = progress
  const own = {
    values: { counts: counts.slice(), rhoHistory: rhoHistory.slice(), rho, psi, gradientRms, raised, restarts },
    arrays: { memory: progress.memory.slice(), alive: progress.alive.slice() },
  }
  const parts = mergeSaved(own, packLayer('layer', await layer.readState()), await network.pack('network'))
  return { stage, epoch: total, ...parts }
}

function restoreProgress(saved: StageState): Progress {
  const number = (name: string) => savedNumber(saved, name)
  return {
    memory: savedFloats(saved, 'memory').slice(),
    alive: savedBytes(saved, 'alive').slice(),
    counts: savedNumbers(saved, 'counts'),
    rhoHistory: savedNumbers(saved, 'rhoHistory'),
    rho: number('rho'),
    psi: number('psi'),
    gradientRms: number('gradientRms'),
    raised: number('raised'),
    restarts: number('restarts'),
    total: saved.epoch,
  }
}
