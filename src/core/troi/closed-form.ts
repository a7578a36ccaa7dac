/**
 * The score maps of the presets `instant` and `troi`, before filtering: evidence E, or E times the trained mask M.
 *
 *   Tm = centre((Y − mean Y) A)       embeddings mapped to the backbone's projected latents        → E
 *   Z  = (Y − mean Y) A_z             embeddings mapped to its input latents, b₀ = their mean      → W_k → M
 *
 * Without a backbone A = A_z = I: the latents are the embeddings, of the variance and mean this subject's own trials have.
 */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { foldsByTarget } from '../evaluate/folds.ts'
import type { RunContext } from '../pipeline/run-context.ts'
import type { Compute } from '../tensor/compute.ts'
import { type Backbone, centre, latentMap } from './backbone.ts'
import { Batches, gatherRows, stepsPerEpoch } from './batches.ts'
import { crossFit } from './cross-fit.ts'
import { trainMask } from './cross-fit-mask.ts'
import { evidence } from './evidence.ts'
import type { MaskSettings } from './settings.ts'
import { type SubjectGram, subjectGram } from './subject-gram.ts'

export interface ClosedFormScore {
  /** E or E × M per voxel. */
  readonly weights: Float64Array
  readonly psi: number | null
  readonly flags: readonly string[]
}

/** The targets of both closed forms, trials × columns, and what the backbone expects of its input latents. */
export interface LatentTargets {
  /** Tm */
  readonly projected: Float64Array
  /** Z */
  readonly hidden: Float64Array
  /** b₀ */
  readonly offset: Float64Array
  /** Mean over the latents of their variance. */
  readonly variance: number
}

export async function closedFormScore(
  subject: SubjectData,
  targets: Targets,
  backbone: Backbone | null,
  settings: MaskSettings,
  compute: Compute,
  context: RunContext,
): Promise<ClosedFormScore> {
  context.phase('Measure the evidence of every voxel')
  const gram = await subjectGram(subject.train, compute.kernels, context)
  try {
    const shown = gatherRows(targets.vectors, targets.dimensions, subject.train.target)
    const latents = latentTargets(shown, targets.dimensions, backbone, settings.evidence.latentRidge)
    const found = await evidence(gram, latents.projected, settings.evidence, context)
    const flags = found.mad > 0 ? [] : ['no voxel stands out: the evidence is the same everywhere']
    if (settings.preset !== 'troi') return { weights: found.values, psi: null, flags }

    const trained = await crossFittedMask(subject, targets, shown, latents, backbone, settings, gram, compute, context)
    if (backbone === null) flags.push('no backbone: the mask was trained on linear predictions of the embeddings')
    return { weights: found.values.map((value, v) => value * trained.mask[v]!), psi: trained.psi, flags }
  } finally {
    gram.dispose()
  }
}

/** M on its own, cross-fitted; also a row of its own in comparisons. */
async function crossFittedMask(
  subject: SubjectData,
  targets: Targets,
  shown: Float32Array,
  latents: LatentTargets,
  backbone: Backbone | null,
  settings: MaskSettings,
  gram: SubjectGram,
  compute: Compute,
  context: RunContext,
) {
  const { train } = subject
  const { crossFit: own, seed } = settings
  const foldOfTrial = trialFolds(train, targets, own.folds, seed)
  const input = {
    latents: latents.hidden,
    foldOfTrial,
    folds: Math.max(...foldOfTrial) + 1,
    ridge: own.ridge,
    latentVariance: latents.variance,
  }
  context.phase('Fit weights on all folds but one')
  const fit = await crossFit(gram, input, compute.kernels, context)
  try {
    const batches = new Batches(seed, 'cross-fitted mask', train.target, own.batch)
    return await trainMask(
      {
        betas: train.betas,
        targets: shown,
        dimensions: shown.length / train.trials,
        fit,
        offset: latents.offset,
        backbone,
        epochs: own.epochs,
        stepsPerEpoch: stepsPerEpoch(train.trials, own.batch, own.epochTrials),
        batchAt: (step) => batches.at(step),
        learningRate: own.learningRate,
        rho: own.rho,
        temperature: own.temperature,
      },
      context,
    )
  } finally {
    fit.dispose()
  }
}

/** Y: trials × dimensions. */
export function latentTargets(
  y: Float32Array,
  dimensions: number,
  backbone: Backbone | null,
  latentRidge: number,
): LatentTargets {
  const trials = y.length / dimensions
  const own = centre(y, trials)
  if (backbone === null) {
    const centred = Float64Array.from(own.rows)
    return { projected: centred, hidden: centred, offset: own.mean, variance: average(own.variance) }
  }
  const { latents } = backbone
  const toHidden = latentMap(latents, 'hidden', latentRidge)
  const projected = product(own.rows, latentMap(latents, 'projected', latentRidge), dimensions)
  const shift = own.mean.map((value, i) => value - latents.targetMean[i]!)
  const offset = product(shift, toHidden, dimensions).map((value, j) => value + latents.hiddenMean[j]!)
  return {
    projected,
    hidden: product(own.rows, toHidden, dimensions),
    offset,
    variance: average(latents.hiddenVariance),
  }
}

/**
 * Fold of each trial. Pictures: repeats of one stay together. Labels, and pictures that return by design, come back in every
 * run, so whole runs are held out instead; with a single run, single trials.
 */
export function trialFolds(
  set: SubjectData['train'],
  { kind, returning }: Pick<Targets, 'kind' | 'returning'>,
  folds: number,
  seed: number,
): Int32Array {
  const groups =
    kind === 'pictures' && !returning
      ? set.target
      : new Set(set.run).size > 1
        ? set.run
        : Int32Array.from(set.target.keys())
  return foldsByTarget(groups, Math.min(folds, new Set(groups).size), seed)
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}

/** a (rows × inner) · b (inner × columns) in double precision. */
function product(a: ArrayLike<number>, b: Float64Array, inner: number): Float64Array {
  const rows = a.length / inner
  const columns = b.length / inner
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    const to = out.subarray(i * columns, (i + 1) * columns)
    for (let k = 0; k < inner; k++) {
      const factor = a[i * inner + k]!
      const row = b.subarray(k * columns, (k + 1) * columns)
      for (let j = 0; j < columns; j++) to[j]! += factor * row[j]!
    }
  }
  return out
}
