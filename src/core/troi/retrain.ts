/**
 * Stage 2: a decoder for the chosen voxels. The mask is now fixed and binary and the input really cut to its columns; the
 * input layer is trained again with the learning rate wound back to the start of its schedule.
 *
 *   scratch    new input weights, full OneCycle                       (the paper's "retrain from scratch")
 *   rewind     stage 1's weights times M, full OneCycle               (learning-rate rewinding, Renda et al. 2020)
 *   finetune   stage 1's weights times M, a tenth of the rate, constant
 *
 * With a backbone only the input layer (and the prior) is trained unless asked otherwise; without one, everything is.
 */
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import { allModules, type ModuleName, networkSpecs } from '../model/network.ts'
import { constantWithWarmUp, type Schedule } from '../model/optim/schedule.ts'
import type { NetworkSettings } from '../model/settings.ts'
import { initialWeights, type WeightArrays } from '../model/weights.ts'
import type { RunContext, StageState } from '../pipeline/run-context.ts'
import type { Compute } from '../tensor/compute.ts'
import type { SubjectLayer } from '../tensor/subject-layer.ts'
import { type Backbone, networkWithoutBackbone } from './backbone.ts'
import { assembleInput, Batches, gatherRows, stepsPerEpoch, targetsOf } from './batches.ts'
import { checkStage } from './check.ts'
import { chosenVoxels, cutColumns } from './cut.ts'
import type { Decoder } from './decoder.ts'
import { mergeSaved, packLayer, resumeOf, unpackLayer } from './saved.ts'
import type { DecoderSettings } from './settings.ts'
import type { Stage1Weights } from './stage1-weights.ts'
import { startingLayer } from './starting-layer.ts'
import {
  adamStep,
  drawStepMixing,
  lossOfEpoch,
  release,
  stepRandom,
  TrainedNetwork,
  trainingCycle,
} from './training.ts'

const stage = 'stage 2'

/**
 * `mask`: 0/1 per voxel. `previous`: what Algorithm 1 trained on the same mask, for rewind and finetune; without it they
 * start from a closed-form ridge fit to the backbone's latents. Throws ProblemError BAD_PARAMETER, NOT_FINITE, CANCELLED.
 */
export async function retrain(
  subject: SubjectData,
  targets: Targets,
  mask: Uint8Array,
  backbone: Backbone | null,
  settings: DecoderSettings,
  compute: Compute,
  context: RunContext,
  previous: Stage1Weights | null = null,
): Promise<Decoder> {
  const { index, set } = onMask(subject, targets, mask, backbone)
  const resumed = resumeOf(context.resume, stage)

  // Where the network and the input layer start.
  const keep = settings.restart === 'scratch' ? null : previous
  const { network, weights } = startingNetwork(targets, backbone, settings, keep)
  const modules = trainedModules(settings, backbone)
  const { networkWeightDecay } = settings
  const initial = resumed
    ? unpackLayer('layer', resumed)
    : await startingLayer(set, targets, network.hidden, backbone, settings, keep, compute, context)
  const layer = compute.subjectLayer(initial)
  const trained = resumed
    ? await TrainedNetwork.unpack('network', resumed, network, modules, networkWeightDecay)
    : await TrainedNetwork.of(network, weights, modules, networkWeightDecay)

  try {
    // Training.
    const batches = new Batches(settings.seed, stage, set.target, settings.batch)
    const steps = stepsPerEpoch(set.trials, settings.batch, settings.epochTrials)
    const schedule = rewoundSchedule(settings, steps)
    const buffer = new Float32Array(Math.min(settings.batch, set.trials) * index.length)
    context.phase('Retrain on the chosen voxels', settings.epochs)
    for (let epoch = resumed?.epoch ?? 0; epoch < settings.epochs; epoch++) {
      for (let i = 0; i < steps; i++) {
        const step = epoch * steps + i
        const rows = batches.at(step)
        const values = await trainStep({ set, targets, layer, trained, settings, schedule, buffer }, rows, epoch, step)
        context.metric({ step, epoch, values })
        await context.breathe()
      }
      await context.epochEnd(epoch + 1, () => saveState(epoch + 1, layer, trained))
    }

    const { weights: inputWeights, bias } = await layer.readState()
    const { restart, epochs } = settings
    const trainedParts = { index, inputWeights, bias, network, weights: await trained.arrays() }
    return { subject: subject.name, voxels: subject.space.index.length, ...trainedParts, restart, epochs }
  } finally {
    layer.dispose()
    trained.dispose()
  }
}

