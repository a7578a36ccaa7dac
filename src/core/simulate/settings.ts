/** Sizes of the simulated world and how much data each subject has. What a size does not set is the same at every size. */

export const cohortSizeNames = ['tiny', 'small', 'medium', 'full'] as const
export type CohortSize = (typeof cohortSizeNames)[number]

/**
 * standard: signal in the true voxels only (and at their rim). leak: every voxel of the annotated ROI carries weak signal.
 * nonlinear: responses that no linear map of the embedding predicts well.
 */
export const worldNames = ['standard', 'leak', 'nonlinear'] as const
export type WorldName = (typeof worldNames)[number]

/** Voxel order of the stored grid: x to the subject's right (RAS) or left (LAS). The brain in it is the same. */
export type Handedness = 'RAS' | 'LAS'

export interface CohortOptions {
  readonly size: CohortSize
  readonly seed: number
  /** Factor on every signal; the size's own by default. */
  readonly amplitude?: number
  readonly world?: WorldName
  readonly handedness?: Handedness
}

export interface SizeSettings {
  readonly shape: readonly [number, number, number]
  readonly trueVoxels: number
  readonly annotatedVoxels: number
  /** Voxels inside the brain: each subject's number is drawn between these. */
  readonly brainVoxels: readonly [number, number]
  readonly amplitude: number
  readonly testPictures: number
  readonly newSubject: TrialCounts
  readonly pretrainingSubject: TrialCounts
  readonly pretrainingSubjects: number
}

export interface TrialCounts {
  readonly pictures: number
  readonly sessions: number
  /** The first pictures are seen twice as often as needed to fill the sessions. */
  readonly trialsPerSession: number
}

const usual = {
  testPictures: 300,
  newSubject: { pictures: 450, sessions: 1, trialsPerSession: 750 },
  pretrainingSubject: { pictures: 1500, sessions: 3, trialsPerSession: 750 },
  pretrainingSubjects: 3,
}

export const sizeSettings: Readonly<Record<CohortSize, SizeSettings>> = {
  tiny: {
    shape: [12, 10, 10],
    trueVoxels: 60,
    annotatedVoxels: 200,
    brainVoxels: [540, 600],
    amplitude: 2.5,
    testPictures: 40,
    newSubject: { pictures: 72, sessions: 1, trialsPerSession: 120 },
    pretrainingSubject: { pictures: 160, sessions: 2, trialsPerSession: 120 },
    pretrainingSubjects: 3,
  },
  small: {
    shape: [24, 20, 20],
    trueVoxels: 300,
    annotatedVoxels: 1570,
    brainVoxels: [4300, 4900],
    amplitude: 1.7,
    ...usual,
  },
  medium: {
    shape: [40, 28, 28],
    trueVoxels: 1000,
    annotatedVoxels: 5200,
    brainVoxels: [13_200, 16_600],
    amplitude: 1,
    ...usual,
  },
  full: {
    shape: [60, 40, 40],
    trueVoxels: 3000,
    annotatedVoxels: 15_700,
    brainVoxels: [46_600, 48_600],
    amplitude: 1,
    ...usual,
  },
}

/** Pictures of the cohort are numbered: test pictures first, then each subject's own in turn. */
export function pictureRange(size: SizeSettings, subject: number): { readonly first: number; readonly count: number } {
  const { testPictures, newSubject, pretrainingSubject } = size
  if (subject === 0) return { first: testPictures, count: newSubject.pictures }
  const count = pretrainingSubject.pictures
  return { first: testPictures + newSubject.pictures + (subject - 1) * count, count }
}

export function pictureCount(size: SizeSettings): number {
  const last = pictureRange(size, size.pretrainingSubjects)
  return last.first + last.count
}

/** Every draw of a subject comes from streams named by this, so that no subject depends on another. */
export const runsPerSession = 12
/** Edge of a voxel in mm. */
export const voxelSize = 1.8
