/** Which picture is shown in which trial of which run. */
import type { Random } from '../random/random.ts'
import { runsPerSession, type TrialCounts } from './settings.ts'

export interface TrialPlan {
  /** Position among the subject's pictures, per trial, in the order shown. */
  readonly picture: Int32Array
  /** From 1. */
  readonly session: Int32Array
  /** From 1, through all sessions. */
  readonly run: Int32Array
}

/** Every picture once and as many of them twice as fill the sessions, in random order. */
export function planTraining({ pictures, sessions, trialsPerSession }: TrialCounts, random: Random): TrialPlan {
  const trials = sessions * trialsPerSession
  if (trials < pictures || trials > 2 * pictures)
    throw new RangeError(`${trials} trials cannot show ${pictures} pictures once or twice`)
  const shown = Int32Array.from({ length: trials }, (_, t) => t % pictures)
  return {
    picture: random.permutation(trials).map((t) => shown[t]!),
    ...timetable(sessions, trialsPerSession),
  }
}

/** Every test picture once per session, each session in an order of its own. */
export function planTest(pictures: number, repeats: number, random: Random): TrialPlan {
  const picture = new Int32Array(repeats * pictures)
  for (let r = 0; r < repeats; r++) picture.set(random.permutation(pictures), r * pictures)
  return { picture, ...timetable(repeats, pictures) }
}

function timetable(sessions: number, trialsPerSession: number): Pick<TrialPlan, 'session' | 'run'> {
  const count = sessions * trialsPerSession
  const session = Int32Array.from({ length: count }, (_, t) => Math.floor(t / trialsPerSession) + 1)
  const run = session.map(
    (own, t) =>
      (own - 1) * runsPerSession + Math.floor(((t % trialsPerSession) * runsPerSession) / trialsPerSession) + 1,
  )
  return { session, run }
}
