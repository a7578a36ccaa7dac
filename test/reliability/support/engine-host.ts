/**
 * An engine in a process of its own, to be killed or starved: opens the project `project` in a folder, starts or resumes what it is
 * told, and reports every batch of numbers that it passed on. Arguments: folder, then a request as JSON or "resume ID".
 */

import { join } from 'node:path'
import { ProblemError } from '../../../src/core/problem.ts'
import { Engine } from '../../../src/engine/engine.ts'
import { Places } from '../../../src/engine/places.ts'

const [folder, task] = [process.argv[2]!, process.argv[3]!]
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)
try {
  const root = { name: 'workspace', label: 'Workspace', folder, writable: true, everyName: true }
  const engine = new Engine({ places: new Places([root]), userData: join(folder, 'user data'), threads: 1 })
  const project = await engine.open(join(folder, 'project'))
  const id = task.startsWith('resume ')
    ? (await project.queue.resume(task.slice('resume '.length))).id
    : (await engine.start(project, JSON.parse(task))).id
  say({ run: id })
  for await (const { seq, points, run } of project.queue.watch(id, 0))
    say({ seq, points: points.length, status: run.status })
  say({ end: await project.queue.describe(id) })
  await engine.close()
} catch (error) {
  if (!(error instanceof ProblemError)) throw error
  say({ problem: error.problem })
}
