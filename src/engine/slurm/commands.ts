/**
 * Slurm's four programs: sbatch, squeue, scontrol, scancel. They are started directly, never through a shell, with an environment
 * of their own, and none is waited for longer than a minute.
 */
import { spawn } from 'node:child_process'
import { accessSync, closeSync, constants, openSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { SlurmSettings } from '../../core/contract/slurm.ts'
import { failure, type Problem, type Result, success } from '../../core/problem.ts'
import { jobEnvironment } from '../runs/job-environment.ts'
import {
  type JobFacts,
  parseFound,
  parseJob,
  parseQueue,
  type QueueEntry,
  queueFormat,
  type SlurmJob,
} from './output.ts'

const programs = ['sbatch', 'squeue', 'scontrol', 'scancel'] as const
const patienceMilliseconds = 60_000
const mostOutput = 4_000_000

/** What a site or a person tells Slurm's programs. Variables that change what a script says are not among them. */
const slurmVariables = ['USER', 'LOGNAME', 'SLURM_CONF', 'SLURM_CLUSTERS', 'SBATCH_CLUSTERS', 'SBATCH_QOS']
const defaults = { partition: 'SBATCH_PARTITION', account: 'SBATCH_ACCOUNT' } as const

/** The environment of a process that talks to Slurm, and so of the jobs it submits. */
export function slurmEnvironment(): NodeJS.ProcessEnv {
  const kept = jobEnvironment()
  for (const name of [...slurmVariables, ...Object.values(defaults)])
    if (process.env[name] !== undefined) kept[name] = process.env[name]
  return kept
}

function isThere(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return folder !== ''
    } catch {
      return false
    }
  })
}

/** UNAVAILABLE, naming what is missing, where this computer cannot talk to Slurm. */
export function slurmHere(): Result<null> {
  const missing = programs.filter((program) => !isThere(program))
  if (missing.length === 0) return success(null)
  return failure({
    code: 'UNAVAILABLE',
    message: `This computer has no Slurm: ${missing.join(', ')} cannot be found.`,
    where: '--on slurm',
    expected: `${programs.join(', ')} on the PATH`,
    fix: 'Start it on a login node of the cluster, where these programs are, or leave --on out; the experiment then runs on this computer.',
  })
}

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs one program to its end. `out` takes what it prints instead, so that it is kept even if this process is killed. */
function call(
  program: (typeof programs)[number],
  args: readonly string[],
  options: { readonly cwd?: string; readonly out?: number; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? slurmEnvironment(),
      stdio: ['ignore', options.out ?? 'pipe', 'pipe'],
      timeout: patienceMilliseconds,
      killSignal: 'SIGKILL',
    })
    let out = ''
    let err = ''
    child.stdout?.on('data', (part: Buffer) => {
      if (out.length < mostOutput) out += part.toString()
    })
    child.stderr?.on('data', (part: Buffer) => {
      if (err.length < mostOutput) err += part.toString()
    })
    child.on('error', (error) => resolve({ code: null, out, err: error.message }))
    child.on('close', (code) => resolve({ code, out, err: code === null ? `${err}\nno answer within a minute` : err }))
  })
}

/** What a program complained about, in one line. */
function reasonOf({ code, err }: Ended, program: string): string {
  const lines = err
    .split('\n')
    .map((line) => line.replace(/^(\w+: )?((fatal|error): )?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('Try "'))
  return lines.length === 0 ? `${program} ended with exit code ${code}` : lines.slice(-3).join('; ').slice(0, 400)
}

const ofCluster = (cluster: string | null) => (cluster === null ? [] : [`--clusters=${cluster}`])
const unanswered = (message: string): Problem => ({
  code: 'UNAVAILABLE',
  message: `Slurm does not answer: ${message}.`,
  where: 'squeue',
  fix: 'Jobs that were submitted go on. Try again when the cluster’s controller can be reached.',
})

/** Submits the script of a folder; what sbatch prints goes to `outFile`. A refusal is a problem with Slurm's own reason. */
export async function submit(
  folder: string,
  script: string,
  outFile: string,
  settings: SlurmSettings,
): Promise<Result<null>> {
  const env = slurmEnvironment()
  // Such a variable would win over the line of the script.
  for (const name of ['partition', 'account'] as const) if (settings[name] !== undefined) delete env[defaults[name]]
  const out = openSync(outFile, 'w')
  try {
    const ended = await call('sbatch', ['--parsable', script], { cwd: folder, out, env })
    if (ended.code === 0) return success(null)
    const reason = reasonOf(ended, 'sbatch')
    const ours = /invalid|not available|unrecognized|can not be satisfied|limit|permission|denied/i.test(reason)
    return failure({
      code: ours ? 'BAD_PARAMETER' : 'UNAVAILABLE',
      message: `Slurm did not take the jobs: ${reason}.`,
      where: 'sbatch',
      fix: ours
        ? 'Say what the cluster offers (sinfo lists it) with --partition, --account, --time, --memory, --cpus or --sbatch, and start the same command again.'
        : 'Try again when the cluster’s controller can be reached.',
    })
  } finally {
    closeSync(out)
  }
}

/** The tasks of an array that Slurm still knows; none once it has forgotten them. A failure is a controller that does not answer. */
export async function queueOf(job: SlurmJob): Promise<Result<Map<number, QueueEntry>>> {
  const words = ['--noheader', '--array', '--states=all', `--jobs=${job.id}`, `--format=${queueFormat}`]
  const ended = await call('squeue', [...ofCluster(job.cluster), ...words])
  if (ended.code === 0) return success(parseQueue(ended.out, job.id))
  if (/invalid job id/i.test(ended.err)) return success(new Map())
  return failure(unanswered(reasonOf(ended, 'squeue')))
}

/** The array that waits or runs under this name, for a submission whose answer was lost. */
export async function findByName(name: string): Promise<Result<SlurmJob | null>> {
  const ended = await call('squeue', ['--noheader', `--name=${name}`, '--format=%F'])
  if (ended.code !== 0) return failure(unanswered(reasonOf(ended, 'squeue')))
  const id = parseFound(ended.out)
  return success(id === null ? null : { id, cluster: null })
}

/** How one task ended, as far as Slurm still knows; null once it has forgotten. */
export async function factsOf(job: SlurmJob, task: number): Promise<JobFacts | null> {
  const ended = await call('scontrol', [...ofCluster(job.cluster), '--oneliner', 'show', 'job', `${job.id}_${task}`])
  return ended.code === 0 ? parseJob(ended.out) : null
}

/** Ends all tasks of an array. Tasks that have ended already are no failure. */
export async function cancelJobs(job: SlurmJob): Promise<Result<null>> {
  const ended = await call('scancel', [...ofCluster(job.cluster), String(job.id)])
  if (ended.code === 0 || /invalid job id|already/i.test(ended.err)) return success(null)
  return failure({
    code: 'UNAVAILABLE',
    message: `Slurm did not cancel job ${job.id}: ${reasonOf(ended, 'scancel')}.`,
    where: `scancel ${job.id}`,
    fix: `Jobs that begin a new epoch stop by themselves. Run "scancel ${job.id}" when the controller can be reached.`,
  })
}
