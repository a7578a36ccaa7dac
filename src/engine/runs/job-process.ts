/**
 * One job, one process: whatever happens here cannot take the engine or the window with it. Starts when told, ends when done,
 * and ends by itself when the engine is gone.
 */
import { join } from 'node:path'
import { RunFolder } from '../project/run-folder.ts'
import { followSlurm } from '../slurm/follow.ts'
import { chooseBackend } from '../tensor/backends.ts'
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

async function start(message: Extract<ToJob, { type: 'start' }>): Promise<void> {
  const { run, project } = message
  const folder = new RunFolder(join(project, 'runs', run.id))
  try {
    folder.create()
    folder.log(`${message.resume ? 'Resumed' : 'Started'} by process ${process.pid}, ${message.builtBy}`)
    progress = new JobProgress(folder, send, message.builtBy, message.resume)
    if (run.request.kind === 'experiment' && run.request.slurm !== undefined) {
      await followSlurm({ run, inputs: message.inputs, builtBy: message.builtBy, folder, progress })
      progress.finish()
      folder.log('Done')
      await sendLast({ type: 'done', artifacts: [] })
      process.exit(0)
    }
    progress.phase('Check device', null)
    const backend = await chooseBackend('auto', message.threads ?? undefined)
    send({ type: 'device', device: backend.device })
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
