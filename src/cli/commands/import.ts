/** Files into a project, as a recipe says; with --dry-run only what would happen. */
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Preview, Project } from '../../core/contract/contract.ts'
import { describeProblem, ProblemError } from '../../core/problem.ts'
import { problemOf } from '../../core/transport/client.ts'
import { saveRecipe } from '../../engine/import/save-recipe.ts'
import { saveUnmatched } from '../../engine/import/save-unmatched.ts'
import { type Command, UsageError } from '../command.ts'
import { NewProject } from '../new-project.ts'
import { Session } from '../session.ts'
import { previewText } from './preview-text.ts'

export const importCommand: Command = {
  name: 'import',
  summary:
    'Imports a subject from a recipe file, a folder that holds recipe.json, a BIDS dataset, or an image with its table beside it.',
  words: ['PATH'],
  flags: {
    project: { value: 'DIR', help: 'the project’s folder; made if it is missing (needed, except with --dry-run)' },
    subject: { value: 'NAME', help: 'name of the subject, letters and digits; of a BIDS dataset, which subject' },
    choose: {
      value: 'QUESTION=ANSWER',
      help: 'takes a choice that --dry-run shows; may be given again',
      multiple: true,
    },
    save: { value: 'FILE', help: 'writes the recipe, with every choice in it, to a new file, if nothing stops it' },
    unmatched: { value: 'FILE', help: 'writes every volume, row and picture that belongs to nothing to a new table' },
    'dry-run': { help: 'shows what would be imported and changes nothing' },
  },
  async run(given, terminal) {
    const path = given.words[0]!
    const dryRun = given.isOn('dry-run')
    const folder = dryRun ? (given.maybe('project') ?? path) : given.text('project')
    const subject = given.maybe('subject')?.replace(/^sub-/, '')
    if (subject !== undefined && !/^[A-Za-z0-9]+$/.test(subject))
      throw new UsageError(`--subject ${subject} holds more than letters and digits.`)
    const session = new Session(terminal, [path, folder])
    const made = new NewProject(folder)
    let comesToNothing = false
    try {
      const place = session.place(path)
      const answers = { ...answersOf(given.many('choose')), ...(subject === undefined ? {} : { subject }) }
      const proposed = await session.client.data.preview({ place, answers })
      const recipe = subject === undefined ? proposed.recipe : { ...proposed.recipe, subject }
      const preview = { ...proposed.preview, subject: recipe.subject }
      const stop = preview.problems.find(({ level }) => level !== 'note')
      const recipeFolder = async () => ((await stat(path)).isDirectory() ? path : dirname(path))
      const file = given.maybe('save')
      if (file !== undefined && stop === undefined) await saveRecipe(recipe, await recipeFolder(), file)
      const list = given.maybe('unmatched')
      if (list !== undefined && preview.pairing !== undefined) {
        const saved = await saveUnmatched(recipe, await recipeFolder(), list)
        terminal.say(`${saved.rows} rows that belong to nothing: ${saved.file}`)
      }
      if (dryRun) {
        if (stop !== undefined && !terminal.json) terminal.answer(previewText(preview))
        if (stop !== undefined) throw stopped(stop)
        return { json: { recipe, preview }, text: previewText(preview) }
      }
      if (stop !== undefined) throw stopped(stop)
      for (const { problem } of preview.problems) terminal.say(describeProblem(problem))
      // A mistake of the program keeps its log; everything else leaves no project that this command would have made.
      comesToNothing = made.isNew
      if (made.isNew) session.onForcedEnd(() => made.remove())
      const project = await session.openOrCreate(folder)
      await refuseSecond(session, project, recipe.subject)
      const run = await session.follow(
        project,
        await session.client.data.import({ project: project.id, place, recipe }),
      )
      comesToNothing = false
      session.onForcedEnd(() => {})
      const subjects = await session.client.data.subjects({ project: project.id })
      const imported = subjects.filter(({ name }) => name === `sub-${recipe.subject}`).at(-1)
      if (imported === undefined) throw new Error('an import that is done leaves a subject')
      return {
        json: { run: run.name, subject: imported },
        text: `${imported.name}: ${imported.voxels} voxels, ${imported.trainTrials} training and ${imported.testTrials} test trials, ${imported.items} ${imported.targets}.`,
      }
    } catch (error) {
      if (problemOf(error).code === 'INTERNAL') comesToNothing = false
      if (comesToNothing) await session.forgetProjects()
      throw error
    } finally {
      await session.close()
      if (comesToNothing) made.remove()
    }
  },
}

/** The problem, with the choices that would let the import go on. */
function stopped({ problem, choices = [] }: Preview['problems'][number]): ProblemError {
  if (choices.length === 0) return new ProblemError(problem)
  const ways = choices.map(({ question, answer }) => `--choose ${question}=${answer}`).join(' or ')
  return new ProblemError({ ...problem, fix: [problem.fix, `Here: ${ways}.`].filter(Boolean).join(' ') })
}

function answersOf(choices: readonly string[]): Record<string, string> {
  const answers: Record<string, string> = {}
  for (const choice of choices) {
    const at = choice.indexOf('=')
    if (at < 1) throw new UsageError(`--choose ${choice} is not QUESTION=ANSWER.`)
    answers[choice.slice(0, at)] = choice.slice(at + 1)
  }
  return answers
}

/** Nothing is overwritten, and two subjects of one name could not be told apart. */
async function refuseSecond(session: Session, project: Project, name: string): Promise<void> {
  const subjects = await session.client.data.subjects({ project: project.id })
  if (!subjects.some((subject) => subject.name === `sub-${name}`)) return
  throw new ProblemError({
    code: 'ALREADY_EXISTS',
    message: `This project has a subject sub-${name} already.`,
    where: project.folder,
    fix: 'Choose another name with --subject, or another project.',
  })
}
