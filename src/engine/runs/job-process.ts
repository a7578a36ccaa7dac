/**
 * One job, one process: whatever happens here cannot take the engine or the window with it. Starts when told, ends when done,
 * and ends by itself when the engine is gone.
 */
import { join } from 'node:path'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { RunFolder } from '../project/run-folder.ts'
import { followSlurm } from '../slurm/follow.ts'
import { type ChosenBackend, chooseBackend } from '../tensor/backends.ts'
import { builtBy } from '../version.ts'
import { runBody } from './bodies/index.ts'
import { JobProgress, jobContext } from './job-context.ts'
import { problemOf } from './job-problem.ts'
import type { FromJob, ToJob } from './protocol.ts'

function send(message: FromJob): void {
  process.send?.(message)
}

/** Waits until the last message is out, so that an exit cannot swallow it. */
function sendLast(message: FromJob): Promise<void> {
  return new Promise((resolve) => (process.send ? process.send(message, () => resolve()) : resolve()))
}

let progress: JobProgress | null = null

/** Milliseconds in which a device that has failed says so; until then its failure looks like a mistake of ours. */
const failurePatience = 1000

/** Whether something was thrown because the device is of no use any more. `stop` tells that then. */
function deviceFailed(backend: ChosenBackend | null, error: unknown): Promise<boolean> {
  if (backend?.failed === undefined || error instanceof ProblemError) return Promise.resolve(false)
  const silence = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), failurePatience))
  return Promise.race([backend.failed.then(() => true), silence])
}

/** Ends the run with a problem; the last checkpoint stays. */
async function stop(folder: RunFolder, problem: Problem): Promise<void> {
  progress?.flush()
  try {
    folder.log(`Stopped: ${problem.code} ${problem.message}`)
  } catch {
    // A full disk must not hide why the run stopped.
  }
  await sendLast({ type: 'problem', problem })
  process.exit(0)
}

async function start(message: Extract<ToJob, { type: 'start' }>): Promise<void> {
  const { run, project } = message
  const folder = new RunFolder(join(project, 'runs', run.id))
  let backend: ChosenBackend | null = null
  try {
    folder.create()
    folder.log(`${message.resume ? 'Resumed' : 'Started'} by process ${process.pid}, ${message.builtBy}`)
    progress = new JobProgress(folder, send, message.builtBy, message.resume)
    if (run.request.kind === 'experiment' && run.request.slurm !== undefined) {
      // Jobs on Slurm train on WebAssembly.
      await followSlurm({ run, inputs: message.inputs, builtBy: builtBy(), folder, progress })
      progress.finish()
      folder.log('Done')
      await sendLast({ type: 'done', artifacts: [] })
      process.exit(0)
    }
    progress.phase('Check device', null)
    backend = await chooseBackend(message.backend, {
      threads: message.threads ?? undefined,
      engines: message.engines,
    })
    send({ type: 'device', device: backend.device })
    progress.builtBy = `${message.builtBy}, ${backend.kernels}`
    folder.log(`Engine ${backend.name}: ${backend.device}. ${backend.reason}`)
    if (message.resume && !backend.repeatable)
      folder.log(`Continues, not bit-identical: equal bits are not promised on ${backend.name}.`)
    // A lost device answers nothing any more, so the run cannot reach its own end.
    void backend.failed?.then((problem) => stop(folder, problem))
    const context = jobContext(progress)
    const artifacts = await runBody({
      run,
      request: run.request,
      inputs: message.inputs,
      project,
      folder,
      compute: backend.compute,
      context,
      progress,
    })
    progress.finish()
    folder.log('Done')
    await backend.close()
    await sendLast({ type: 'done', artifacts })
  } catch (error) {
    progress?.flush()
    if (await deviceFailed(backend, error)) return
    const problem = problemOf(error, folder.path)
    try {
      folder.log(
        problem.code === 'INTERNAL' && error instanceof Error
          ? `Failed: ${error.stack ?? error.message}`
          : `Stopped: ${problem.code} ${problem.message}`,
      )
    } catch {
      // A full disk must not hide why the run stopped.
    }
    await sendLast({ type: 'problem', problem })
  }
  process.exit(0)
}

process.on('message', (message: ToJob) => {
  if (message.type === 'start') void start(message)
  else progress?.command(message.type)
})
process.on('disconnect', () => process.exit(3))
// Ctrl-C in a terminal reaches every process of the command; the engine decides, and tells this one through its channel.
process.on('SIGINT', () => {})
