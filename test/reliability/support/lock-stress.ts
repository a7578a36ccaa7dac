/** Takes and gives back a lock over and over, and counts how often somebody else was inside at the same time. */
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../../../src/core/problem.ts'
import { ProjectLock } from '../../../src/engine/project/project-lock.ts'

const [folder, rounds] = [process.argv[2]!, Number(process.argv[3])]
const inside = join(folder, 'inside')
let [got, together] = [0, 0]
for (let i = 0; i < rounds; i++) {
  let lock: ProjectLock
  try {
    lock = ProjectLock.take(folder)
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'PROJECT_IN_USE') continue
    throw error
  }
  got++
  try {
    closeSync(openSync(inside, 'wx'))
    rmSync(inside)
  } catch {
    together++
  }
  lock.release()
}
process.stdout.write(`${JSON.stringify({ got, together })}\n`)
