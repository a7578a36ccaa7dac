/** Starts the process that tries a pack's graphs, and turns whatever becomes of it into a problem or nothing. */
import { fork } from 'node:child_process'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { entryPoint } from '../entry-point.ts'
import { jobEnvironment } from '../runs/job-environment.ts'
import type { PackFolder } from './pack-folder.ts'
import type { TrialAnswer } from './trial-process.ts'

const mostMilliseconds = 10 * 60_000

/**
 * Throws ProblemError where a graph does not load or run, takes the process with it, or does not end within `limit` milliseconds.
 * `signal` ends the process; what then comes of it is for the caller to say.
 */
export async function tryGraphs(pack: PackFolder, signal?: AbortSignal, limit = mostMilliseconds): Promise<void> {
  const child = fork(entryPoint('packs/trial-process.ts', 'pack-trial.mjs'), [], {
    serialization: 'advanced',
    execArgv: [],
    env: jobEnvironment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  let isLate = false
  const end = () => child.kill('SIGKILL')
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, limit)
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  try {
    const problem = await new Promise<Problem | null>((resolve, reject) => {
      child.once('message', (message) => resolve((message as TrialAnswer).problem))
      child.once('error', reject)
      child.once('exit', (code, by) =>
        resolve({
          code: 'BAD_FILE',
          message: isLate
            ? `The graphs of ${pack.manifest.name} did not end within ${formatMinutes(limit)}.`
            : `Trying the graphs of ${pack.manifest.name} ended their process (${by ?? `exit code ${code}`}).`,
          where: pack.manifest.name,
          expected: 'graphs that load and run once within ten minutes and the memory of this machine',
          fix: 'Use a smaller network, or export it again.',
        }),
      )
      child.send(pack)
    })
    if (problem !== null) throw new ProblemError(problem)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    end()
  }
}

function formatMinutes(milliseconds: number): string {
  return milliseconds < 60_000 ? `${milliseconds / 1000} seconds` : `${Math.round(milliseconds / 60_000)} minutes`
}
