/**
 * Measurement noise of single trials, variance 1 per voxel: white, smooth in space, a few global time courses that wander
 * from trial to trial (heart, breathing, arousal; AR(1)), and a drift within each run. Maps of the last two are the subject's.
 */
import { Random } from '../random/random.ts'
import { type Shape3, SmoothNoise, smoothField } from './smooth-noise.ts'
import type { WorldConstants } from './world-constants.ts'

/** Correlation of successive trials, one per global component. */
const persistence = [0.2, 0.45, 0.7, 0.9] as const
const globalCount = persistence.length
/** A straight line and half a cosine. */
const driftCount = 2
export const courseCount = globalCount + driftCount

export class TrialNoise {
  readonly #at: Int32Array
  readonly #noise: WorldConstants['noise']
  readonly #smooth: SmoothNoise
  /** Voxels as flat indices of the smooth noise's box. */
  readonly #inBox: Int32Array
  /** courseCount × voxels. */
  readonly #maps: Float32Array
  readonly #white: Float32Array

  /** `at`: flat grid indices of the voxels to make noise for. */
  constructor(shape: Shape3, at: Int32Array, noise: WorldConstants['noise'], seed: number, subject: number) {
    this.#at = at
    this.#noise = noise
    const { box, inBox } = boundingBox(shape, at)
    this.#smooth = new SmoothNoise(box, noise.smoothSigma, 2.5)
    this.#inBox = inBox
    this.#maps = this.#drawMaps(shape, seed, subject)
    this.#white = new Float32Array(at.length)
  }

  /** Smooth maps, scaled so that each voxel has exactly its share of the variance from each kind. */
  #drawMaps(shape: Shape3, seed: number, subject: number): Float32Array {
    const voxels = this.#at.length
    const { global, drift, globalSigma, driftSigma } = this.#noise
    const side = Math.cbrt(shape[0] * shape[1] * shape[2])
    const maps = new Float32Array(courseCount * voxels)
    const kinds = [
      { first: 0, count: globalCount, share: global, sigma: globalSigma * side },
      { first: globalCount, count: driftCount, share: drift, sigma: driftSigma * side },
    ]
    for (const { first, count, share, sigma } of kinds) {
      const power = new Float64Array(voxels)
      for (let c = first; c < first + count; c++) {
        const field = smoothField(shape, sigma, Random.of(seed, 'noise map', subject, c))
        for (let v = 0; v < voxels; v++) {
          const value = field[this.#at[v]!]!
          maps[c * voxels + v] = value
          power[v]! += value * value
        }
      }
      for (let c = first; c < first + count; c++)
        for (let v = 0; v < voxels; v++) maps[c * voxels + v]! *= Math.sqrt(share / Math.max(power[v]!, 1e-12))
    }
    return maps
  }

  /**
   * Adds one trial's noise to out[from …]. `courses`: the value of each global and drift course in this trial;
   * `scale`: factor on the parts that are new in each trial, 1/√n for an average of n trials.
   */
  addTo(out: Float32Array, from: number, courses: ArrayLike<number>, scale: number, random: Random): void {
    const voxels = this.#at.length
    const white = scale * Math.sqrt(this.#noise.white)
    random.fillNormal(this.#white)
    for (let v = 0; v < voxels; v++) out[from + v]! += white * this.#white[v]!
    for (let c = 0; c < courseCount; c++) {
      const value = courses[c]!
      const map = this.#maps.subarray(c * voxels, (c + 1) * voxels)
      for (let v = 0; v < voxels; v++) out[from + v]! += value * map[v]!
    }
    this.#smooth.addTo(out, from, this.#inBox, scale * Math.sqrt(this.#noise.smooth), random)
  }
}

/**
 * Courses of one session: trials × courseCount, each of variance 1. `run`: run of each trial, ascending. A drift starts
 * anew in every run; global courses go through the session.
 */
export function sessionCourses(run: Int32Array, random: Random): Float32Array {
  const trials = run.length
  const out = new Float32Array(trials * courseCount)
  const state = persistence.map(() => random.normal())
  let first = 0
  while (first < trials) {
    let last = first
    while (last < trials && run[last] === run[first]) last++
    const [slope, bend] = [random.normal(), random.normal()]
    for (let t = first; t < last; t++) {
      persistence.forEach((phi, c) => {
        out[t * courseCount + c] = state[c]!
        state[c] = phi * state[c]! + Math.sqrt(1 - phi * phi) * random.normal()
      })
      const place = (t - first + 0.5) / (last - first)
      out[t * courseCount + globalCount] = slope * Math.sqrt(3) * (2 * place - 1)
      out[t * courseCount + globalCount + 1] = bend * Math.SQRT2 * Math.cos(Math.PI * place)
    }
    first = last
  }
  return out
}

/** The smallest box around the voxels, so that no noise is made where none is needed. */
function boundingBox([, ny, nz]: Shape3, at: Int32Array): { box: Shape3; inBox: Int32Array } {
  const place = (voxel: number) => [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz] as const
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [0, 0, 0]
  for (const voxel of at) {
    place(voxel).forEach((value, axis) => {
      low[axis] = Math.min(low[axis]!, value)
      high[axis] = Math.max(high[axis]!, value)
    })
  }
  const box = high.map((value, axis) => value - low[axis]! + 1) as [number, number, number]
  const inBox = Int32Array.from(at, (voxel) => {
    const [x, y, z] = place(voxel)
    return ((x - low[0]!) * box[1] + y - low[1]!) * box[2] + z - low[2]!
  })
  return { box, inBox }
}
