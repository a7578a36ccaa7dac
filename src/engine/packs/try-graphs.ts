/** Starts the process that tries a pack's graphs, and turns whatever becomes of it into a problem or nothing. */
import { fork } from 'node:child_process'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { entryPoint } from '../entry-point.ts'
import { jobEnvironment } from '../runs/job-environment.ts'
import type { PackFolder } from './pack-folder.ts'
import type { TrialAnswer } from './trial-process.ts'

const mostMilliseconds = 10 * 60_000

/** Throws ProblemError where a graph does not load or run, or takes the process with it. */
export async function tryGraphs(pack: PackFolder): Promise<void> {
  const child = fork(entryPoint('packs/trial-process.ts', 'pack-trial.mjs'), [], {
    serialization: 'advanced',
    execArgv: [],
    env: jobEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const limit = setTimeout(() => child.kill('SIGKILL'), mostMilliseconds)
  try {
    const problem = await new Promise<Problem | null>((resolve, reject) => {
      child.once('message', (message) => resolve((message as TrialAnswer).problem))
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        resolve({
          code: 'BAD_FILE',
          message: `Trying the graphs of ${pack.manifest.name} ended their process (${signal ?? `exit code ${code}`}).`,
          where: pack.manifest.name,
          expected: 'graphs that load and run once within ten minutes and the memory of this machine',
          fix: 'Use a smaller network, or export it again.',
        }),
      )
      child.send(pack)
    })
    if (problem !== null) throw new ProblemError(problem)
  } finally {
    clearTimeout(limit)
    child.kill('SIGKILL')
  }
}
