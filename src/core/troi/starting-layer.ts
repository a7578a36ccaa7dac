/**
 * Where the input layer of stage 2 starts. `scratch`: at random. `rewind` and `finetune`: where Algorithm 1 left it, times
 * M; after a selector that trained no input layer (`troi`, `instant`, every control), from the closed-form ridge fit of
 * the chosen voxels to the backbone's input latents, scaled by the α of the cross-fit so that the backbone sees latents as
 * widely spread as in its pretraining.
 */
import type { Targets, TrialSet } from '../data/subject-data.ts'
import { solvePositiveDefinite } from '../linear/positive-definite.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { Compute } from '../tensor/compute.ts'
import { freshSubjectLayerState, type SubjectLayerState } from '../tensor/subject-layer.ts'
import type { Backbone } from './backbone.ts'
import { gatherRows } from './batches.ts'
import { latentTargets, trialFolds } from './closed-form.ts'
import { crossFit } from './cross-fit.ts'
import { freshInputLayer } from './mask-by-algorithm1.ts'
import { type DecoderSettings, maskPresets } from './settings.ts'
import { foldedWeights, type Stage1Weights } from './stage1-weights.ts'
import { penalisedGram, subjectGram } from './subject-gram.ts'

/** `set`: trials of the chosen voxels only. Throws ProblemError BAD_PARAMETER where there is nothing to start from. */
export async function startingLayer(
  set: TrialSet,
  targets: Targets,
  hidden: number,
  backbone: Backbone | null,
  settings: DecoderSettings,
  previous: Stage1Weights | null,
  compute: Compute,
  context: RunContext,
): Promise<SubjectLayerState> {
  const voxels = set.betas.length / set.trials
  if (settings.restart === 'scratch') return freshInputLayer(voxels, hidden, settings.seed, 'stage 2')
  if (previous !== null) {
    if (previous.weights.length !== voxels * hidden) throw differentVoxels(previous.weights.length / hidden, voxels)
    return freshSubjectLayerState(foldedWeights(previous), previous.bias.slice())
  }
  if (backbone === null) throw nothingToRewind(settings.restart)
  return ridgeStart(set, targets, backbone, settings.seed, compute, context)
}

async function ridgeStart(
  set: TrialSet,
  targets: Targets,
  backbone: Backbone,
  seed: number,
  compute: Compute,
  context: RunContext,
): Promise<SubjectLayerState> {
  const { evidence, crossFit: own } = maskPresets.troi
  context.phase('Fit the starting weights')
  const gram = await subjectGram(set, compute.kernels, context)
  const { trials, voxels } = gram
  try {
    const shown = gatherRows(targets.vectors, targets.dimensions, set.target)
    const latents = latentTargets(shown, targets.dimensions, backbone, evidence.latentRidge)
    const foldOfTrial = trialFolds(set, targets, own.folds, seed)
    const fit = await crossFit(
      gram,
      {
        latents: latents.hidden,
        foldOfTrial,
        folds: Math.max(...foldOfTrial) + 1,
        ridge: own.ridge,
        latentVariance: latents.variance,
      },
      compute.kernels,
      context,
    )
    fit.dispose()
    // The latents of all trials are centred already: Σ Z = 0.
    const hidden = latents.offset.length
    const duals = solvePositiveDefinite(penalisedGram(gram, own.ridge * voxels), trials, latents.hidden, hidden)
    const weights = compute.kernels.matmul(set.betas, Float32Array.from(duals), voxels, trials, hidden, {
      transposeA: true,
    })
    return freshSubjectLayerState(
      weights.map((value) => value * fit.scale),
      Float32Array.from(latents.offset),
    )
  } finally {
    gram.dispose()
  }
}

function differentVoxels(kept: number, voxels: number): ProblemError {
  return new ProblemError({
    code: 'LENGTH_MISMATCH',
    message: `Stage 1 kept weights of ${kept} voxels, the mask holds ${voxels}.`,
    where: 'mask',
    expected: 'weights of the voxels in the mask',
    fix: 'Retrain with the mask that belongs to these weights, or choose the restart scratch.',
  })
}

function nothingToRewind(restart: string): ProblemError {
  return new ProblemError({
    code: 'BAD_PARAMETER',
    message: `The restart ${restart} keeps trained input weights, and there are none: this mask was not made by Algorithm 1, and without a backbone there are no latents to fit them to.`,
    where: 'restart',
    expected: 'scratch, or a mask from the presets memory, paper or mindeye2, or a backbone',
    fix: 'Choose the restart scratch.',
  })
}
