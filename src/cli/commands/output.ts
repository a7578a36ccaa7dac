/** What leaves a project: masks as NIfTI, and the report of a subject. */
import type { MaskExport } from '../../core/contract/result.ts'
import { describeProblem, ProblemError } from '../../core/problem.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { pick, Session } from '../session.ts'
import { needPath, projectFlag, subjectFlag } from './shared.ts'
import { atlasFlags, atlasOf, atlasPaths } from './statistics.ts'

interface Written {
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
}

function writtenText({ folder, files }: Written): string {
  return [`Written to ${folder}:`, ...files.map(({ name, bytes }) => `  ${name}  ${bytes} bytes`)].join('\n')
}

/** Several masks: one line each, and how many were left out. */
function batchText({ folder, masks }: { readonly folder: string; readonly masks: readonly MaskExport[] }): string {
  const failed = masks.filter(({ problem }) => problem !== null)
  return [
    `Written to ${folder}:`,
    ...masks.map(({ mask, name, files, problem }) =>
      problem === null
        ? `  ${name}  ${files.length} files`
        : `  ${name ?? mask}  not written: ${describeProblem(problem)}`,
    ),
    ...(failed.length === 0 ? [] : [`${failed.length} of ${masks.length} masks were not written.`]),
  ].join('\n')
}

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes masks as NIfTI with their maps, tables and provenance.',
  words: [],
  flags: {
    project: projectFlag,
    mask: { value: 'ID', help: 'name or id of the mask; several with commas, or all', required: true },
    out: { value: 'DIR', help: 'folder for the files; made if it is missing', required: true },
    'even-if-rejected': { help: 'also a mask that was rejected; its sidecar says so' },
    'crop-grid': { help: 'also on the grid of the crop that the subject was imported with' },
  },
  async run(given, terminal) {
    const names = given.list('mask')
    const session = new Session(terminal, [given.text('project'), given.text('out')])
    try {
      const project = await session.open(given.text('project'))
      const all = await session.client.results.masks({ project: project.id })
      const options = { evenIfRejected: given.isOn('even-if-rejected'), cropGrid: given.isOn('crop-grid') }
      const folder = session.place(given.text('out'))
      const everyMask = names.length === 1 && names[0] === 'all' && !all.some(({ name }) => name === 'all')
      if (!everyMask && names.length === 1) {
        const mask = pick('mask', names[0]!, all)
        const written = await session.client.results.exportMask({
          ...{ project: project.id, mask: mask.id, folder, ...options },
        })
        return { json: written, text: writtenText(written) }
      }
      const masks = everyMask ? all : names.map((name) => pick('mask', name, all))
      if (masks.length === 0)
        throw new ProblemError({
          code: 'NOT_FOUND',
          message: 'This project has no mask.',
          fix: 'Find one with troi mask.',
        })
      const ids = [...new Set(masks.map(({ id }) => id))]
      const written = await session.client.results.exportMasks({
        ...{ project: project.id, masks: ids, folder, ...options },
      })
      const failed = written.masks.some(({ problem }) => problem !== null)
      return { json: written, text: batchText(written), ...(failed ? { exit: exitCodes.badInput } : {}) }
    } finally {
      await session.close()
    }
  },
}

export const report: Command = {
  name: 'report',
  summary: 'Writes the report of a subject as one HTML file.',
  words: [],
  flags: {
    project: projectFlag,
    subject: subjectFlag,
    out: { value: 'FILE.html', help: 'the file', required: true },
    ...atlasFlags,
  },
  async run(given, terminal) {
    const file = needPath(given, 'out', '.html')
    const session = new Session(terminal, [given.text('project'), file, ...atlasPaths(given)])
    try {
      const project = await session.open(given.text('project'))
      const subject = await session.subject(project, given.text('subject'))
      const written = await session.client.results.report({
        project: project.id,
        subject: subject.id,
        file: session.place(file),
        ...atlasOf(given, session),
      })
      return { json: written, text: writtenText(written) }
    } finally {
      await session.close()
    }
  },
}
