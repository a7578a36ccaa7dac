/**
 * Runs whose trials are weighted sums of volumes: those of events, one per image, and those of a table of volumes with a high-pass or
 * confounds. Every run is treated alike; which ones will be held out is not known here.
 */
import { basename } from 'node:path'
import type { UnmatchedRow } from '../../core/contract/pairing.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { spanWeights } from '../../core/data/trial-weights.ts'
import { ProblemError } from '../../core/problem.ts'
import { eventsOfRun, layEvents, nuisanceRegressors } from './event-runs.ts'
import { type Finding, note } from './finding.ts'
import { recipePath } from './recipe-file.ts'
import { settleRepetition } from './repetition.ts'
import { basisOfRun, confoundsOfImage } from './run-filter.ts'
import type { SurveyedRun } from './survey.ts'

/** What is needed to know of an image. */
export interface TimedImage {
  readonly path: string
  readonly volumes: number
  /** As its header says. */
  readonly repetitionSeconds: number | null
}

export interface WeightedRuns {
  readonly runs: SurveyedRun[]
  readonly notes: Finding[]
  /** Events that are no trial although they could have been, with the reason. */
  readonly leftOut: UnmatchedRow[]
}

function confoundsPath(recipe: Recipe, image: number, folder: string): string | null {
  const path = recipe.images[image]!.confounds
  return path === undefined ? null : recipePath(folder, path)
}

/** One run per image; its number is given in the recipe, or counted from 1. */
export async function layEventRuns(
  recipe: Recipe,
  images: readonly TimedImage[],
  folder: string,
): Promise<WeightedRuns> {
  const runs: SurveyedRun[] = []
  const notes: Finding[] = []
  const leftOut: UnmatchedRow[] = []
  for (const [image, { path, volumes, repetitionSeconds }] of images.entries()) {
    const given = recipe.images[image]!
    const { run = image + 1, session = 0 } = given
    if (runs.some((other) => other.run === run && other.session === session))
      throw new ProblemError({
        code: 'BAD_RECIPE',
        message: `Run ${run} of session ${session} is given twice.`,
        where: path,
        fix: 'Give every image a number of its own ("run").',
      })
    const settled = settleRepetition(repetitionSeconds, recipe.timing, path)
    const times = { volumes, repetition: settled.seconds, start: recipe.timing.startSeconds }
    const tablePath = recipePath(folder, given.table ?? recipe.table.path!)
    const table = await eventsOfRun(tablePath, recipe, given.table === undefined ? run : null, times)
    const confounds = await confoundsOfImage(recipe, confoundsPath(recipe, image, folder), volumes)
    const others = [...confounds, ...nuisanceRegressors(table.events, recipe, times)]
    const basis = basisOfRun(recipe, volumes, settled.seconds, others, path)
    const laid = layEvents(table.events, recipe, times, basis, tablePath)
    notes.push(...settled.notes, ...table.notes, ...laid.notes)
    for (const { line, reason } of [...table.leftOut, ...laid.leftOut])
      leftOut.push({ what: 'event without trial', item: `run ${run}, line ${line} of ${basename(tablePath)}`, reason })
    runs.push({
      ...{ run, session, image, start: 0, volumes, spans: laid.spans },
      ...{ weights: laid.weights, repetitionSeconds: settled.seconds },
    })
  }
  if (recipe.trials.from === 'event-glm' && recipe.trials.otherTrials === 'by-label')
    notes.push(
      note({
        code: 'BAD_RECIPE',
        message: 'Labels enter the response model of every run, held-out runs included.',
        fix: 'For accuracies that no label has touched, set "trials.otherTrials" to together.',
      }),
    )
  return { runs, notes, leftOut }
}

/** The runs of a table of volumes, with drift and confounds removed through weights. */
export async function weighRuns(
  recipe: Recipe,
  images: readonly TimedImage[],
  runs: readonly SurveyedRun[],
  folder: string,
): Promise<WeightedRuns> {
  const out: SurveyedRun[] = []
  const notes: Finding[] = []
  for (const [image, { path, volumes, repetitionSeconds }] of images.entries()) {
    const settled =
      recipe.trials.highPassSeconds === null ? null : settleRepetition(repetitionSeconds, recipe.timing, path)
    notes.push(...(settled?.notes ?? []))
    const confounds = await confoundsOfImage(recipe, confoundsPath(recipe, image, folder), volumes)
    for (const run of runs.filter((candidate) => candidate.image === image)) {
      const others = confounds.map((column) => column.slice(run.start, run.start + run.volumes))
      const seconds = settled?.seconds ?? null
      const basis = basisOfRun(recipe, run.volumes, seconds, others, path)
      out.push({ ...run, weights: spanWeights(run.spans, basis), repetitionSeconds: seconds })
    }
  }
  return { runs: out, notes, leftOut: [] }
}
