/** Fields of a recipe that must fit each other; what one field alone must be is in its schema. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { recipePath } from './recipe-file.ts'

function bad(message: string, fix: string): Problem {
  return { code: 'BAD_RECIPE', message, fix }
}

function firstProblem(recipe: Recipe, folder: string): Problem | null {
  const { table, trials, images } = recipe
  const ofEvents = trials.from.startsWith('event-')
  if (table.rows === 'events' && !ofEvents)
    return bad(
      `Trials from "${trials.from}" need a table of volumes; this one holds events.`,
      'Set "trials.from" to event-glm, event-window or event-volume.',
    )
  if (table.rows !== 'events' && ofEvents)
    return bad(
      `Trials from "${trials.from}" need a table of events.`,
      'Set "table.rows" to events, or "trials.from" to volumes or blocks.',
    )
  if (table.rows === 'trials' && (recipe.confounds !== null || trials.highPassSeconds !== null))
    return bad(
      'A beta series has no time, so there is nothing to filter.',
      'Leave "confounds" and "highPassSeconds" out, or set "table.rows" to volumes or events.',
    )
  if (table.rows !== 'trials' && trials.centreRuns)
    return bad('Runs of a time series are centred anyway.', 'Leave "centreRuns" out; it is for beta series.')
  const tables = images.filter((image) => image.table !== undefined).length
  const lacking = images.find((image) => image.table === undefined)
  if (lacking !== undefined && (table.path === undefined || tables > 0))
    return {
      ...bad(
        table.rows === 'events' ? 'This run has no events.' : 'This image has no table.',
        'Give every image a "table" of its own, or none and one for all in "table.path".',
      ),
      where: `${folder}/${lacking.path}`,
    }
  if (table.path !== undefined && lacking === undefined)
    return bad('Every image has a table of its own, and "table.path" names another one.', 'Leave one of them out.')
  const unfiltered = images.find((image) => image.confounds === undefined)
  if (recipe.confounds !== null && unfiltered !== undefined)
    return {
      ...bad('This image has no confounds, although some are to be removed.', 'Give its "confounds", or none at all.'),
      where: `${folder}/${unfiltered.path}`,
    }
  if (table.rows === 'events' && images.length > 1 && table.path !== undefined && table.columns.run === undefined)
    return bad(
      'One events table for several images needs a column that says the run.',
      'Give "columns.run", or every image a "table" of its own.',
    )
  const twice = images.find((image, at) => images.slice(0, at).some((other) => isSameArray(folder, image, other)))
  if (twice !== undefined)
    return {
      ...bad(
        'This image is in the recipe twice, so its trials could train and be tested at once.',
        'Leave it out once, or correct the path.',
      ),
      where: recipePath(folder, twice.path),
    }
  return null
}

type Image = Recipe['images'][number]

function isSameArray(folder: string, a: Image, b: Image): boolean {
  return recipePath(folder, a.path) === recipePath(folder, b.path) && a.dataset === b.dataset
}

/** Throws BAD_RECIPE. */
export function checkRecipe(recipe: Recipe, folder: string): void {
  const problem = firstProblem(recipe, folder)
  if (problem !== null) throw new ProblemError(problem)
}