/** What a decoder is made from, in the order of `retrain`. */
export type RetrainInputs = Parameters<typeof retrain>

/**
 * The decoder that `rewind` and `finetune` start from, without stage 2: the paper's "without learning rate rewinding".
 * Arguments and problems as for `retrain`; the restart is always `rewind`.
 */
export async function untrainedDecoder(...inputs: RetrainInputs): Promise<Decoder> {
  const [subject, targets, mask, backbone, settings, compute, context, previous = null] = inputs
  const { index, set } = onMask(subject, targets, mask, backbone)
  const { network, weights } = startingNetwork(targets, backbone, settings, previous)
  const kept: DecoderSettings = { ...settings, restart: 'rewind' }
  const layer = await startingLayer(set, targets, network.hidden, backbone, kept, previous, compute, context)
  const parts = { index, inputWeights: layer.weights, bias: layer.bias, network, weights }
  return { subject: subject.name, voxels: subject.space.index.length, ...parts, restart: kept.restart, epochs: 0 }
}

/** The training trials on the chosen voxels, checked. */
function onMask(
  subject: SubjectData,
  targets: Targets,
  mask: Uint8Array,
  backbone: Backbone | null,
): { index: Int32Array; set: TrialSet } {
  checkStage(subject, targets, backbone, null)
  const index = chosenVoxels(subject, mask)
  return { index, set: cutColumns(subject.train, index) }
}

function startingNetwork(
  targets: Targets,
  backbone: Backbone | null,
  settings: DecoderSettings,
  keep: Stage1Weights | null,
): { network: NetworkSettings; weights: WeightArrays } {
  const network = backbone?.settings ?? networkWithoutBackbone(targets)
  const weights = keep?.network ?? backbone?.weights ?? initialWeights(networkSpecs(network), settings.seed)
  return { network, weights }
}

function trainedModules({ trainBackbone, trainPrior }: DecoderSettings, backbone: Backbone | null): ModuleName[] {
  if (backbone === null) return [...allModules]
  return [...(trainBackbone ? (['backbone', 'projector'] as const) : []), ...(trainPrior ? (['prior'] as const) : [])]
}

function rewoundSchedule(settings: DecoderSettings, steps: number): Schedule {
  if (settings.restart === 'finetune') return constantWithWarmUp(settings.learningRate / 10, 1)
  return trainingCycle(settings, steps)
}

interface Workplace {
  readonly set: TrialSet
  readonly targets: Targets
  readonly layer: SubjectLayer
  readonly trained: TrainedNetwork
  readonly settings: DecoderSettings
  readonly schedule: Schedule
  readonly buffer: Float32Array
}

async function trainStep(
  { set, targets, layer, trained, settings, schedule, buffer }: Workplace,
  rows: Int32Array,
  epoch: number,
  step: number,
): Promise<Record<string, number>> {
  const name = { seed: settings.seed, stage, epoch, step }
  const contrastive = lossOfEpoch(settings, epoch, settings.epochs)
  const mixing = drawStepMixing(settings, contrastive, [rows.length], name)
  const dropout = { rate: settings.voxelDropout, random: stepRandom(name, 'voxel dropout') }
  const h = layer.forward(assembleInput(set, rows, mixing, dropout, buffer), rows.length)

  const { mixedPriorTarget: mixPriorTarget, priorWeight } = settings
  const shown = gatherRows(targets.vectors, targets.dimensions, targetsOf(set, rows))
  const batch = { rows: rows.length, targets: shown, contrastive, mixing, mixPriorTarget, priorWeight }
  const scheduled = schedule(step)
  const { dh, losses } = await trained.step(h, batch, scheduled, name)
  layer.backward(dh, { weights: adamStep(scheduled, settings.weightDecay, step + 1), mask: null })
  release(h, dh)
  return { ...losses, learningRate: scheduled.learningRate }
}

async function saveState(epoch: number, layer: SubjectLayer, trained: TrainedNetwork): Promise<StageState> {
  const parts = mergeSaved(packLayer('layer', await layer.readState()), await trained.pack('network'))
  return { stage, epoch, ...parts }
}
