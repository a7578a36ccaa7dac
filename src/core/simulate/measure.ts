/**
 * Trials as a scanner and a GLM would give them: signal plus noise, z-scored per voxel and session with the statistics of
 * training trials. Test trials are averages over repeats and take the mean statistics of the training sessions.
 */
import type { TrialSet } from '../data/subject-data.ts'
import { Random } from '../random/random.ts'
import { planTest, planTraining } from './sessions.ts'
import { runsPerSession, type TrialCounts } from './settings.ts'
import type { Signal } from './signal.ts'
import { courseCount, sessionCourses, type TrialNoise } from './trial-noise.ts'

export const testRepeats = 3
const reportEvery = 32

export interface Scanner {
  readonly noise: TrialNoise
  readonly voxels: number
  readonly signal: Signal
  /** Column of the betas per signal voxel, −1 where it is not measured. */
  readonly column: Int32Array
  readonly seed: number
  readonly subject: number
}

interface Statistics {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

export interface Measured {
  readonly train: TrialSet
  readonly test: TrialSet
}

/**
 * `firstPicture`: number of the subject's first picture among the cohort's; rows of the signal are the subject's pictures,
 * then the test pictures (numbers 0 … testPictures − 1). Yields the share that is done.
 */
export function* measure(
  scanner: Scanner,
  counts: TrialCounts,
  firstPicture: number,
  testPictures: number,
): Generator<number, Measured> {
  const trainTrials = counts.sessions * counts.trialsPerSession
  const whole = trainTrials + testPictures
  const training = measureTraining(scanner, counts, firstPicture)
  let step = training.next()
  for (; !step.done; step = training.next()) yield step.value / whole
  const { train, statistics } = step.value
  const testing = measureTest(scanner, counts, testPictures, statistics)
  let last = testing.next()
  for (; !last.done; last = testing.next()) yield (trainTrials + last.value) / whole
  return { train, test: last.value }
}

function* measureTraining(scanner: Scanner, counts: TrialCounts, firstPicture: number) {
  const { voxels, noise, seed, subject } = scanner
  const plan = planTraining(counts, Random.of(seed, 'trial order', subject))
  const trials = plan.picture.length
  const betas = new Float32Array(trials * voxels)
  const statistics: Statistics = { mean: new Float64Array(voxels), deviation: new Float64Array(voxels) }
  for (let session = 0; session < counts.sessions; session++) {
    const first = session * counts.trialsPerSession
    const last = first + counts.trialsPerSession
    const courses = sessionCourses(plan.run.subarray(first, last), Random.of(seed, 'courses', subject, session))
    for (let t = first; t < last; t++) {
      addSignal(scanner, plan.picture[t]!, betas, t * voxels)
      const own = courses.subarray((t - first) * courseCount, (t - first + 1) * courseCount)
      noise.addTo(betas, t * voxels, own, 1, Random.of(seed, 'noise', subject, t))
      if (t % reportEvery === 0) yield t
    }
    const found = columnStatistics(betas, voxels, first, last)
    for (let t = first; t < last; t++) standardise(betas, t * voxels, found)
    for (let v = 0; v < voxels; v++) {
      statistics.mean[v]! += found.mean[v]! / counts.sessions
      statistics.deviation[v]! += found.deviation[v]! / counts.sessions
    }
  }
  const target = plan.picture.map((picture) => firstPicture + picture)
  const train: TrialSet = { trials, betas, target, session: plan.session, run: plan.run }
  return { train, statistics }
}

function* measureTest(
  scanner: Scanner,
  counts: TrialCounts,
  pictures: number,
  statistics: Statistics,
): Generator<number, TrialSet> {
  const { voxels, noise, seed, subject } = scanner
  const plan = planTest(pictures, testRepeats, Random.of(seed, 'test order', subject))
  // Courses are averaged over the repeats; what is new in every trial only gets smaller.
  const courses = new Float32Array(pictures * courseCount)
  for (let repeat = 0; repeat < testRepeats; repeat++) {
    const rows = plan.run.subarray(repeat * pictures, (repeat + 1) * pictures)
    const own = sessionCourses(rows, Random.of(seed, 'test courses', subject, repeat))
    for (let t = 0; t < pictures; t++) {
      const picture = plan.picture[repeat * pictures + t]!
      for (let c = 0; c < courseCount; c++)
        courses[picture * courseCount + c]! += own[t * courseCount + c]! / testRepeats
    }
  }
  const betas = new Float32Array(pictures * voxels)
  for (let picture = 0; picture < pictures; picture++) {
    const from = picture * voxels
    addSignal(scanner, counts.pictures + picture, betas, from)
    const own = courses.subarray(picture * courseCount, (picture + 1) * courseCount)
    noise.addTo(betas, from, own, 1 / Math.sqrt(testRepeats), Random.of(seed, 'test noise', subject, picture))
    standardise(betas, from, statistics)
    if (picture % reportEvery === 0) yield picture
  }
  const numbered = (value: number) => new Int32Array(pictures).fill(value)
  return {
    trials: pictures,
    betas,
    target: Int32Array.from({ length: pictures }, (_, i) => i),
    session: numbered(counts.sessions + 1),
    run: numbered(counts.sessions * runsPerSession + 1),
  }
}

function addSignal({ signal, column }: Scanner, row: number, out: Float32Array, from: number): void {
  const width = signal.at.length
  for (let s = 0; s < width; s++) if (column[s]! >= 0) out[from + column[s]!]! += signal.values[row * width + s]!
}

function columnStatistics(betas: Float32Array, voxels: number, first: number, last: number): Statistics {
  const mean = new Float64Array(voxels)
  const deviation = new Float64Array(voxels)
  const count = last - first
  for (let t = first; t < last; t++) for (let v = 0; v < voxels; v++) mean[v]! += betas[t * voxels + v]! / count
  for (let t = first; t < last; t++)
    for (let v = 0; v < voxels; v++) deviation[v]! += (betas[t * voxels + v]! - mean[v]!) ** 2 / count
  for (let v = 0; v < voxels; v++) deviation[v] = Math.sqrt(deviation[v]!)
  return { mean, deviation }
}

function standardise(betas: Float32Array, from: number, { mean, deviation }: Statistics): void {
  for (let v = 0; v < mean.length; v++) betas[from + v] = (betas[from + v]! - mean[v]!) / deviation[v]!
}
