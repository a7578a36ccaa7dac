/** How volumes become trials under a recipe, in words, in the order in which it is done. */
import type { TrialSettings } from '../../core/contract/trials.ts'
import { cosineCount } from '../../core/data/drift.ts'
import type { Survey } from './survey.ts'

function drift(survey: Survey): string {
  const { detrend, highPassSeconds } = survey.recipe.trials
  const { confounds } = survey.recipe
  const parts = [
    ...(detrend ? ['a straight line'] : []),
    ...(highPassSeconds === null ? [] : [`cosines slower than ${highPassSeconds} s (${cosines(survey)} per run)`]),
    ...(confounds === null || confounds.presets.length + confounds.columns.length === 0
      ? []
      : [`the confounds ${[...confounds.presets, ...confounds.columns].join(', ')}`]),
  ]
  if (parts.length === 0) return 'Each run in percent of its mean over all volumes; no drift is removed.'
  return `Each run in percent of its mean over all volumes, without ${parts.join(' and ')}${parts.length > 1 ? ', removed in one step' : ''}.`
}

function cosines(survey: Survey): string {
  const cutoff = survey.recipe.trials.highPassSeconds!
  const counts = survey.runs.map((run) =>
    run.repetitionSeconds === null ? 0 : cosineCount(run.volumes, run.repetitionSeconds, cutoff),
  )
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most ? `${least}` : `${least} to ${most}`
}

const others: Readonly<Record<TrialSettings['otherTrials'], string>> = {
  together: 'all other trials as one regressor; no label enters.',
  'one-each': 'a regressor for every other trial; no label enters.',
  'by-label': 'the other trials as one regressor per label. Labels enter the model, those of held-out runs too.',
}

function trial(survey: Survey): string {
  const { trials, timing, table } = survey.recipe
  const join =
    table.joinSeconds === null ? '' : ` Events of one label with gaps of at most ${table.joinSeconds} s are one trial.`
  const offset = timing.startSeconds === 0 ? '' : ` The first volume stands for ${timing.startSeconds} s.`
  const nuisance =
    table.nuisanceLabels.length === 0 ? '' : ` ${table.nuisanceLabels.join(', ')}: in the model, but no trials.`
  switch (trials.from) {
    case 'blocks':
      return `Trials: mean of each block of equal labels, labels delayed by ${trials.delayVolumes} volumes.`
    case 'volumes':
      return `Trials: single volumes, labels delayed by ${trials.delayVolumes} volumes.`
    case 'event-volume':
      return `Trials: the volume nearest to ${trials.delaySeconds} s after each onset.${join}${offset}`
    case 'event-window':
      return `Trials: mean of the volumes from ${trials.windowSeconds[0]} to ${trials.windowSeconds[1]} s after each onset.${join}${offset}`
    case 'event-glm':
      return `Trials: height of the canonical response (SPM's double gamma), one model per trial with ${others[trials.otherTrials]}${nuisance}${join}${offset}`
    default:
      return trials.from satisfies never
  }
}

/** Sentences for preview, decisions and sidecar. */
export function describeTrials(survey: Survey): string[] {
  if (survey.recipe.table.rows === 'trials')
    return survey.recipe.trials.centreRuns
      ? ['One trial per volume, values as in the file less the mean over all trials of the run.']
      : ['One trial per volume, values as in the file.']
  const repetitions = [
    ...new Set(survey.runs.map((run) => run.repetitionSeconds).filter((seconds) => seconds !== null)),
  ]
  const times =
    repetitions.length === 0 ? [] : [`Repetition time: ${repetitions.map((s) => +s.toFixed(6)).join(', ')} s.`]
  return [...times, drift(survey), trial(survey)]
}
