/**
 * Every setting of the three stages, with its unit, range, help and default: one schema for the command line, the
 * forms, the contract and the saved run file. A preset is a complete set of values, not a hidden constant; what
 * differs from it is what a user changed. The values are in `presets.ts`.
 */
import { z } from 'zod'
import { embeddingChoiceSchema } from '../contract/pack.ts'

export interface SettingHelp {
  readonly label: string
  readonly help: string
  /** The paper's or field's own term, where the label is plainer. */
  readonly term?: string
  readonly unit?: string
  /** Folded away in forms. */
  readonly advanced?: boolean
}

const help = z.registry<SettingHelp>()
export const settingHelp = help

function integer(low: number, high: number, about: SettingHelp) {
  return z.number().int().min(low).max(high).register(help, about)
}
function real(low: number, high: number, about: SettingHelp) {
  return z.number().min(low).max(high).register(help, about)
}
function flag(about: SettingHelp) {
  return z.boolean().register(help, about)
}
function choice<const T extends readonly [string, ...string[]]>(values: T, about: SettingHelp) {
  return z.enum(values).register(help, about)
}

/** Settings shared by every stage that trains the network. */
const trainingShape = {
  batch: integer(2, 1024, { label: 'Batch', help: 'Trials per training step.', unit: 'trials', advanced: true }),
  epochTrials: integer(1, 1_000_000, {
    label: 'Trials per epoch, at least',
    help: 'Smaller data are gone through repeatedly in one epoch. MindEye2 counts every session as 750 trials.',
    unit: 'trials',
    advanced: true,
  }),
  mixAlpha: real(0.01, 10, {
    label: 'Mixing strength',
    term: 'MixCo α = β',
    help: 'Shape of the Beta distribution that mixes pairs of trials.',
    advanced: true,
  }),
  mixFraction: real(0, 1, {
    label: 'Mixed rows',
    help: 'Share of the rows of a batch that are mixed.',
    advanced: true,
  }),
  mixPhase: real(0, 1, {
    label: 'Mixing phase',
    help: 'Share of the epochs that use BiMixCo before SoftCLIP.',
    advanced: true,
  }),
  mixedPriorTarget: flag({
    label: 'Mix the prior target',
    term: 'TROI eq. 3',
    help: 'Also mix the target of the prior, as the paper prints it.',
    advanced: true,
  }),
  overwriteFixedPoints: flag({
    label: 'MindEye2 fixed points',
    help: 'Repeat the released code’s overwrite where a row is mixed with itself.',
    advanced: true,
  }),
  mixTemperature: real(0.001, 5, {
    label: 'BiMixCo temperature',
    help: 'Softmax temperature while mixing.',
    advanced: true,
  }),
  softTemperatureStart: real(0.001, 5, {
    label: 'SoftCLIP temperature, start',
    help: 'Rises by half-cosine over the SoftCLIP epochs.',
    advanced: true,
  }),
  softTemperatureEnd: real(0.001, 5, {
    label: 'SoftCLIP temperature, end',
    help: 'Reached in the last epoch.',
    advanced: true,
  }),
  priorWeight: real(0, 1000, {
    label: 'Prior weight',
    term: 'ε',
    help: 'Weight of the prior loss beside the contrastive loss.',
    advanced: true,
  }),
  voxelDropout: real(0, 0.95, {
    label: 'Voxel dropout',
    help: 'Share of input voxels hidden at random in each step.',
    advanced: true,
  }),
  weightDecay: real(0, 10, { label: 'Weight decay', help: 'AdamW decay of the input layer.', advanced: true }),
  networkWeightDecay: real(0, 10, {
    label: 'Network weight decay',
    help: 'AdamW decay of the matrices behind the input layer, where they are trained.',
    advanced: true,
  }),
  cycleBeta1: flag({
    label: 'Cycle β₁',
    help: 'Let OneCycle move Adam’s β₁ .95 → .85 → .95, as MindEye2 does.',
    advanced: true,
  }),
} as const
export const trainingSettingsSchema = z.object(trainingShape)
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>

