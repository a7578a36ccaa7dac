/** One simulated subject: anatomy, signal, measured trials. Subjects share the pictures and nothing else. */
import type { SubjectData, TrialSet } from '../data/subject-data.ts'
import { type Anatomy, growAnatomy } from './anatomy.ts'
import { measure } from './measure.ts'
import type { PictureSet } from './picture-set.ts'
import { type CohortOptions, pictureRange, type SizeSettings, sizeSettings } from './settings.ts'
import { ceilingOf, type Signal, subjectSignal } from './signal.ts'
import { reorder, storage } from './space.ts'
import { TrialNoise } from './trial-noise.ts'
import { type WorldConstants, worldConstants } from './world-constants.ts'

export interface SubjectOptions {
  /** Which voxels to measure: the whole brain, or the annotated ROI only, which is all that pretraining looks at. */
  readonly voxels: 'brain' | 'annotated'
  /** The laws of the world, for calibration; the named world's by default. */
  readonly constants?: WorldConstants
}

export interface SimulatedSubject {
  readonly data: SubjectData
  /** Noise ceiling of three averaged trials per voxel of the data, 0 … 1, from the signal itself. */
  readonly noiseCeiling: Float32Array
}

/** Subject 0 is the new one, 1 … the pretraining subjects. Yields the share that is done. */
export function* subjectSteps(
  pictures: PictureSet,
  options: CohortOptions,
  subject: number,
  { voxels, constants = worldConstants[options.world ?? 'standard'] }: SubjectOptions,
): Generator<number, SimulatedSubject> {
  const size = sizeSettings[options.size]
  const { seed, handedness = 'RAS' } = options
  const counts = subject === 0 ? size.newSubject : size.pretrainingSubject
  const own = pictureRange(size, subject)
  const anatomy = growAnatomy(size, seed, subject)
  const items = Int32Array.from({ length: own.count + size.testPictures }, (_, i) =>
    i < own.count ? own.first + i : i - own.count,
  )
  const amplitude = options.amplitude ?? size.amplitude
  const signal = yield* scaled(
    subjectSignal(anatomy, pictures.maps, items, own.count, amplitude, constants, seed, subject),
    0,
    0.3,
  )
  const at = voxels === 'brain' ? anatomy.brain.voxels : anatomy.brain.voxels.filter((v) => anatomy.annotated[v] === 1)
  const columnOf = new Int32Array(anatomy.brain.inside.length).fill(-1)
  at.forEach((voxel, column) => {
    columnOf[voxel] = column
  })
  const scanner = {
    noise: new TrialNoise(size.shape, at, constants.noise, seed, subject),
    voxels: at.length,
    signal,
    column: signal.at.map((voxel) => columnOf[voxel]!),
    seed,
    subject,
  }
  const measured = yield* scaled(measure(scanner, counts, own.first, size.testPictures), 0.3, 1)
  return stored(anatomy, at, signal, own.count, measured, { size, handedness, subject })
}

function stored(
  anatomy: Anatomy,
  at: Int32Array,
  signal: Signal,
  reference: number,
  { train, test }: { train: TrialSet; test: TrialSet },
  { size, handedness, subject }: { size: SizeSettings; handedness: 'RAS' | 'LAS'; subject: number },
): SimulatedSubject {
  const { space, order } = storage(size.shape, at, handedness)
  const isTrue = new Uint8Array(anatomy.brain.inside.length)
  for (const voxel of anatomy.truth.at) isTrue[voxel] = 1
  const annotated = Uint8Array.from(at, (voxel) => anatomy.annotated[voxel]!)
  const truth = Uint8Array.from(at, (voxel) => isTrue[voxel]!)
  const noiseCeiling = ceilings(at, signal, reference)
  for (const row of [annotated, truth, noiseCeiling, train.betas, test.betas]) reorder(row, at.length, order)
  return { data: { name: subjectName(subject), space, train, test, annotated, truth }, noiseCeiling }
}

export function subjectName(subject: number): string {
  return `sub-${String(subject).padStart(2, '0')}`
}

/** From the variance that the signal has over the subject's own pictures. */
function ceilings(at: Int32Array, signal: Signal, reference: number): Float32Array {
  const width = signal.at.length
  const ceiling = new Map<number, number>()
  signal.at.forEach((voxel, column) => {
    let [sum, square] = [0, 0]
    for (let i = 0; i < reference; i++) {
      const value = signal.values[i * width + column]!
      sum += value / reference
      square += (value * value) / reference
    }
    ceiling.set(voxel, ceilingOf(Math.max(0, square - sum * sum)))
  })
  return Float32Array.from(at, (voxel) => ceiling.get(voxel) ?? 0)
}

/** A part's progress as progress of the whole. */
export function* scaled<T>(steps: Generator<number, T>, from: number, to: number): Generator<number, T> {
  let step = steps.next()
  for (; !step.done; step = steps.next()) yield from + (to - from) * step.value
  return step.value
}

/** All of a generator at once. */
export function finish<T>(steps: Generator<unknown, T>): T {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

export function simulateSubject(
  pictures: PictureSet,
  options: CohortOptions,
  subject: number,
  own: SubjectOptions,
): SimulatedSubject {
  return finish(subjectSteps(pictures, options, subject, own))
}
