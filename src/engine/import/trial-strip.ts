/** Trials in the order in which they were shown, run by run, each with what it shows and where the folds put it: a strip to look along. */
import { mostStripFolds, mostStripTrials, type TrialStrip } from '../../core/contract/pairing.ts'
import type { Survey } from './survey.ts'

/** The first trials and folds; cut at a length that a window can hold, and the whole count beside them. */
export function trialStrip({ runs, targets, labels, split }: Survey, most = mostStripTrials): TrialStrip {
  const places = new Map<string, number>()
  const placeOf = (name: string) => {
    const known = places.get(name)
    if (known !== undefined) return known
    places.set(name, places.size)
    return places.size - 1
  }
  const shown: TrialStrip['runs'] = []
  let left = most
  for (const { run, session, spans } of runs) {
    const own = spans.slice(0, left)
    if (own.length === 0) continue
    left -= own.length
    const items = own.map(({ label }) => {
      const item = targets.itemOf.get(label)
      return placeOf(item === undefined ? label : labels[item]!)
    })
    shown.push({ run, session, items })
  }
  const count = most - left
  return {
    trials: runs.reduce((sum, { spans }) => sum + spans.length, 0),
    names: [...places.keys()],
    runs: shown,
    // A split is only there where every trial has its picture, so that trials and spans count alike.
    folds: (split?.folds ?? []).slice(0, mostStripFolds).map(({ name, part }) => ({
      name,
      parts: part.subarray(0, count).join(''),
    })),
  }
}