export const modelSettingsSchema = z.object({
  hidden: integer(4, 4096, {
    label: 'Hidden units',
    term: 'h',
    help: 'Width of the input layer’s output.',
    advanced: true,
  }),
  blocks: integer(0, 8, { label: 'Residual blocks', help: 'Blocks of the backbone.', advanced: true }),
  dropout: real(0, 0.9, {
    label: 'Backbone dropout',
    help: 'Inside the backbone while it is trained.',
    advanced: true,
  }),
  backbone: choice(['residual', 'affine'], {
    label: 'Backbone',
    help: 'residual as the papers describe; affine is what the released MindEye2 computes.',
    advanced: true,
  }),
  prior: choice(['regression', 'diffusion', 'diffusion-transformer'], {
    label: 'Prior',
    help: 'How picture embeddings are predicted from brain embeddings.',
    advanced: true,
  }),
})
export type ModelSettings = z.infer<typeof modelSettingsSchema>

export const pretrainSettingsSchema = z.object({
  seed: integer(0, 2 ** 31 - 1, { label: 'Seed', help: 'Equal seeds give equal runs.' }),
  epochs: integer(1, 1000, { label: 'Epochs', help: 'Passes over the pretraining subjects.', unit: 'epochs' }),
  learningRate: real(1e-6, 1, { label: 'Learning rate', help: 'Peak of the OneCycle schedule.', advanced: true }),
  model: modelSettingsSchema,
  /** Of pictures; built-in without it. */
  embedding: embeddingChoiceSchema.optional(),
  ...trainingShape,
})
export type PretrainSettings = z.infer<typeof pretrainSettingsSchema>

export const presetNames = ['troi', 'memory', 'paper', 'mindeye2', 'instant'] as const
export type PresetName = (typeof presetNames)[number]

export const maskSettingsSchema = z.object({
  preset: choice(presetNames, { label: 'Preset', help: 'How voxels are chosen.' }),
  budget: integer(1, 10_000_000, {
    label: 'Voxel budget',
    term: 'V',
    help: 'How many voxels the mask may hold.',
    unit: 'voxels',
  }),
  seed: integer(0, 2 ** 31 - 1, { label: 'Seed', help: 'Equal seeds give equal masks.' }),
  /** Of pictures; that of the backbone without it, else built-in. */
  embedding: embeddingChoiceSchema.optional(),
  sigma: real(0, 3, {
    label: 'Filter width',
    term: 'σ',
    help: 'Gaussian low-pass of the final score map.',
    unit: 'voxel',
  }),
  /** Closed-form evidence E (presets troi, instant). */
  evidence: z.object({
    ridge: real(1e-6, 1e6, {
      label: 'Evidence ridge',
      help: 'Ridge penalty per voxel: λ = this × number of voxels.',
      advanced: true,
    }),
    clip: real(0.1, 100, {
      label: 'Evidence clip',
      help: 'Robust z-scores are limited to this before the logarithm.',
      advanced: true,
    }),
    latentRidge: real(0, 1e6, {
      label: 'Latent ridge',
      help: 'Penalty of the map from embeddings to backbone latents.',
      advanced: true,
    }),
  }),
  /** Cross-fitted trained mask M (preset troi). */
  crossFit: z.object({
    folds: integer(2, 20, {
      label: 'Folds',
      help: 'Cross-fitting folds; repeats of a picture stay together.',
      advanced: true,
    }),
    ridge: real(1e-6, 1e6, { label: 'Fold ridge', help: 'λ = this × number of voxels.', advanced: true }),
    epochs: integer(1, 200, {
      label: 'Mask epochs',
      help: 'Passes over the trials while the mask is trained.',
      unit: 'epochs',
      advanced: true,
    }),
    batch: integer(2, 4096, { label: 'Mask batch', help: 'Trials per mask step.', unit: 'trials', advanced: true }),
    epochTrials: integer(1, 1_000_000, {
      label: 'Trials per epoch, at least',
      help: 'Smaller data are gone through repeatedly in one epoch.',
      unit: 'trials',
      advanced: true,
    }),
    learningRate: real(1e-6, 1, { label: 'Mask learning rate', help: 'Adam on the mask.', advanced: true }),
    rho: real(0, 10, {
      label: 'Sparsity ρ',
      term: 'ψ = ρ · RMS(∂L/∂M)',
      help: 'L1 weight relative to the first mask gradient.',
      advanced: true,
    }),
    temperature: real(0.001, 5, {
      label: 'SoftCLIP temperature',
      help: 'Of the mask’s contrastive loss.',
      advanced: true,
    }),
  }),
  /** Algorithm 1 of the paper (presets memory, paper, mindeye2). */
  algorithm1: z.object({
    ...trainingShape,
    threshold: real(0, 1, {
      label: 'Threshold',
      term: 'th',
      help: 'Mask entries at or below it are pruned; the mask starts at 1.',
      advanced: true,
    }),
    rho: real(0, 10, {
      label: 'Sparsity ρ',
      term: 'ψ = ρ · RMS(∂L/∂M)',
      help: 'L1 weight relative to the mask gradient of the first epoch.',
      advanced: true,
    }),
    psi: real(0, 1000, {
      label: 'Sparsity, fixed',
      term: 'ψ',
      help: 'L1 weight as the paper writes it; 0 sets it from ρ and the mask gradient.',
      advanced: true,
    }),
    adaptRho: flag({
      label: 'Adapt ρ',
      help: 'Halve and restart if the budget is met before epoch 5; raise by half when pruning stalls.',
      advanced: true,
    }),
    loopSigma: real(0, 3, {
      label: 'Filter width in the loop',
      term: 'σ',
      help: 'Gaussian of the stop test.',
      unit: 'voxel',
      advanced: true,
    }),
    boundary: choice(['normalised', 'zero'], {
      label: 'Filter edge',
      help: 'normalised divides by the filtered support; zero is as printed.',
      advanced: true,
    }),
    score: choice(['memory', 'mask', 'raw'], {
      label: 'Final score',
      help: 'memory: last value of each entry before pruning; mask: M with its zeros; raw: the thresholded mask as printed.',
      advanced: true,
    }),
    maskLearningRate: real(1e-6, 1, {
      label: 'Mask learning rate',
      help: 'Adam on the mask, no decay.',
      advanced: true,
    }),
    learningRate: real(1e-6, 1, {
      label: 'Learning rate',
      help: 'Input layer and prior, constant after the warm-up.',
      advanced: true,
    }),
    plannedEpochs: integer(1, 1000, {
      label: 'Planned length',
      help: 'Outer iterations over which the mixing phase and the temperature are spread; the paper needs about 15.',
      unit: 'epochs',
      advanced: true,
    }),
    warmUpEpochs: integer(0, 50, {
      label: 'Warm-up',
      help: 'Epochs until the learning rate is reached.',
      unit: 'epochs',
      advanced: true,
    }),
    maximumEpochs: integer(1, 1000, {
      label: 'At most',
      help: 'Outer iterations before the mask is taken as it is.',
      unit: 'epochs',
      advanced: true,
    }),
    trainPrior: flag({ label: 'Train the prior', help: 'Also adapt the prior to this subject.', advanced: true }),
  }),
})
export type MaskSettings = z.infer<typeof maskSettingsSchema>

