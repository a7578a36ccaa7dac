/**
 * From a BIDS dataset to a complete recipe for one subject. Where the dataset leaves a choice (subject, task, space, …) it is a
 * question, and the proposal goes on with the first answer so that the rest can be seen; it cannot be imported before the
 * question is answered. Runs that lack a file are named.
 */
import type { Preview } from '../../../core/contract/contract.ts'
import { type Recipe, recipeSchema } from '../../../core/contract/recipe.ts'
import { confoundPresets } from '../../../core/contract/trials.ts'
import { chosenColumns } from '../../../core/data/confounds.ts'
import { ProblemError } from '../../../core/problem.ts'
import { readTextTable } from '../table-text.ts'
import { type BidsDataset, type MayRead, openDataset } from './dataset.ts'
import { compareLabels } from './names.ts'
import { Questions } from './questions.ts'
import { type BidsRun, runsOfSubject } from './runs.ts'
import { proposePictures } from './stimuli.ts'

export interface Proposal {
  readonly recipe: Recipe
  readonly problems: Preview['problems']
  readonly subjects: readonly string[]
  /** Questions that were looked at, answered or not. */
  readonly questions: ReadonlySet<string>
}

/** NOT_FOUND, BAD_FILE or BAD_PARAMETER as ProblemError where no recipe can be proposed at all. */
export async function proposeRecipe(
  root: string,
  answers: Readonly<Record<string, string>>,
  mayRead: MayRead,
): Promise<Proposal> {
  const dataset = await openDataset(root, mayRead)
  return new Proposer(dataset, new Questions(answers, root)).propose()
}

class Proposer {
  readonly #dataset: BidsDataset
  readonly #questions: Questions

  constructor(dataset: BidsDataset, questions: Questions) {
    this.#dataset = dataset
    this.#questions = questions
  }

