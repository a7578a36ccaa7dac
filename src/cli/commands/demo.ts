/** The simulated cohort with every condition. The results stay in a project, so an interrupted demo can go on. */
import { cohortSizes, type Run } from '../../core/contract/run.ts'
import type { Command } from '../command.ts'
import { NewProject } from '../new-project.ts'
import { Session } from '../session.ts'
import { backendFlag, seedsFlag, seedsOf, tableText } from './shared.ts'

const goesOn: readonly Run['status'][] = ['interrupted', 'cancelled', 'failed', 'queued', 'paused']

export const demo: Command = {
  name: 'demo',
  summary: 'Finds masks in simulated subjects with known true voxels and compares them with every control.',
  words: [],
  flags: {
    size: { value: 'SIZE', help: 'small, medium or full; small without it (tiny only shows that it works)' },
    seeds: seedsFlag,
    backend: backendFlag,
    out: { value: 'DIR', help: 'project for the results; ./troi-demo without it. An interrupted demo there goes on' },
  },
  async run(given, terminal) {
    const size = given.choice('size', cohortSizes, 'small')
    const seeds = seedsOf(given)
    const folder = given.maybe('out') ?? 'troi-demo'
    const session = new Session(terminal, [folder])
    const made = new NewProject(folder)
    let comesToNothing = false
    try {
      const project = await session.openOrCreate(folder)
      const earlier = (await session.client.runs.list({ project: project.id })).filter(
        ({ request, status }) =>
          request.kind === 'demo' &&
          request.size === size &&
          request.seeds.join() === seeds.join() &&
          goesOn.includes(status),
      )
      const unfinished = earlier.at(-1)
      let run: Run
      if (unfinished === undefined) {
        // A demo that the disk cannot keep is refused before anything is done; it leaves no empty project.
        const begun = await session.client.runs
          .start({ project: project.id, request: { kind: 'demo', size, seeds } })
          .catch((error: unknown) => {
            comesToNothing = made.isNew
            throw error
          })
        run = await session.follow(project, begun)
      } else {
        terminal.say(`${unfinished.name} in ${project.folder} goes on from where it was ${unfinished.status}.`)
        const ids = { project: project.id, run: unfinished.id }
        run = await session.follow(
          project,
          unfinished.status === 'queued' ? unfinished : await session.client.runs.resume(ids),
        )
      }
      const table = await session.client.runs.table({ project: project.id, run: run.id })
      if (table === null) throw new Error('a demo that is done has a table')
      return { json: table, text: `${tableText(table)}\n\nThe project is ${project.folder}.` }
    } finally {
      if (comesToNothing) await session.forgetProjects()
      await session.close()
      if (comesToNothing) made.remove()
    }
  },
}