export const decoderSettingsSchema = z.object({
  seed: integer(0, 2 ** 31 - 1, { label: 'Seed', help: 'Equal seeds give equal decoders.' }),
  /** Runs of before there was a choice trained the network. */
  method: z.enum(['auto', 'network', 'ridge']).default('network').register(help, {
    label: 'Decoder',
    help: 'network: train the input layer again (stage 2). ridge: a closed formula straight to the embedding. auto: ridge for labelled data without a backbone, else network.',
  }),
  restart: choice(['scratch', 'rewind', 'finetune'], {
    label: 'Restart',
    term: 'learning-rate rewinding',
    help: 'scratch: new weights; rewind: keep weights, restart the schedule; finetune: keep weights, small constant rate.',
  }),
  epochs: integer(1, 1000, { label: 'Epochs', help: 'Passes over the subject’s trials.', unit: 'epochs' }),
  learningRate: real(1e-6, 1, {
    label: 'Learning rate',
    help: 'Peak of OneCycle (finetune: a tenth of it, constant).',
    advanced: true,
  }),
  trainBackbone: flag({ label: 'Train the backbone', help: 'Unfreeze backbone and projector.', advanced: true }),
  trainPrior: flag({ label: 'Train the prior', help: 'Adapt the prior to this subject.', advanced: true }),
  /** Of pictures; that of the mask without it. */
  embedding: embeddingChoiceSchema.optional(),
  ...trainingShape,
})
export type DecoderSettings = z.infer<typeof decoderSettingsSchema>

export {
  defaultDecoderSettings,
  defaultModelSettings,
  defaultPretrainSettings,
  labelModelSettings,
  maskPresets,
  mindeye2DecoderSettings,
} from './presets.ts'
