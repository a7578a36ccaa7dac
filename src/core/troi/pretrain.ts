/**
 * Stage 0: one backbone, projector and prior for several subjects, each with an input layer of its own on its annotated
 * ROI. What it learns about pictures is shared; what it knows about a brain is thrown away afterwards.
 *
 *   per step: 24 trials of every subject → their input layers → one batch → L = contrastive + ε · prior
 *   first third of the epochs BiMixCo within each subject, then SoftCLIP; AdamW with OneCycle
 *
 * Source: MindEye2 (training), TROI eq. 1-4 and section "implementation" (annotated ROIs in pretraining).
 */
import type { SubjectData, Targets, TrialSet } from '../data/subject-data.ts'
import { backbone, projector } from '../model/backbone.ts'
import { allModules, networkSpecs } from '../model/network.ts'
import { Parameters } from '../model/parameters.ts'
import { type NetworkSettings, networkSettings } from '../model/settings.ts'
import { disposeWeights, initialWeights, toTensors, uniformByFanIn } from '../model/weights.ts'
import type { RunContext, StageState } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import { Random } from '../random/random.ts'
import type { Compute } from '../tensor/compute.ts'
import { freshSubjectLayerState, type SubjectLayer } from '../tensor/subject-layer.ts'
import { type Tensor2D, tf } from '../tensor/tf.ts'
import { type Backbone, latentStatistics } from './backbone.ts'
import { assembleInput, Batches, gatherRows, stepsPerEpoch, targetsOf } from './batches.ts'
import { chosenVoxels, cutColumns } from './cut.ts'
import { mergeSaved, packLayer, resumeOf, unpackLayer } from './saved.ts'
import type { PretrainSettings } from './settings.ts'
import {
  adamStep,
  drawStepMixing,
  lossOfEpoch,
  release,
  type StepName,
  stepRandom,
  TrainedNetwork,
  trainingCycle,
} from './training.ts'

export interface PretrainInput {
  readonly subject: SubjectData
  readonly targets: Targets
}

/** One pretraining subject at work. */
interface Pupil {
  readonly name: string
  readonly set: TrialSet
  readonly targets: Targets
  readonly layer: SubjectLayer
  readonly batches: Batches
  readonly input: Float32Array
}

const stage = 'pretrain'

/** Throws ProblemError BAD_PARAMETER where there is no subject or embeddings differ in length. */
export async function pretrain(
  inputs: readonly PretrainInput[],
  settings: PretrainSettings,
  compute: Compute,
  context: RunContext,
): Promise<Backbone> {
  const resumed = resumeOf(context.resume, stage)
  const network = networkSettings(settings.model, { tokens: 1, width: embeddingWidth(inputs) })

  // Input layers and network, fresh or as they were.
  const pupils = inputs.map((input, i) => enrol(input, i, settings, compute, resumed))
  const { networkWeightDecay } = settings
  const trained = resumed
    ? await TrainedNetwork.unpack('network', resumed, network, allModules, networkWeightDecay)
    : await TrainedNetwork.of(
        network,
        initialWeights(networkSpecs(network), settings.seed),
        allModules,
        networkWeightDecay,
      )

  try {
    // Training.
    const { batch, epochTrials } = settings
    const steps = Math.max(...pupils.map(({ set }) => stepsPerEpoch(set.trials, batch, epochTrials)))
    const schedule = trainingCycle(settings, steps)
    context.phase('Pretrain the backbone', settings.epochs)
    for (let epoch = resumed?.epoch ?? 0; epoch < settings.epochs; epoch++) {
      for (let i = 0; i < steps; i++) {
        const step = epoch * steps + i
        const scheduled = schedule(step)
        const losses = await trainTogether(pupils, trained, settings, { step, scheduled }, epoch)
        context.metric({ step, epoch, values: { ...losses, learningRate: scheduled.learningRate } })
        await context.breathe()
      }
      await context.epochEnd(epoch + 1, () => saveState(epoch + 1, pupils, trained))
    }

    // What the selector needs to know about the finished network.
    context.phase('Relate embeddings to latents')
    const weights = await trained.arrays()
    return {
      settings: network,
      weights,
      latents: await latentsOf(pupils, network, weights, compute, context),
      subjects: pupils.map((pupil) => pupil.name),
      epochs: settings.epochs,
    }
  } finally {
    trained.dispose()
    for (const pupil of pupils) pupil.layer.dispose()
  }
}

function embeddingWidth(inputs: readonly PretrainInput[]): number {
  const widths = new Set(inputs.map(({ targets }) => targets.dimensions))
  const [width] = widths
  if (width === undefined || widths.size > 1) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message:
        width === undefined
          ? 'No subject to pretrain on was given.'
          : `The pretraining subjects have embeddings of different lengths (${[...widths].join(', ')}).`,
      where: 'subjects',
      expected: 'at least one subject, all with the same kind of picture embedding',
      fix: 'Choose subjects whose pictures were embedded together.',
    })
  }
  return width
}

