/**
 * What stage 0 leaves for every later subject: the shared network, and statistics of how picture embeddings relate to
 * its latents on the pretraining trials. The second lets a closed formula ask "which voxels carry what this backbone
 * reads?" without running it.
 */

import type { Targets } from '../data/subject-data.ts'
import { solvePositiveDefinite } from '../linear/positive-definite.ts'
import { networkSpecs } from '../model/network.ts'
import { type NetworkSettings, networkSettings, networkSettingsSchema } from '../model/settings.ts'
import { checkWeights, type WeightArrays } from '../model/weights.ts'
import { unwrap } from '../problem.ts'
import type { DenseKernels } from '../tensor/dense-kernels.ts'
import { defaultModelSettings, labelModelSettings } from './presets.ts'
import { mergeSaved, packWeights, type Saved, savedDoubles, savedNumber, savedText, unpackWeights } from './saved.ts'

export interface Backbone {
  readonly settings: NetworkSettings
  readonly weights: WeightArrays
  readonly latents: LatentStatistics
  /** Names of the subjects it was trained on. */
  readonly subjects: readonly string[]
  readonly epochs: number
}

/** The network of a run without pretraining, for these embeddings; its weights start at random. */
export function networkWithoutBackbone({ kind, dimensions }: Targets): NetworkSettings {
  const model = kind === 'labels' ? labelModelSettings : defaultModelSettings
  return networkSettings(model, { tokens: 1, width: dimensions })
}

/**
 * Over the pretraining trials, with y the embedding (D numbers), h the input layer's output (hidden), p the projector's
 * output (D). Sums of products are of centred values, row-major.
 */
export interface LatentStatistics {
  readonly trials: number
  readonly targetMean: Float64Array
  readonly hiddenMean: Float64Array
  /** Variance of each hidden unit over the trials (divisor: trials). */
  readonly hiddenVariance: Float64Array
  /** Σ y yᵀ, D × D. */
  readonly targetTarget: Float64Array
  /** Σ y pᵀ, D × D. */
  readonly targetProjected: Float64Array
  /** Σ y hᵀ, D × hidden. */
  readonly targetHidden: Float64Array
}

/** Rows of the pretraining trials, row-major: targets trials × D, projected trials × P, hidden trials × hidden. */
export interface LatentRows {
  readonly trials: number
  readonly targets: Float32Array
  readonly projected: Float32Array
  readonly hidden: Float32Array
}

export function latentStatistics(rows: LatentRows, kernels: DenseKernels): LatentStatistics {
  const { trials } = rows
  const width = (values: Float32Array) => values.length / trials
  const y = centre(rows.targets, trials)
  const p = centre(rows.projected, trials)
  const h = centre(rows.hidden, trials)
  const product = (b: Float32Array) =>
    Float64Array.from(kernels.matmul(y.rows, b, width(y.rows), trials, width(b), { transposeA: true }))
  return {
    trials,
    targetMean: y.mean,
    hiddenMean: h.mean,
    hiddenVariance: h.variance,
    targetTarget: product(y.rows),
    targetProjected: product(p.rows),
    targetHidden: product(h.rows),
  }
}

interface Centred {
  readonly rows: Float32Array
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** Columns minus their mean; statistics in double precision. */
export function centre(values: ArrayLike<number>, rows: number): Centred {
  const columns = values.length / rows
  const mean = new Float64Array(columns)
  const variance = new Float64Array(columns)
  for (let i = 0; i < values.length; i++) mean[i % columns]! += values[i]! / rows
  const centred = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! - mean[i % columns]!
    centred[i] = value
    variance[i % columns]! += (value * value) / rows
  }
  return { rows: centred, mean, variance }
}

/** Σ y yᵀ + ridge · I, solved for one of the cross products: the ridge map from embeddings to latents, D × columns. */
export function latentMap(latents: LatentStatistics, to: 'projected' | 'hidden', ridge: number): Float64Array {
  const dimensions = latents.targetMean.length
  const penalised = latents.targetTarget.slice()
  for (let i = 0; i < dimensions; i++) penalised[i * dimensions + i]! += ridge
  const right = to === 'projected' ? latents.targetProjected : latents.targetHidden
  return solvePositiveDefinite(penalised, dimensions, right, right.length / dimensions)
}

const statisticNames = [
  'targetMean',
  'hiddenMean',
  'hiddenVariance',
  'targetTarget',
  'targetProjected',
  'targetHidden',
] as const

/** A backbone as named arrays and values, for files. */
export function packBackbone(backbone: Backbone): Saved {
  return mergeSaved(packWeights('weights', backbone.weights), {
    values: {
      settings: JSON.stringify(backbone.settings),
      subjects: JSON.stringify(backbone.subjects),
      epochs: backbone.epochs,
      latentTrials: backbone.latents.trials,
    },
    arrays: Object.fromEntries(statisticNames.map((name) => [`latents/${name}`, backbone.latents[name]])),
  })
}

/** The inverse of `packBackbone`; throws ProblemError BAD_FILE or NOT_FINITE where something is missing or damaged. */
export function unpackBackbone(saved: Saved): Backbone {
  const settings = networkSettingsSchema.parse(JSON.parse(savedText(saved, 'settings')))
  const statistic = (name: (typeof statisticNames)[number]) => savedDoubles(saved, `latents/${name}`)
  return {
    settings,
    weights: unwrap(checkWeights(unpackWeights('weights', saved), networkSpecs(settings))),
    latents: {
      trials: savedNumber(saved, 'latentTrials'),
      targetMean: statistic('targetMean'),
      hiddenMean: statistic('hiddenMean'),
      hiddenVariance: statistic('hiddenVariance'),
      targetTarget: statistic('targetTarget'),
      targetProjected: statistic('targetProjected'),
      targetHidden: statistic('targetHidden'),
    },
    subjects: JSON.parse(savedText(saved, 'subjects')),
    epochs: savedNumber(saved, 'epochs'),
  }
}
