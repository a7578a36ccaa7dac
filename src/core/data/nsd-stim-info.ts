/**
 * The other table that tells NSD's experiment: one row per picture, with the number of the trial (1 to 30,000 of a subject) in which
 * each of its up to three showings was, 0 for none. It is turned round here into one entry per trial, as `nsdTrials` gives them.
 */
import { failure, type Result, success } from '../problem.ts'
import { type NsdTrial, nsdRun, nsdTrialsPerSession } from './nsd-design.ts'

export interface StimInfoRow {
  /** Number in the 73,000 pictures, 0-based. */
  readonly nsdId: number
  /** Number of the picture in COCO. */
  readonly cocoId: number
  readonly shared: boolean
  /** Trial of the first, second and third showing, 1-based; 0 for none. */
  readonly showings: readonly number[]
}

export interface StimInfoTrial extends NsdTrial {
  readonly cocoId: number
}

/**
 * Trials of the sessions (1-based), in the order given. BAD_TABLE where a trial is claimed by two pictures or by none: the betas have
 * a volume for each.
 */
export function stimInfoTrials(
  rows: readonly StimInfoRow[],
  sessions: readonly number[],
  where: string,
): Result<StimInfoTrial[]> {
  const wanted = new Map<number, StimInfoTrial | null>()
  for (const session of sessions)
    for (let at = 1; at <= nsdTrialsPerSession; at++) wanted.set((session - 1) * nsdTrialsPerSession + at, null)
  const bad = (message: string) =>
    failure({
      code: 'BAD_TABLE',
      message,
      where,
      expected: 'one picture for every trial of a session',
      fix: 'Name nsd_stim_info_merged as it came, and only sessions that the subject has.',
    })
  for (const { nsdId, cocoId, shared, showings } of rows)
    for (const [repeat, number] of showings.entries()) {
      const known = wanted.get(number)
      if (known === undefined) continue
      if (known !== null) return bad(`Trial ${number} is said to show the pictures ${known.picture} and ${nsdId}.`)
      const [session, trial] = [Math.floor((number - 1) / nsdTrialsPerSession), (number - 1) % nsdTrialsPerSession]
      wanted.set(number, {
        ...{ session: session + 1, run: nsdRun(trial), picture: nsdId, cocoId, repeat: repeat + 1, shared },
      })
    }
  const trials: StimInfoTrial[] = []
  for (const [number, trial] of wanted) {
    if (trial === null) return bad(`No picture is said to be shown in trial ${number}.`)
    trials.push(trial)
  }
  return success(trials)
}
