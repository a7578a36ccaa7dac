/**
 * One run per image, its events laid over its volumes: each trial becomes weights over the volumes. What cannot be a trial is
 * left out and counted; what would make trials wrong stops.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Event, joinEvents, overlaps } from '../../core/data/event.ts'
import type { NuisanceBasis } from '../../core/data/nuisance.ts'
import type { TrialSpan } from '../../core/data/time-series.ts'
import {
  regressor,
  responseInside,
  separateWeights,
  spanWeights,
  type TrialWeights,
  type VolumeTimes,
} from '../../core/data/trial-weights.ts'
import { type EventsTable, type LeftOutEvent, readEvents } from './events-table.ts'
import { type Finding, FindingError, note, tableOffer } from './finding.ts'

export interface EventRun {
  readonly spans: readonly TrialSpan[]
  readonly weights: TrialWeights
  readonly notes: readonly Finding[]
  /** Trials that are left out, with the reason. */
  readonly leftOut: readonly LeftOutEvent[]
}

/** A run's trials before anything is said of those that are left out. */
type LaidTrials = Omit<EventRun, 'leftOut'> & { readonly inside: ReadonlySet<Event> }

/** Of a trial's response, at least this share of its square must lie inside the run. */
const leastInside = 0.5
/** Of a trial's regressor, at least this share should not be explained by the others. */
const leastOwn = 0.1

/** The events of a run, those that are no trials included, joined as the recipe says. */
export async function eventsOfRun(
  path: string,
  recipe: Recipe,
  run: number | null,
  times: VolumeTimes,
): Promise<EventsTable> {
  const { events, notes, leftOut } = await readEvents(path, recipe.table, run, Boolean(recipe.pictures))
  const end = times.volumes * times.repetition
  const late = events.filter((event) => event.onset >= end)
  const more: Finding[] = []
  if (late.length > 0) {
    const first = late[0]!
    const problem = {
      code: 'BAD_TABLE' as const,
      message: `The event in line ${first.line} begins at ${first.onset} s, the run ends at ${+end.toFixed(3)} s.`,
      where: `${path}, line ${first.line}`,
      expected: `onsets below ${+end.toFixed(3)} s (${times.volumes} volumes of ${times.repetition} s)`,
      fix: 'Check that these events belong to this image, that onsets are in seconds, and the repetition time.',
      count: late.length,
    }
    if (recipe.table.unplaced === 'ask')
      throw new FindingError(problem, [
        tableOffer('unplaced', 'leave-out', 'Leave events that begin after the end of the run out.', {
          unplaced: 'leave-out',
        }),
      ])
    more.push(note({ ...problem, fix: 'They are left out, as the recipe says.' }))
  }
  const kept = events.filter((event) => event.onset < end)
  const { joinSeconds } = recipe.table
  const beyond = late.map(({ line, onset }) => {
    return { line, reason: `It begins at ${onset} s, and the run ends at ${+end.toFixed(3)} s.` }
  })
  return {
    events: joinSeconds === null ? kept : joinEvents(kept, joinSeconds),
    notes: [...notes, ...more],
    leftOut: [...leftOut, ...beyond],
  }
}

/** Throws for a run without trials, and for trials that begin together. */
export function layEvents(
  events: readonly Event[],
  recipe: Recipe,
  times: VolumeTimes,
  basis: NuisanceBasis,
  path: string,
): EventRun {
  const nuisance = new Set(recipe.table.nuisanceLabels)
  const trials = events.filter((event) => !nuisance.has(event.label))
  const { together, during } = overlaps(trials)
  if (together.length > 0)
    throw new FindingError({
      code: 'BAD_TABLE',
      message: `The trial in line ${together[0]!.line} begins at the same time as the one before it (${together[0]!.onset} s).`,
      where: `${path}, line ${together[0]!.line}`,
      expected: 'trials that begin one after the other',
      fix: 'Put one of them among "ignoreLabels", or correct the table.',
      count: together.length,
    })
  const { trials: settings } = recipe
  const laid =
    settings.from === 'event-glm' ? byModel(trials, recipe, times, basis) : byVolumes(trials, recipe, times, basis)
  if (laid.spans.length === 0)
    throw new FindingError({
      code: 'BAD_TABLE',
      message: 'This run has no trial.',
      where: path,
      expected: 'events with labels that are trials, inside the run',
      fix: 'Check "ignoreLabels" and the onsets, or leave the run out of the recipe.',
    })
  const say = (message: string, count: number, fix?: string) =>
    note({ code: 'BAD_TABLE', message, where: path, count, ...(fix === undefined ? {} : { fix }) })
  const notes: Finding[] = [...laid.notes]
  if (during.length > 0) notes.push(say('Trials begin before the one before them has ended.', during.length))
  const outside = trials.filter((event) => !laid.inside.has(event))
  if (outside.length > 0)
    notes.push(say('Trials whose response lies mostly outside the run are left out.', outside.length))
  const dense = denseRepeats(events)
  if (recipe.table.joinSeconds === null && dense !== null)
    notes.push(
      note(
        {
          code: 'BAD_TABLE',
          message: 'Many events follow each other under one label, as pictures in a block do; each counts as a trial.',
          where: path,
          fix: 'If a block is what should be one trial, join its events.',
        },
        [
          tableOffer('join', `${dense}`, `Join events of one label with gaps of at most ${dense} s.`, {
            joinSeconds: dense,
          }),
        ],
      ),
    )
  const reason = 'Its response lies mostly outside the run.'
  return { spans: laid.spans, weights: laid.weights, notes, leftOut: outside.map(({ line }) => ({ line, reason })) }
}