  async propose(): Promise<Proposal> {
    const { root, subjects } = this.#dataset
    this.#participants()
    const subject = this.#questions.ask(
      'subject',
      subjects,
      (label) => `sub-${label}`,
      'The dataset holds several subjects.',
    )
    const found = await runsOfSubject(this.#dataset, subject)
    if (found.runs.length === 0)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `sub-${subject} has no BOLD image.`,
        where: `${root}/sub-${subject}`,
        expected: 'files named …_bold.nii.gz in func/',
        fix: 'Choose another subject.',
      })
    let runs = this.#inOneSpace(this.#withTask(found.runs))
    for (const entity of ['acq', 'rec', 'echo', 'ce'] as const) {
      const values = labelsOf(runs, entity)
      if (values.length < 2) continue
      const said = (value: string) => (value === '' ? `no ${entity}-` : `${entity}-${value}`)
      const names = values.map((value) => value || 'none')
      const chosen = this.#questions.ask(
        entity,
        names,
        (name) => said(name === 'none' ? '' : name),
        `Images differ in ${entity}-.`,
      )
      runs = runs.filter((run) => (run.image.entities[entity] ?? 'none') === chosen)
    }
    this.#missing(runs, found.eventsAlone)
    const complete = runs.filter((run) => run.events !== null)
    if (complete.length === 0)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `No run of sub-${subject} has events.`,
        where: `${root}/${runs[0]!.image.folder}`,
        expected: 'files named …_events.tsv beside the images or above them',
        fix: 'Add them, or choose another task.',
      })
    const shown = await proposePictures(this.#dataset, this.#questions, complete)
    const recipe = recipeSchema.parse({
      version: 1,
      subject: subject.replaceAll('+', ''),
      description: this.#describe(complete),
      images: this.#images(complete),
      table: {
        separator: 'tab',
        header: true,
        columns: {
          ...(shown === null ? { label: await this.#label(complete) } : { picture: shown.column }),
          ...(shown?.hasLabels ? { label: 'trial_type' } : {}),
        },
        rows: 'events',
      },
      ...(shown === null ? {} : { pictures: shown.pictures }),
      trials: { from: this.#trials(), detrend: false, highPassSeconds: 128 },
      timing: this.#timing(complete),
      confounds: await this.#confounds(complete),
      split: shown?.split ?? { rule: 'leave-one-run-out' },
    })
    return { recipe, problems: this.#questions.problems, subjects, questions: this.#questions.asked }
  }

  #participants(): void {
    const { participants, subjects, root } = this.#dataset
    if (participants === null) return
    const where = `${root}/participants.tsv`
    const listed = participants.filter((label) => !subjects.includes(label))
    const unlisted = subjects.filter((label) => !participants.includes(label))
    if (listed.length > 0)
      this.#questions.note({ code: 'NOT_FOUND', message: `Listed, but without a folder: ${listed.join(', ')}.`, where })
    if (unlisted.length > 0)
      this.#questions.note({
        code: 'NOT_FOUND',
        message: `With a folder, but not listed: ${unlisted.join(', ')}.`,
        where,
      })
  }

  /** Runs of one task; tasks without any events (rest) are no choice where others have some. */
  #withTask(runs: readonly BidsRun[]): BidsRun[] {
    const tasks = labelsOf(runs, 'task')
    const withEvents = tasks.filter((task) =>
      runs.some((run) => run.events !== null && run.image.entities.task === task),
    )
    const without = tasks.filter((task) => !withEvents.includes(task))
    if (withEvents.length > 0 && without.length > 0)
      this.#questions.note({
        code: 'NOT_FOUND',
        message: `No events for task ${without.join(', ')}; it cannot be used.`,
      })
    const choices = withEvents.length > 0 ? withEvents : tasks
    const task = this.#questions.ask('task', choices, (label) => `task-${label}`, 'The subject did several tasks.')
    return runs.filter((run) => (run.image.entities.task ?? '') === task)
  }

  /** Preprocessed images where there are any; raw ones stay a choice. */
  #inOneSpace(runs: readonly BidsRun[]): BidsRun[] {
    const spaces = [...new Set(runs.map((run) => run.space))].sort(compareLabels)
    const prepared = spaces.filter((space) => space !== 'raw')
    const said = (space: string) =>
      space === 'raw' ? 'the raw images, not preprocessed' : `preprocessed images in ${space}`
    if (prepared.length === 1 && this.#questions.answer('space') === undefined) {
      const choices = spaces.includes('raw')
        ? [{ question: 'space', answer: 'raw', text: `Use ${said('raw')}.` }]
        : undefined
      this.#questions.note({ code: 'BAD_PARAMETER', message: `Using ${said(prepared[0]!)}.` }, choices)
      return runs.filter((run) => run.space === prepared[0])
    }
    const order = [...prepared, ...(spaces.includes('raw') ? ['raw'] : [])]
    const space = this.#questions.ask('space', order, said, 'The images are there in several spaces.')
    if (space === 'raw')
      this.#questions.note({
        code: 'BAD_FILE',
        message: 'These are raw images: motion is not corrected, and runs may not lie on each other.',
        fix: 'Preprocess them (for example with fMRIPrep) for results to rely on.',
      })
    return runs.filter((run) => run.space === space)
  }

  #missing(runs: readonly BidsRun[], eventsAlone: readonly string[]): void {
    const { root } = this.#dataset
    const list = (what: string, paths: readonly string[], fix: string) => {
      if (paths.length === 0) return
      const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1))
      this.#questions.note({
        code: 'NOT_FOUND',
        message: `${what}: ${names.join(', ')}.`,
        where: `${root}/${paths[0]}`,
        count: paths.length,
        fix,
      })
    }
    const lacking = (key: 'events' | 'confounds' | 'brainMask') =>
      runs.filter((run) => run[key] === null).map((run) => run.image.path)
    list('Runs without events, left out', lacking('events'), 'Add the events if the run is to be used.')
    list('Events without an image, left out', eventsAlone, 'Fetch the images if these runs are to be used.')
    if (runs.some((run) => run.space !== 'raw')) {
      list('Runs without confounds', lacking('confounds'), 'Without them in every run, no confounds are removed.')
      list('Runs without a brain mask', lacking('brainMask'), 'The masks of the other runs count.')
    }
  }

  #images(runs: readonly BidsRun[]): unknown[] {
    const { run, session } = numbering(runs)
    return runs.map((entry, at) => ({
      path: entry.image.path,
      run: run[at],
      ...(session === null ? {} : { session: session[at] }),
      table: entry.events,
      ...(entry.confounds === null ? {} : { confounds: entry.confounds }),
      ...(entry.brainMask === null ? {} : { brainMask: entry.brainMask }),
    }))
  }

  #describe(runs: readonly BidsRun[]): string {
    const { run } = numbering(runs)
    const named = runs.map(({ image: { entities } }, at) => {
      const parts = ['ses', 'run', 'dir'].flatMap((name) =>
        entities[name] === undefined ? [] : [`${name}-${entities[name]}`],
      )
      return `${run[at]} = ${parts.join(' ') || 'the only run'}`
    })
    const { task = '' } = runs[0]!.image.entities
    return `BIDS dataset ${JSON.stringify(this.#dataset.name)}, task ${task}, ${runs[0]!.space}. Runs: ${named.join(', ')}.`.slice(
      0,
      2000,
    )
  }

  #timing(runs: readonly BidsRun[]): Partial<Recipe['timing']> {
    const repetitions = [...new Set(runs.map((run) => run.repetitionSeconds))]
    const starts = [...new Set(runs.map((run) => run.startSeconds))]
    if (repetitions.length > 1 || starts.length > 1)
      this.#questions.note({
        code: 'LENGTH_MISMATCH',
        message: `The sidecars give several repetition or start times (${repetitions.join(', ')} s; ${starts.join(', ')} s); the headers' repetition times and the first start time are used.`,
        where: `${this.#dataset.root}/${runs[0]!.image.folder}`,
        fix: 'Check the sidecars; if they are right, import runs of one kind only.',
      })
    return {
      ...(repetitions.length === 1 && repetitions[0] !== null ? { repetitionSeconds: repetitions[0]! } : {}),
      startSeconds: starts[0]!,
    }
  }

  #trials(): Recipe['trials']['from'] {
    const ways = {
      glm: ['event-glm', 'the height of a fitted response model, one model per trial'],
      window: ['event-window', 'the mean of the volumes 4 to 8 s after the onset'],
      volume: ['event-volume', 'the volume nearest to 5 s after the onset'],
    } as const
    const names = ['glm', 'window', 'volume'] as const
    const text = (name: (typeof names)[number]) => `A trial is ${ways[name][1]}.`
    const answer = this.#questions.answer('trials')
    if (answer !== undefined) return ways[this.#questions.ask('trials', names, (name) => name, '')][0]
    this.#questions.note(
      { code: 'BAD_PARAMETER', message: text('glm') },
      names.map((name) => ({ question: 'trials', answer: name, text: text(name) })),
    )
    return ways.glm[0]
  }

  /** trial_type, or a question over the columns that hold words. */
  async #label(runs: readonly BidsRun[]): Promise<string> {
    const { header, rows } = await readTextTable(
      `${this.#dataset.root}/${runs[0]!.events}`,
      'tab',
      true,
      'events table',
    )
    const names = (header ?? []).map((name) => name.trim())
    if (this.#questions.answer('label') === undefined && (names.includes('trial_type') || !names.includes('onset')))
      return 'trial_type'
    const words = names.filter(
      (name, at) =>
        name !== 'onset' && name !== 'duration' && rows.some(({ cells }) => !Number.isFinite(Number(cells[at] ?? '0'))),
    )
    if (words.length === 0) return 'trial_type'
    return this.#questions.ask('label', words, (name) => `column ${name}`, 'The events have no column trial_type.')
  }

  async #confounds(runs: readonly BidsRun[]): Promise<Recipe['confounds']> {
    if (runs.some((run) => run.confounds === null)) return null
    const path = `${this.#dataset.root}/${runs[0]!.confounds}`
    if (!this.#dataset.mayRead(path)) return null
    const { header } = await readTextTable(path, 'tab', true, 'confounds table')
    const possible = confoundPresets.filter(
      (preset) => chosenColumns({ presets: [preset], columns: [] }, header ?? []).missing.length === 0,
    )
    const answers = [...possible, 'none' as const]
    if (this.#questions.answer('confounds') === undefined && possible.includes('motion-6')) {
      this.#questions.note(
        { code: 'BAD_PARAMETER', message: 'The six motion parameters are removed (motion-6).' },
        answers.map((answer) => ({ question: 'confounds', answer, text: confoundText(answer) })),
      )
      return { presets: ['motion-6'], columns: [] }
    }
    const chosen = this.#questions.ask('confounds', answers, confoundText, 'Which confounds should be removed?')
    return chosen === 'none' ? null : { presets: [chosen], columns: [] }
  }
}

