/**
 * The signal of one subject: which voxels carry how much of it for each picture. True voxels have the amplitude that gives
 * their noise ceiling; what they spill into the voxels beside the sheet (partial volume) is weaker and a mixture.
 *
 * Noise has variance 1, so an amplitude s means a noise ceiling of three averaged trials NC = s² / (s² + 1/3).
 */
import { Random } from '../random/random.ts'
import type { Anatomy } from './anatomy.ts'
import { nearbySteps } from './brain.ts'
import { voxelResponses } from './responses.ts'
import { smoothField } from './smooth-noise.ts'
import { drawTuning, type TunedVoxels } from './tuning.ts'
import type { WorldConstants } from './world-constants.ts'

export interface Signal {
  /** Flat grid indices of the voxels that carry any, ascending. */
  readonly at: Int32Array
  /** items × at.length. */
  readonly values: Float32Array
}

/** Noise ceiling of the average of three trials for a signal variance beside noise of variance 1. */
export function ceilingOf(signalVariance: number): number {
  return signalVariance / (signalVariance + 1 / 3)
}

/** `items`: rows of `maps`; statistics are of the first `reference` of them. */
export function* subjectSignal(
  anatomy: Anatomy,
  maps: Float32Array,
  items: Int32Array,
  reference: number,
  amplitude: number,
  constants: WorldConstants,
  seed: number,
  subject: number,
): Generator<number, Signal> {
  const own = amplitudes(anatomy, amplitude, constants, seed, subject)
  const tuned = constants.leak > 0 ? withLeak(anatomy, own, constants.leak) : { ...anatomy.truth, amplitude: own }
  const tuning = drawTuning(anatomy.brain, tuned, constants, seed, subject)
  const responses = yield* voxelResponses(maps, items, reference, tuning, constants.tuning.squareShare)
  const spill = spillOver(anatomy, tuned, constants.partialVolume)
  const all = Int32Array.from([...tuned.at, ...spill.map(({ at }) => at)]).sort()
  const columnOf = new Map(Array.from(all, (at, column) => [at, column]))
  const values = new Float32Array(items.length * all.length)
  const columns = Int32Array.from(tuned.at, (at) => columnOf.get(at)!)
  const voxels = tuned.at.length
  for (let i = 0; i < items.length; i++) {
    const row = values.subarray(i * all.length, (i + 1) * all.length)
    for (let v = 0; v < voxels; v++) row[columns[v]!] = tuned.amplitude[v]! * responses[i * voxels + v]!
    for (const { at, sources } of spill) {
      let sum = 0
      for (const { voxel, weight } of sources) sum += weight * row[columns[voxel]!]!
      row[columnOf.get(at)!] = sum
    }
  }
  return { at: all, values }
}

/** Noise ceilings by law, dealt out in the order of a mostly smooth field; less where a voxel is partly something else. */
function amplitudes(
  { brain, truth }: Anatomy,
  amplitude: number,
  { ceiling, partialVolume }: WorldConstants,
  seed: number,
  subject: number,
): Float32Array {
  const voxels = truth.at.length
  const random = Random.of(seed, 'noise ceiling', subject)
  const field = smoothField(brain.shape, ceiling.sigma, random)
  const own = random.normals(voxels)
  const place = Float64Array.from(
    truth.at,
    (at, v) => Math.sqrt(ceiling.smoothShare) * field[at]! + Math.sqrt(1 - ceiling.smoothShare) * own[v]!,
  )
  const drawn = Float64Array.from({ length: voxels }, () => random.beta(ceiling.a, ceiling.b)).sort()
  const order = [...place.keys()].sort((a, b) => place[a]! - place[b]! || a - b)
  const out = new Float32Array(voxels)
  order.forEach((v, rank) => {
    const whole = 1 - (1 - partialVolume.atFace) * Math.min(1, truth.eccentric[v]!) ** 2
    const share = drawn[rank]!
    out[v] = amplitude * whole * Math.sqrt(share / (3 * (1 - share)))
  })
  return out
}

interface AmplitudeVoxels extends TunedVoxels {
  readonly amplitude: Float32Array
}

/** The true voxels and, weakly, every other voxel of the annotated ROI, tuned like the true voxel next to it. */
function withLeak({ brain, truth, annotated }: Anatomy, own: Float32Array, leak: number): AmplitudeVoxels {
  const typical = own.toSorted()[own.length >> 1]!
  const isTrue = new Set(truth.at)
  const extra = brain.voxels.filter((at) => annotated[at] === 1 && !isTrue.has(at))
  const [, ny, nz] = brain.shape
  const place = (at: number) => [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz] as const
  const places = Array.from(truth.at, place)
  const nearest = Int32Array.from(extra, (at) => {
    const [x, y, z] = place(at)
    let best = 0
    let bestFar = Number.POSITIVE_INFINITY
    places.forEach(([i, j, k], v) => {
      const far = (i - x) ** 2 + (j - y) ** 2 + (k - z) ** 2
      if (far < bestFar) [best, bestFar] = [v, far]
    })
    return best
  })
  return {
    at: Int32Array.from([...truth.at, ...extra]),
    stream: Uint8Array.from([...truth.stream, ...Array.from(nearest, (v) => truth.stream[v]!)]),
    side: Int8Array.from([...truth.side, ...Array.from(nearest, (v) => truth.side[v]!)]),
    amplitude: Float32Array.from([...own, ...Array.from(extra, () => leak * typical)]),
  }
}

/** Reach of partial volume in voxels, and weights too small to follow. */
const spillReach = 2.5
const leastWeight = 1e-3

interface Spill {
  readonly at: number
  /** `voxel`: position among the tuned voxels. */
  readonly sources: readonly { readonly voxel: number; readonly weight: number }[]
}

/** Voxels near true ones that carry nothing of their own, with what they receive. */
function spillOver(
  { brain, truth }: Anatomy,
  tuned: TunedVoxels,
  { spread }: WorldConstants['partialVolume'],
): Spill[] {
  const [nx, ny, nz] = brain.shape
  const taken = new Set(tuned.at)
  const steps = nearbySteps(spillReach).map((step) => {
    const square = step[0] ** 2 + step[1] ** 2 + step[2] ** 2
    return { step, weight: spread > 0 ? Math.exp((-0.5 * square) / spread ** 2) : 0 }
  })
  const received = new Map<number, { voxel: number; weight: number }[]>()
  truth.at.forEach((at, voxel) => {
    const [x, y, z] = [Math.floor(at / (ny * nz)), Math.floor(at / nz) % ny, at % nz]
    for (const { step, weight } of steps) {
      const [i, j, k] = [x + step[0], y + step[1], z + step[2]]
      if (weight < leastWeight || i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue
      const to = (i * ny + j) * nz + k
      if (taken.has(to) || brain.inside[to] === 0) continue
      const list = received.get(to) ?? []
      list.push({ voxel, weight })
      received.set(to, list)
    }
  })
  return [...received].map(([at, sources]) => ({ at, sources }))
}