function enrol(
  { subject, targets }: PretrainInput,
  place: number,
  settings: PretrainSettings,
  compute: Compute,
  resumed: StageState | null,
): Pupil {
  const set = cutColumns(subject.train, chosenVoxels(subject, subject.annotated))
  const voxels = set.betas.length / set.trials
  const { hidden } = settings.model
  const random = Random.of(settings.seed, stage, 'input layer', place)
  const initial = resumed
    ? unpackLayer(`layer ${place}`, resumed)
    : freshSubjectLayerState(uniformByFanIn(voxels * hidden, voxels, random), uniformByFanIn(hidden, voxels, random))
  return {
    name: subject.name,
    set,
    targets,
    layer: compute.subjectLayer(initial),
    batches: new Batches(settings.seed, `${stage} ${place}`, set.target, settings.batch),
    input: new Float32Array(Math.min(settings.batch, set.trials) * voxels),
  }
}

interface ScheduledPosition {
  readonly step: number
  readonly scheduled: { readonly learningRate: number; readonly beta1: number }
}

/** One step: a batch of every subject, one loss over all of them, one update of everything. */
async function trainTogether(
  pupils: readonly Pupil[],
  network: TrainedNetwork,
  settings: PretrainSettings,
  { step, scheduled }: ScheduledPosition,
  epoch: number,
): Promise<Record<string, number>> {
  const name: StepName = { seed: settings.seed, stage, epoch, step }
  const contrastive = lossOfEpoch(settings, epoch, settings.epochs)
  const rows = pupils.map((pupil) => pupil.batches.at(step))
  const counts = rows.map((chosen) => chosen.length)
  const mixing = drawStepMixing(settings, contrastive, counts, name)
  const dropout = { rate: settings.voxelDropout, random: stepRandom(name, 'voxel dropout') }

  let offset = 0
  const hs = pupils.map((pupil, i) => {
    const x = assembleInput(pupil.set, rows[i]!, mixing, dropout, pupil.input, offset)
    offset += counts[i]!
    return pupil.layer.forward(x, counts[i]!)
  })
  const h = tf.concat2d(hs, 0)

  const width = pupils[0]!.targets.dimensions
  const shown = pupils.map((pupil, i) => gatherRows(pupil.targets.vectors, width, targetsOf(pupil.set, rows[i]!)))
  const batch = {
    rows: offset,
    targets: concatenate(shown),
    contrastive,
    mixing,
    mixPriorTarget: settings.mixedPriorTarget,
    priorWeight: settings.priorWeight,
  }
  const { dh, losses } = await network.step(h, batch, scheduled, name)

  const weights = adamStep(scheduled, settings.weightDecay, step + 1)
  const dhs: Tensor2D[] = tf.split(dh, counts, 0)
  pupils.forEach((pupil, i) => {
    pupil.layer.backward(dhs[i]!, { weights, mask: null })
  })
  release(h, dh, ...hs, ...dhs)
  return { ...losses }
}

async function saveState(epoch: number, pupils: readonly Pupil[], network: TrainedNetwork): Promise<StageState> {
  const layers = await Promise.all(
    pupils.map(async ({ layer }, place) => packLayer(`layer ${place}`, await layer.readState())),
  )
  return { stage, epoch, ...mergeSaved(await network.pack('network'), ...layers) }
}

/** Input latents and projector outputs of every pretraining trial, in evaluation mode, and their statistics. */
async function latentsOf(
  pupils: readonly Pupil[],
  network: NetworkSettings,
  arrays: Backbone['weights'],
  compute: Compute,
  context: RunContext,
): Promise<Backbone['latents']> {
  const weights = toTensors(arrays)
  const parameters = new Parameters(weights)
  const hidden: Float32Array[] = []
  const projected: Float32Array[] = []
  const shown: Float32Array[] = []
  try {
    for (const { set, layer, targets } of pupils) {
      const voxels = set.betas.length / set.trials
      for (let first = 0; first < set.trials; first += 256) {
        const count = Math.min(256, set.trials - first)
        const h = layer.forward(set.betas.subarray(first * voxels, (first + count) * voxels), count)
        const p = tf.tidy((): Tensor2D => projector(backbone(h, parameters, network), parameters, network))
        hidden.push((await h.data<'float32'>()).slice())
        projected.push((await p.data<'float32'>()).slice())
        release(h, p)
        await context.breathe()
      }
      shown.push(gatherRows(targets.vectors, targets.dimensions, set.target))
    }
  } finally {
    disposeWeights(weights)
  }
  const trials = pupils.reduce((sum, pupil) => sum + pupil.set.trials, 0)
  const rows = { targets: concatenate(shown), projected: concatenate(projected), hidden: concatenate(hidden) }
  return latentStatistics({ trials, ...rows }, compute.kernels)
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
