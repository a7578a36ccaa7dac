/** The runs of a project: what there is, going on with one, ending the jobs of one. */
import type { Run } from '../../core/contract/run.ts'
import { describeProblem } from '../../core/problem.ts'
import { type Command, UsageError } from '../command.ts'
import { pick, Session } from '../session.ts'
import { goOn } from './on-slurm.ts'
import { projectFlag } from './shared.ts'

export const runs: Command = {
  name: 'runs',
  summary: 'Lists the runs of a project; resumes or cancels one, such as an experiment on Slurm that nobody waits for.',
  words: [],
  flags: {
    project: projectFlag,
    resume: { value: 'NAME', help: 'goes on with this run and waits for it' },
    cancel: { value: 'NAME', help: 'ends this run and its Slurm jobs; what was reached is kept' },
  },
  async run(given, terminal) {
    const [resume, cancel] = [given.maybe('resume'), given.maybe('cancel')]
    if (resume !== undefined && cancel !== undefined) throw new UsageError('--resume and --cancel are two things.')
    const session = new Session(terminal, [given.text('project')])
    try {
      const project = await session.open(given.text('project'))
      const ids = { project: project.id }
      const all = await session.client.runs.list(ids)
      if (cancel !== undefined) {
        const run = await session.client.runs.cancel({ ...ids, run: pick('run', cancel, all).id })
        return { json: { runs: [run] }, text: lineOf(run) }
      }
      if (resume !== undefined) {
        const run = pick('run', resume, all)
        if (run.request.kind === 'experiment' && run.request.slurm !== undefined)
          return await goOn(session, terminal, project, run)
        const going = run.status === 'queued' ? run : await session.client.runs.resume({ ...ids, run: run.id })
        const done = await session.follow(project, going)
        return { json: { runs: [done] }, text: lineOf(done) }
      }
      return { json: { runs: all }, text: all.length === 0 ? 'No runs yet.' : all.map(lineOf).join('\n') }
    } finally {
      await session.close()
    }
  },
}

function lineOf({ name, kind, status, device, problem }: Run): string {
  const where = device === null ? '' : `  ${device}`
  return `${name.padEnd(7)} ${kind.padEnd(10)} ${status.padEnd(11)}${where}${problem === null ? '' : `  ${describeProblem(problem)}`}`
}