function confoundText(preset: string): string {
  if (preset === 'motion-6') return 'Remove the six motion parameters.'
  if (preset === 'motion-24') return 'Remove motion, its derivatives, and the squares of both (24 columns).'
  return preset === 'none' ? 'Remove no confounds.' : 'Remove five aCompCor components with fMRIPrep’s cosines.'
}

function labelsOf(runs: readonly BidsRun[], entity: string): string[] {
  return [...new Set(runs.map((run) => run.image.entities[entity] ?? ''))].sort(compareLabels)
}

/** Runs get their own numbers where these are unique, else 1, 2, …; sessions likewise, or none where there is only one. */
function numbering(runs: readonly BidsRun[]): { run: number[]; session: number[] | null } {
  const own = runs.map((run) => Number(run.image.entities.run ?? Number.NaN))
  const unique = own.every(Number.isInteger) && new Set(own).size === runs.length
  const sessions = labelsOf(runs, 'ses')
  const numbers = sessions.map(Number)
  const numeric =
    sessions.every((label) => label !== '') &&
    numbers.every(Number.isInteger) &&
    new Set(numbers).size === numbers.length
  return {
    run: unique ? own : runs.map((_, at) => at + 1),
    session:
      sessions.length < 2
        ? null
        : runs.map((run) => {
            const at = sessions.indexOf(run.image.entities.ses ?? '')
            return numeric ? numbers[at]! : at + 1
          }),
  }
}
