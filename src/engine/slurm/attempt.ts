/**
 * One submission: a folder with the script, what sbatch answered, and the logs. Whoever submits can be killed between asking and
 * hearing the answer, so what is asked for is written first, sbatch writes its answer into a file by itself, and a lost answer is
 * looked for under the name of the jobs before anything is submitted twice.
 */
import { join } from 'node:path'
import type { Run } from '../../core/contract/run.ts'
import type { SlurmSettings } from '../../core/contract/slurm.ts'
import { ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { entryPoint } from '../entry-point.ts'
import { writeAtomically } from '../project/atomic-file.ts'
import type { RunFolder } from '../project/run-folder.ts'
import { cancelJobs, findByName, submit } from './commands.ts'
import { parseSubmitted, type SlurmJob } from './output.ts'
import { buildScript, type FullSettings, scriptName } from './script.ts'
import { SlurmFolder } from './slurm-folder.ts'

const answerName = 'sbatch.out'

/** What holds for jobs that are submitted now: what was said last, and what the engine set at first where that says nothing. */
export function settingsOfRun({ request }: Run, slurm: SlurmFolder): FullSettings {
  const asked = request.kind === 'experiment' ? request.slurm : undefined
  const said = slurm.readSettings() ?? asked
  const [time, memory, cpus] = [said?.time ?? asked?.time, said?.memory ?? asked?.memory, said?.cpus ?? asked?.cpus]
  // The engine has set these before it queued the run.
  if (time === undefined || memory === undefined || cpus === undefined)
    throw new Error('Slurm settings are not complete')
  return { ...said, time, memory, cpus }
}

/** The job of an attempt that was submitted; null where it was not, or was refused. */
export async function submittedJob(slurm: SlurmFolder, attempt: number): Promise<SlurmJob | null> {
  const asked = slurm.readAttempt(attempt)
  if (asked === null) return null
  const answered = parseSubmitted(slurm.readText(attempt, answerName))
  if (answered !== null) return answered
  const found = unwrap(await findByName(asked.name))
  if (found !== null) return found
  for (const number of asked.tasks) {
    const state = slurm.taskState(number)
    const id = state?.attempt === attempt ? /^(\d+)_\d+$/.exec(state.job)?.[1] : undefined
    if (id !== undefined) return { id: Number(id), cluster: null }
  }
  return null
}

/** Slurm puts the folder into the names of its logs and takes these signs in it for patterns. */
function checkPath(path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/[%\\\u0000-\u001f]/.test(path)) return
  throw new ProblemError({
    code: 'NOT_ALLOWED',
    message: 'Slurm cannot write its logs into this folder.',
    where: path,
    expected: 'a path without %, backslash and control characters',
    fix: 'Move or rename the project’s folder. Nothing was submitted.',
  })
}

export async function submitAttempt(
  run: Run,
  slurm: SlurmFolder,
  attempt: number,
  tasks: readonly number[],
): Promise<SlurmJob> {
  const folder = slurm.attemptPath(attempt)
  checkPath(folder)
  const name = `troi-${run.name}-${run.id.slice(-12)}-${attempt}`
  const settings = settingsOfRun(run, slurm)
  slurm.create(folder)
  const program = entryPoint('slurm/task-process.ts', 'slurm-task.mjs')
  const script = buildScript({ name, run: run.name, tasks, settings, node: process.execPath, program })
  writeAtomically(join(folder, scriptName), script)
  slurm.writeAttempt(attempt, { name, tasks: [...tasks], created: new Date().toISOString() })
  unwrap(await submit(folder, scriptName, join(folder, answerName), settings))
  const job = parseSubmitted(slurm.readText(attempt, answerName))
  if (job !== null) return job
  throw new ProblemError({
    code: 'UNAVAILABLE',
    message: 'sbatch gave no job number.',
    where: join(folder, answerName),
    expected: 'a number, as sbatch --parsable prints it',
    fix: 'Look with squeue whether the jobs are there; the same command finds them by their name.',
  })
}

/** Ends the jobs of an attempt, now or at their next breath; a controller that does not answer is a problem. */
export async function cancelAttempt(slurm: SlurmFolder, attempt: number): Promise<Result<null>> {
  if (slurm.readAttempt(attempt) === null) return success(null)
  slurm.mark(attempt, 'stop')
  const job = await submittedJob(slurm, attempt)
  const done = job === null ? success(null) : await cancelJobs(job)
  if (done.ok) slurm.mark(attempt, 'settled')
  return done
}

/** Ends the jobs that nobody waits for any more. */
export async function cancelLeft(slurm: SlurmFolder): Promise<void> {
  const attempt = slurm.lastAttempt()
  if (attempt > 0 && !slurm.isMarked(attempt, 'settled')) unwrap(await cancelAttempt(slurm, attempt))
}

/** Keeps what was said of jobs that are submitted from now on. */
export function keepSettings(run: Run, folder: RunFolder, settings: SlurmSettings): void {
  if (run.request.kind !== 'experiment' || run.request.slurm === undefined)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `${run.name} does not run on Slurm.`,
      where: run.name,
      fix: 'Resume it without settings for Slurm.',
    })
  new SlurmFolder(folder).writeSettings(settings)
}
