/** Files into a project, as a recipe says; with --dry-run only what would happen. */
import type { Preview, Project } from '../../core/contract/contract.ts'
import { describeProblem, ProblemError } from '../../core/problem.ts'
import { type Command, UsageError } from '../command.ts'
import { Session } from '../session.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'Imports a subject from a recipe file, or from a folder that holds recipe.json.',
  words: ['PATH'],
  flags: {
    project: { value: 'DIR', help: 'the project’s folder; made if it is missing', required: true },
    subject: { value: 'NAME', help: 'name of the subject, letters and digits; the recipe’s without it' },
    'dry-run': { help: 'shows what would be imported and changes nothing' },
  },
  async run(given, terminal) {
    const path = given.words[0]!
    const folder = given.text('project')
    const subject = given.maybe('subject')?.replace(/^sub-/, '')
    if (subject !== undefined && !/^[A-Za-z0-9]+$/.test(subject))
      throw new UsageError(`--subject ${subject} holds more than letters and digits.`)
    const session = new Session(terminal, [path, folder])
    try {
      const place = session.place(path)
      const proposed = await session.client.data.preview({ place })
      const recipe = subject === undefined ? proposed.recipe : { ...proposed.recipe, subject }
      const { preview } = await session.client.data.preview({ place, recipe })
      if (given.isOn('dry-run')) {
        const stop = preview.problems.find(({ level }) => level !== 'note')
        if (stop !== undefined && !terminal.json) terminal.answer(previewText(preview))
        if (stop !== undefined) throw new ProblemError(stop.problem)
        return { json: { recipe, preview }, text: previewText(preview) }
      }
      const stop = preview.problems.find(({ level }) => level !== 'note')
      if (stop !== undefined) throw new ProblemError(stop.problem)
      for (const { problem } of preview.problems) terminal.say(describeProblem(problem))
      const project = await session.openOrCreate(folder)
      await refuseSecond(session, project, recipe.subject)
      const run = await session.follow(
        project,
        await session.client.data.import({ project: project.id, place, recipe }),
      )
      const subjects = await session.client.data.subjects({ project: project.id })
      const imported = subjects.filter(({ name }) => name === `sub-${recipe.subject}`).at(-1)
      if (imported === undefined) throw new Error('an import that is done leaves a subject')
      return {
        json: { run: run.name, subject: imported },
        text: `${imported.name}: ${imported.voxels} voxels, ${imported.trainTrials} training and ${imported.testTrials} test trials, ${imported.items} ${imported.targets}.`,
      }
    } finally {
      await session.close()
    }
  },
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

function previewText(preview: Preview): string {
  const { problems, images } = preview
  return [
    `Subject ${preview.subject}`,
    ...images.map(
      (image) =>
        `${image.path}: ${image.shape.join(' × ')} ${image.dtype}, ${image.voxelMillimetres.map((size) => +size.toFixed(3)).join(' × ')} mm, ${image.orientation}`,
    ),
    `${preview.volumes} volumes, ${preview.trials} trials, ${preview.folds} folds`,
    `${preview.voxels} voxels${preview.annotatedVoxels === null ? '' : `, ${preview.annotatedVoxels} annotated`}`,
    `Labels: ${Object.entries(preview.perLabel)
      .map(([label, count]) => `${label} ${count}`)
      .join(', ')}`,
    `Needs ${(preview.memoryBytes / 2 ** 20).toFixed(1)} MB of memory and ${(preview.diskBytes / 2 ** 20).toFixed(1)} MB on disk`,
    ...problems.map(({ level, problem }) => `${level}: ${describeProblem(problem)}`),
  ].join('\n')
}
