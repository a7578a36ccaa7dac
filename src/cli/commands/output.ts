/** What leaves a project: masks as NIfTI, and the report of a subject. */
import type { Command } from '../command.ts'
import { pick, Session } from '../session.ts'
import { needPath, projectFlag, subjectFlag } from './shared.ts'

interface Written {
  readonly folder: string
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
}

function writtenText({ folder, files }: Written): string {
  return [`Written to ${folder}:`, ...files.map(({ name, bytes }) => `  ${name}  ${bytes} bytes`)].join('\n')
}

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes a mask as NIfTI with its weights and provenance.',
  words: [],
  flags: {
    project: projectFlag,
    mask: { value: 'ID', help: 'name or id of the mask', required: true },
    out: { value: 'DIR', help: 'folder for the files; made if it is missing', required: true },
    'even-if-rejected': { help: 'also a mask that was rejected; its sidecar says so' },
    'crop-grid': { help: 'also on the grid of the crop that the subject was imported with' },
  },
  async run(given, terminal) {
    const session = new Session(terminal, [given.text('project'), given.text('out')])
    try {
      const project = await session.open(given.text('project'))
      const masks = await session.client.results.masks({ project: project.id })
      const mask = pick('mask', given.text('mask'), masks)
      const written = await session.client.results.exportMask({
        project: project.id,
        mask: mask.id,
        folder: session.place(given.text('out')),
        evenIfRejected: given.isOn('even-if-rejected'),
        cropGrid: given.isOn('crop-grid'),
      })
      return { json: written, text: writtenText(written) }
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
  },
  async run(given, terminal) {
    const file = needPath(given, 'out', '.html')
    const session = new Session(terminal, [given.text('project'), file])
    try {
      const project = await session.open(given.text('project'))
      const subject = await session.subject(project, given.text('subject'))
      const written = await session.client.results.report({
        project: project.id,
        subject: subject.id,
        file: session.place(file),
      })
      return { json: written, text: writtenText(written) }
    } finally {
      await session.close()
    }
  },
}
