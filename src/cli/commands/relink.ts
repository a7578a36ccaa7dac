/** Input files that are not where they were: which, and a search for them by content. */
import type { InputFile, Relinked } from '../../core/contract/inputs.ts'
import { describeProblem } from '../../core/problem.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Session } from '../session.ts'
import { projectFlag } from './shared.ts'

const away = (inputs: readonly InputFile[]) => inputs.filter(({ state }) => state !== 'there')

function inputsText(inputs: readonly InputFile[]): string {
  if (inputs.length === 0) return 'Nothing in this project was imported from files.'
  const missing = away(inputs)
  if (missing.length === 0) return `All ${inputs.length} input files are at their places.`
  return [
    `${missing.length} of ${inputs.length} input files are not at their places:`,
    ...missing.map(({ subject, path, state, at }) => `  ${subject}  ${path}  ${state}: ${at}`),
  ].join('\n')
}

function relinkedText({ inputs, found, refused, searched }: Relinked): string {
  return [
    `Looked at ${searched} files.`,
    ...found.map(({ path, at }) => `  found ${path}: ${at}`),
    ...refused.map((problem) => `  refused: ${describeProblem(problem)}`),
    inputsText(inputs),
  ].join('\n')
}

export const relink: Command = {
  name: 'relink',
  summary:
    'Says which input files of a project are not where they were, and looks for them in a folder by their content.',
  words: [],
  flags: {
    project: projectFlag,
    in: { value: 'DIR', help: 'folder to look in, with everything below it; without it only what is missing is said' },
  },
  async run(given, terminal) {
    const folder = given.maybe('in')
    const session = new Session(terminal, [given.text('project'), ...(folder === undefined ? [] : [folder])])
    try {
      const project = await session.open(given.text('project'))
      const ids = { project: project.id }
      if (folder === undefined) {
        const inputs = await session.client.data.inputs(ids)
        return { json: { inputs }, text: inputsText(inputs) }
      }
      const relinked = await session.client.data.relink({ ...ids, folder: session.place(folder) })
      const left = away(relinked.inputs).length > 0
      return { json: relinked, text: relinkedText(relinked), ...(left ? { exit: exitCodes.badInput } : {}) }
    } finally {
      await session.close()
    }
  },
}
