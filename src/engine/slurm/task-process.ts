/**
 * One task of an experiment on a compute node. It shares nothing with whoever submitted it but the project's files, writes only
 * into its own folder below the run, and never opens the project's database. Started again, by Slurm or by hand, it goes on from its
 * checkpoints. Arguments: the folder it was submitted from, and its number.
 */
import { hostname } from 'node:os'
import { basename } from 'node:path'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { compareConditions } from '../runs/bodies/experiment.ts'
import { JobProgress, jobContext } from '../runs/job-context.ts'
import { problemOf } from '../runs/job-problem.ts'
import type { FromJob } from '../runs/protocol.ts'
import { chooseBackend } from '../tensor/backends.ts'
import { builtBy } from '../version.ts'
import { SlurmFolder, type TaskState } from './slurm-folder.ts'

const tellEveryMilliseconds = 3000
const lookEveryMilliseconds = 2000

const [given, numberText] = [process.argv[2] ?? '', process.argv[3] ?? '']
const attempt = Number(/^attempt-(\d{1,6})$/.exec(basename(given))?.[1] ?? 0)
const number = /^\d{1,9}$/.test(numberText) ? Number(numberText) : 0

function complain(words: string): never {
  process.stderr.write(`${words}\n`)
  process.exit(2)
}

if (attempt === 0 || number === 0) complain('Submit job.sh from the folder attempt-N that it lies in.')
const { slurm, project } = SlurmFolder.ofAttempt(given)
const plan = slurm.readPlan()
const task = plan?.tasks.find((one) => one.number === number)
if (plan === null || task === undefined) complain(`There is no task ${numberText} in ${slurm.path}/plan.json.`)
if (slurm.isMarked(attempt, 'stop')) complain('This experiment was cancelled.')

const folder = slurm.task(number)
const jobNumber = process.env.SLURM_ARRAY_JOB_ID
let state: TaskState = {
  ...{ format: 1, attempt, host: hostname(), started: new Date().toISOString() },
  job: jobNumber === undefined ? `process ${process.pid}` : `${jobNumber}_${number}`,
  ...{ device: null, phases: [], end: null },
}
let told = Number.NEGATIVE_INFINITY

function tell(change: Partial<TaskState>, now: boolean): void {
  state = { ...state, ...change }
  if (!now && performance.now() - told < tellEveryMilliseconds) return
  told = performance.now()
  folder.writeJson('state.json', state)
}

function receive(message: FromJob): void {
  if (message.type === 'phases') tell({ phases: message.phases }, false)
}

/** Asked to end by Slurm: what was reached is kept, and nothing is said about the end. */
let ending = false
let progress: JobProgress | null = null

async function work(): Promise<void> {
  folder.create()
  const before = slurm.taskState(number)
  const own = builtBy()
  folder.log(`${before === null ? 'Started' : 'Started again'} as job ${state.job} on ${state.host}, ${own}`)
  if (own !== plan!.builtBy) folder.log(`Not bit-identical: the experiment was planned by ${plan!.builtBy}.`)
  tell({}, true)
  progress = new JobProgress(folder, receive, own, before !== null)
  const threads = Number(process.env.SLURM_CPUS_PER_TASK ?? 0)
  const backend = await chooseBackend('wasm', { threads: threads > 0 ? threads : undefined })
  tell({ device: backend.device }, true)
  const { run, inputs } = plan!
  if (run.request.kind !== 'experiment') throw new Error('only experiments have tasks')
  await compareConditions(
    {
      ...{ run, inputs, project, folder, progress },
      ...{ compute: backend.compute, context: jobContext(progress) },
      request: { ...run.request, seeds: [task!.seed] },
    },
    task!.conditions,
  )
  progress.finish()
  folder.dropCheckpoints()
  folder.log('Done')
  tell({ end: 'done' }, true)
  await backend.close()
}

function fail(error: unknown): number {
  progress?.flush()
  const problem: Problem = problemOf(error, folder.path)
  const text =
    error instanceof Error && !(error instanceof ProblemError) ? (error.stack ?? error.message) : problem.message
  folder.log(`Stopped: ${problem.code} ${text}`)
  process.stderr.write(`${text}\n`)
  if (ending) return 143
  tell({ end: problem }, true)
  return 1
}

process.on('SIGTERM', () => {
  ending = true
  progress?.command('cancel')
})
// Where the cluster does not answer to a cancel, a file says it too.
setInterval(() => {
  if (slurm.isMarked(attempt, 'stop')) progress?.command('cancel')
}, lookEveryMilliseconds).unref()

let code = 0
try {
  await work()
} catch (error) {
  try {
    code = fail(error)
  } catch (second) {
    // A full disk must not hide why it stopped.
    process.stderr.write(`${String(error)}\n${String(second)}\n`)
    code = 1
  }
}
process.exit(code)
