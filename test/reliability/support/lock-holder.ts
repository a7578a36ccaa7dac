/** Opens a project, or creates it with the name given, says so, and holds it until its input ends or it is killed. */
import { ProblemError } from '../../../src/core/problem.ts'
import { ProjectStore } from '../../../src/engine/project/project-store.ts'

const [folder, name] = [process.argv[2]!, process.argv[3]]
try {
  const store = name === undefined ? await ProjectStore.open(folder) : await ProjectStore.create(folder, name)
  process.stdout.write(`open ${store.id}\n`)
  await new Promise((resolve) => process.stdin.on('end', resolve).resume())
  await store.close()
  process.stdout.write('closed\n')
} catch (error) {
  if (!(error instanceof ProblemError)) throw error
  process.stdout.write(`${JSON.stringify(error.problem)}\n`)
}