/** Where most events repeat the label before them within 4 s: that gap, rounded up to half a second. */
function denseRepeats(events: readonly Event[]): number | null {
  const gaps = events
    .slice(1)
    .flatMap((event, at) =>
      event.label === events[at]!.label ? [event.onset - events[at]!.onset - events[at]!.duration] : [],
    )
    .filter((gap) => gap <= 4)
  if (gaps.length < events.length / 2) return null
  return Math.ceil(Math.max(0, ...gaps) * 2) / 2
}

function byModel(trials: readonly Event[], recipe: Recipe, times: VolumeTimes, basis: NuisanceBasis): LaidTrials {
  const seen = trials.filter((event) => responseInside(event, times) >= leastInside)
  const { weights, ownShare } = separateWeights(seen, times, basis, recipe.trials.otherTrials)
  const lost = [...ownShare].filter((share) => share === 0).length
  if (lost > 0)
    throw new FindingError({
      code: 'BAD_TABLE',
      message: `The response of the trial in line ${seen[ownShare.indexOf(0)]!.line} is a sum of other regressors.`,
      expected: 'trials that can be told apart, and fewer regressors than volumes',
      fix: 'Use fewer confounds, a longer high-pass, join the events of a block, or put them among "ignoreLabels".',
      count: lost,
    })
  const blurred = [...ownShare].filter((share) => share < leastOwn).length
  const nearest = (event: Event) =>
    Math.max(0, Math.min(times.volumes - 1, Math.round((event.onset - times.start) / times.repetition)))
  return {
    spans: seen.map((event) => ({ label: event.label, first: nearest(event), last: nearest(event) })),
    weights,
    inside: new Set(seen),
    notes:
      blurred === 0
        ? []
        : [
            note({
              code: 'BAD_TABLE',
              message: `Trials follow so closely that less than ${leastOwn * 100} % of their expected response is their own; their values are noisy.`,
              count: blurred,
              fix: 'If they form blocks, join them ("joinSeconds").',
            }),
          ],
  }
}

function byVolumes(trials: readonly Event[], recipe: Recipe, times: VolumeTimes, basis: NuisanceBasis): LaidTrials {
  const { from, delaySeconds, windowSeconds } = recipe.trials
  const at = (seconds: number) => (seconds - times.start) / times.repetition
  const spans: TrialSpan[] = []
  const inside = new Set<Event>()
  for (const event of trials) {
    const { label, onset } = event
    const first =
      from === 'event-volume' ? Math.round(at(onset + delaySeconds)) : Math.ceil(at(onset + windowSeconds[0]) - 1e-6)
    const last = from === 'event-volume' ? first : Math.floor(at(onset + windowSeconds[1]) + 1e-6)
    if (first > last)
      throw new FindingError({
        code: 'BAD_RECIPE',
        message: `No volume lies between ${windowSeconds[0]} and ${windowSeconds[1]} s after an onset at ${onset} s.`,
        expected: `a window of at least one repetition (${times.repetition} s)`,
        fix: 'Widen "trials.windowSeconds".',
      })
    if (first < 0 || last >= times.volumes) continue
    spans.push({ label, first, last })
    inside.add(event)
  }
  const shared = spans.slice(1).filter((span, i) => span.first <= spans[i]!.last).length
  return {
    spans,
    inside,
    weights: spanWeights(spans, basis),
    notes:
      shared === 0
        ? []
        : [note({ code: 'BAD_TABLE', message: 'Trials share volumes with the trial before them.', count: shared })],
  }
}

/** Regressors of events that are no trials, one per label, for the nuisance basis of `event-glm`. */
export function nuisanceRegressors(events: readonly Event[], recipe: Recipe, times: VolumeTimes): Float64Array[] {
  if (recipe.trials.from !== 'event-glm') return []
  return recipe.table.nuisanceLabels.flatMap((label) => {
    const column = new Float64Array(times.volumes)
    for (const event of events)
      if (event.label === label) for (const [t, value] of regressor(event, times).entries()) column[t]! += value
    return column.some((value) => value !== 0) ? [column] : []
  })
}
