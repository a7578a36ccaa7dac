/**
 * What each true voxel responds to: a population receptive field (a round Gaussian on the 16 × 16 lattice of the picture)
 * times weights on the feature channels. Left hemisphere sees the right half of the picture and the other way round; centres
 * follow a smooth map of the visual field per stream and hemisphere, and receptive fields grow with eccentricity and stream.
 */
import { gaborCount, latticeSize, orientationCount, pixelChannelCount } from '../embedding/channel-maps.ts'
import { Random } from '../random/random.ts'
import type { Brain } from './brain.ts'
import { featureCount, firstCategoryChannel, objectChannel } from './picture-set.ts'
import { smoothField } from './smooth-noise.ts'
import { type Stream, streamNames } from './streams.ts'
import type { WorldConstants } from './world-constants.ts'

export interface Tuning {
  readonly voxels: number
  /** Centres in lattice points, x to the right, y down; per voxel. */
  readonly x: Float32Array
  readonly y: Float32Array
  /** σ in lattice points. */
  readonly sigma: Float32Array
  /** voxels × featureCount. */
  readonly weights: Float32Array
  /** Slope of tanh per voxel, 0 for a linear one. */
  readonly saturation: Float32Array
}

interface StreamTuning {
  /** σ at the fovea and its growth per lattice point of eccentricity. */
  readonly sigma: readonly [number, number]
  readonly saturates: boolean
  /** Relative weight per channel: fine and coarse Gabor energy, luminance, colour, object, each category. */
  readonly profile: readonly [number, number, number, number, number, number]
}

const streamTuning: Readonly<Record<Stream, StreamTuning>> = {
  early: { sigma: [0.7, 0.14], saturates: false, profile: [0.8, 0.9, 1, 0.8, 0.3, 0.1] },
  ventral: { sigma: [1.4, 0.32], saturates: true, profile: [0.2, 0.3, 0.3, 0.6, 0.6, 1] },
  lateral: { sigma: [1.2, 0.28], saturates: true, profile: [0.3, 0.4, 0.3, 0.3, 1, 0.8] },
  parietal: { sigma: [1.6, 0.36], saturates: true, profile: [0.3, 0.7, 0.7, 0.3, 1, 0.3] },
}

/** Lattice points from the fixation point that the map reaches. */
const largestEccentricity = 7.2

export function channelProfile(stream: Stream): Float32Array {
  const [fine, coarse, luminance, colour, object, category] = streamTuning[stream].profile
  return Float32Array.from({ length: featureCount }, (_, c) => {
    if (c < orientationCount) return fine
    if (c < gaborCount) return coarse
    if (c === gaborCount) return luminance
    if (c < pixelChannelCount) return colour
    if (c === objectChannel) return object
    return c >= firstCategoryChannel ? category : 0
  })
}

/** Voxels that respond to something: true ones, and in a leaking world the rest of the annotated ROI. */
export interface TunedVoxels {
  /** Flat grid indices. */
  readonly at: Int32Array
  /** Index into streamNames. */
  readonly stream: Uint8Array
  /** −1 left, 1 right hemisphere. */
  readonly side: Int8Array
}

export function drawTuning(
  brain: Brain,
  tuned: TunedVoxels,
  constants: WorldConstants,
  seed: number,
  subject: number,
): Tuning {
  const { smoothShare, sigma, saturation } = constants.tuning
  const voxels = tuned.at.length
  const stream = (...what: (string | number)[]) => Random.of(seed, 'tuning', subject, ...what)
  const { x, y, size } = visualField(brain, tuned, constants.tuning.jitter, stream('visual field'))
  const weights = new Float32Array(voxels * featureCount)
  const own = new Float32Array(voxels)
  for (let c = 0; c < featureCount; c++) {
    const random = stream('channel', c)
    const field = smoothField(brain.shape, sigma, random)
    random.fillNormal(own)
    for (let v = 0; v < voxels; v++) {
      const value = Math.sqrt(smoothShare) * field[tuned.at[v]!]! + Math.sqrt(1 - smoothShare) * own[v]!
      weights[v * featureCount + c] = value * channelProfile(streamNames[tuned.stream[v]!]!)[c]!
    }
  }
  return {
    ...{ voxels, x, y, weights },
    sigma: size,
    saturation: Float32Array.from(tuned.stream, (s) => (streamTuning[streamNames[s]!].saturates ? saturation : 0)),
  }
}

/**
 * Centres and sizes. Within a patch, eccentricity grows from back to front and the polar angle turns with height (on the
 * lateral and early patches) or with distance from the midline; both by rank, so that every patch covers its half field.
 */
function visualField(brain: Brain, tuned: TunedVoxels, jitter: number, random: Random) {
  const voxels = tuned.at.length
  const x = new Float32Array(voxels)
  const y = new Float32Array(voxels)
  const size = new Float32Array(voxels)
  const middle = (latticeSize - 1) / 2
  const [right, anterior, superior] = brain.position
  streamNames.forEach((name, s) => {
    for (const side of [-1, 1]) {
      const patch = [...tuned.at.keys()].filter((v) => tuned.stream[v] === s && tuned.side[v] === side)
      const byHeight = name === 'early' || name === 'lateral'
      const forward = ranks(patch, (v) => anterior[tuned.at[v]!]!)
      const turn = ranks(patch, (v) => (byHeight ? superior[tuned.at[v]!]! : side * right[tuned.at[v]!]!))
      patch.forEach((v, i) => {
        const eccentricity = largestEccentricity * Math.sqrt(0.02 + 0.98 * forward[i]!)
        // Upper cortex sees the lower field.
        const angle = (turn[i]! - 0.5) * Math.PI
        const [fovea, growth] = streamTuning[name].sigma
        x[v] = middle - side * Math.abs(eccentricity * Math.cos(angle) + jitter * random.normal())
        y[v] = middle + eccentricity * Math.sin(angle) + jitter * random.normal()
        size[v] = fovea + growth * eccentricity
      })
    }
  })
  return { x, y, size }
}

/** Each member's rank as a number from 0 to 1. */
function ranks(members: readonly number[], value: (member: number) => number): Float64Array {
  const order = [...members.keys()].sort((a, b) => value(members[a]!) - value(members[b]!) || a - b)
  const out = new Float64Array(members.length)
  order.forEach((i, rank) => {
    out[i] = (rank + 0.5) / members.length
  })
  return out
}
