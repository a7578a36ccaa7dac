/**
 * The simulated cohort: pictures, their embedding, a new subject with one session and three subjects to pretrain on. A pure
 * function of its options. Steps come one at a time, so that whoever runs it can show progress and stop.
 */
import type { SubjectData, Targets } from '../data/subject-data.ts'
import { embed, fitPictureEmbedding, type PictureEmbedding } from '../embedding/picture-embedding.ts'
import type { Pictures } from '../embedding/pictures.ts'
import type { Matmul } from '../linear/product.ts'
import { drawPictures, type PictureSet } from './picture-set.ts'
import type { Scene } from './scene.ts'
import { type CohortOptions, pictureCount, type SizeSettings, sizeSettings } from './settings.ts'
import { finish, type SimulatedSubject, type SubjectOptions, scaled, subjectName, subjectSteps } from './subject.ts'
import type { WorldConstants } from './world-constants.ts'

export interface Cohort {
  /** Index 0 is the new subject, `sub-00`, over the whole brain; then the pretraining subjects over their annotated ROIs. */
  readonly subjects: readonly SubjectData[]
  /** Noise ceiling of three averaged trials per voxel, one array per subject. */
  readonly noiseCeiling: readonly Float32Array[]
  /** Embeddings of all pictures of the cohort. */
  readonly targets: Targets
  readonly pictures: Pictures & { readonly pixels: Uint8Array }
  readonly embedding: PictureEmbedding
  /** Pictures that only the test trials show; no subject was trained on them, and no embedding fitted. */
  readonly testItems: Int32Array
  sceneOf(item: number): Scene
}

export interface CohortHooks {
  /** Faster products for the embedding. They round differently, so a cohort is the same only with the same kernels. */
  readonly matmul?: Matmul
  /** May throw to stop. */
  progress?(fraction: number, what: string): void
}

export interface CohortProgress {
  readonly fraction: number
  readonly what: string
}

/** Everything of a cohort that is not a subject. */
export interface CohortPictures {
  readonly set: PictureSet
  readonly targets: Targets
  readonly embedding: PictureEmbedding
  readonly testItems: Int32Array
}

/** Share of the time that pictures and their embedding take; the rest goes to subjects by number of trials. */
const picturesShare = 0.3
const drawingShare = 0.7

export function* pictureSteps(
  options: CohortOptions,
  hooks: Pick<CohortHooks, 'matmul'> = {},
): Generator<number, CohortPictures> {
  const size = sizeSettings[options.size]
  const set = yield* scaled(drawPictures(pictureCount(size), options.seed), 0, drawingShare)
  const testItems = Int32Array.from({ length: size.testPictures }, (_, i) => i)
  const fitRows = Int32Array.from({ length: set.pictures.count - size.testPictures }, (_, i) => size.testPictures + i)
  const matmul = hooks.matmul === undefined ? {} : { matmul: hooks.matmul }
  const embedding = fitPictureEmbedding(set.pictures, set.semantic, { fitRows, ...matmul })
  yield 0.9
  const vectors = embed(embedding, set.pictures, set.semantic, hooks.matmul)
  const { dimensions, semanticStart } = embedding
  const targets: Targets = { kind: 'pictures', dimensions, vectors, names: pictureNames(size), semanticStart }
  return { set, targets, embedding, testItems }
}

function pictureNames(size: SizeSettings): string[] {
  return Array.from({ length: pictureCount(size) }, (_, i) => `picture-${String(i).padStart(4, '0')}`)
}

/** The cohort in steps; `constants` replaces the laws of the named world, for calibration. */
export function* cohortSteps(
  options: CohortOptions,
  hooks: Pick<CohortHooks, 'matmul'> = {},
  constants?: WorldConstants,
): Generator<CohortProgress, Cohort> {
  const size = sizeSettings[options.size]
  const made = yield* named(scaled(pictureSteps(options, hooks), 0, picturesShare), 'Draw pictures')
  const subjects: SimulatedSubject[] = []
  const share = (1 - picturesShare) / (size.pretrainingSubjects + 1)
  for (let subject = 0; subject <= size.pretrainingSubjects; subject++) {
    const own: SubjectOptions = { voxels: subject === 0 ? 'brain' : 'annotated', ...(constants ? { constants } : {}) }
    const from = picturesShare + subject * share
    const steps = scaled(subjectSteps(made.set, options, subject, own), from, from + share)
    subjects.push(yield* named(steps, `Scan ${subjectName(subject)}`))
  }
  return {
    subjects: subjects.map(({ data }) => data),
    noiseCeiling: subjects.map(({ noiseCeiling }) => noiseCeiling),
    targets: made.targets,
    pictures: made.set.pictures,
    embedding: made.embedding,
    testItems: made.testItems,
    sceneOf(item) {
      const scene = made.set.scenes[item]
      if (scene === undefined) throw new RangeError(`no picture ${item} among ${made.set.scenes.length}`)
      return scene
    },
  }
}

function* named<T>(steps: Generator<number, T>, what: string): Generator<CohortProgress, T> {
  let step = steps.next()
  for (; !step.done; step = steps.next()) yield { fraction: step.value, what }
  return step.value
}

/** The whole cohort. Seconds to a minute and a half and up to 2 GB, by size. */
export function simulateCohort(options: CohortOptions, hooks: CohortHooks = {}): Cohort {
  const steps = cohortSteps(options, hooks)
  if (hooks.progress === undefined) return finish(steps)
  for (;;) {
    const step = steps.next()
    if (step.done) {
      hooks.progress(1, 'Done')
      return step.value
    }
    hooks.progress(step.value.fraction, step.value.what)
  }
}
