/**
 * The experiment of the Natural Scenes Dataset as its design file tells it: one order of 30,000 trials for all subjects, as
 * numbers of each subject's own 10,000 pictures. Sessions have 750 trials in 12 runs; odd runs have 63, even runs 62 (NSD
 * data manual, "Experiment information").
 */

export interface NsdDesign {
  /** For each trial the picture's number, 1 to 10000 (`masterordering`). */
  readonly masterOrdering: ArrayLike<number>
  /** The subject's row of `subjectim`: for each of the 10,000 pictures its number in the 73,000, 1-based. */
  readonly subjectPictures: ArrayLike<number>
}

export interface NsdTrial {
  readonly session: number
  /** 1 to 12 within the session. */
  readonly run: number
  /** Number in the 73,000 pictures, 0-based: the row of nsd_stimuli.hdf5 and of nsd_stim_info_merged.csv. */
  readonly picture: number
  /** 1, 2 or 3: how often the subject has now seen it. */
  readonly repeat: number
  /** True for the 1,000 pictures that all subjects may see. */
  readonly shared: boolean
}

export const nsdTrialsPerSession = 750
/** The first thousand of every subject's pictures are the shared ones. */
const sharedPictures = 1000
const pairOfRuns = 63 + 62

/** Run, 1 to 12, of a trial, 0 to 749, within its session. */
export function nsdRun(trial: number): number {
  const pair = Math.floor(trial / pairOfRuns)
  return 2 * pair + (trial % pairOfRuns < 63 ? 1 : 2)
}

/** Trials of the sessions (1-based), in the order given. Repeats are counted over the whole experiment. */
export function nsdTrials(design: NsdDesign, sessions: readonly number[]): NsdTrial[] {
  const last = Math.max(...sessions) * nsdTrialsPerSession
  const seen = new Map<number, number>()
  const all: NsdTrial[] = []
  for (let trial = 0; trial < last; trial++) {
    const image = design.masterOrdering[trial]!
    const repeat = (seen.get(image) ?? 0) + 1
    seen.set(image, repeat)
    all.push({
      session: Math.floor(trial / nsdTrialsPerSession) + 1,
      run: nsdRun(trial % nsdTrialsPerSession),
      picture: design.subjectPictures[image - 1]! - 1,
      repeat,
      shared: image <= sharedPictures,
    })
  }
  return sessions.flatMap((session) => all.slice((session - 1) * nsdTrialsPerSession, session * nsdTrialsPerSession))
}
