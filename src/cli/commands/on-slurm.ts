/**
 * An experiment whose cells are jobs on a Slurm cluster. Waiting for them can be left and taken up again: the same command finds the
 * unfinished run of the same request and goes on with it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Project } from '../../core/contract/contract.ts'
import type { Table } from '../../core/contract/result.ts'
import type { Run, RunRequest } from '../../core/contract/run.ts'
import { type SlurmSettings, slurmSettingsSchema } from '../../core/contract/slurm.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { type Answer, type Flag, type Given, UsageError } from '../command.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { problemOfRun, type Session } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { tableText } from './shared.ts'

export const slurmFlags: Readonly<Record<string, Flag>> = {
  partition: { value: 'NAME', help: 'Slurm: partition of the jobs; the cluster’s own choice without it' },
  account: { value: 'NAME', help: 'Slurm: account that the jobs are charged to' },
  time: {
    value: 'TIME',
    help: 'Slurm: longest time of one job, as Slurm writes it (90, 2:00:00, 1-12); estimated without it',
  },
  memory: { value: 'SIZE', help: 'Slurm: memory of one job (4000M, 8G); estimated without it' },
  cpus: { value: 'N', help: 'Slurm: cores of one job; 2 without it' },
  sbatch: {
    value: 'OPTION',
    multiple: true,
    help: 'Slurm: one more option of sbatch, such as --sbatch=--qos=long; may be given again',
  },
  poll: { value: 'SECONDS', help: 'Slurm: how often to look; 10 without it' },
}

const fields: Readonly<Record<keyof SlurmSettings, string>> = {
  ...{ partition: 'partition', account: 'account', time: 'time', memory: 'memory', cpus: 'cpus' },
  ...{ extra: 'sbatch', pollSeconds: 'poll' },
}

/** What was said about Slurm; null for this computer. Flags for Slurm without it, and values it could not take, are not understood. */
export function slurmOf(given: Given): SlurmSettings | null {
  const onSlurm = given.choice('on', ['local', 'slurm'], 'local') === 'slurm'
  const extra = given.many('sbatch')
  if (!onSlurm) {
    for (const flag of Object.values(fields))
      if (given.maybe(flag) !== undefined || (flag === 'sbatch' && extra.length > 0))
        throw new UsageError(`--${flag} needs --on slurm.`)
    return null
  }
  const text = (flag: string) => (given.maybe(flag) === undefined ? {} : { [flag]: given.text(flag) })
  const parsed = slurmSettingsSchema.safeParse({
    ...{ ...text('partition'), ...text('account'), ...text('time'), ...text('memory') },
    ...(given.maybe('cpus') === undefined ? {} : { cpus: given.whole('cpus', 1, 256) }),
    ...(given.maybe('poll') === undefined ? {} : { pollSeconds: Number(given.text('poll')) }),
    ...(extra.length > 0 ? { extra } : {}),
  })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const [field, at] = issue.path
  const flag = fields[field as keyof SlurmSettings]
  const value = flag === 'sbatch' ? extra[Number(at)] : given.maybe(flag)
  throw new UsageError(`--${flag} ${JSON.stringify(value)}: ${issue.message.replace(/\.?$/, '.')}`)
}

type Experiment = Extract<RunRequest, { kind: 'experiment' }>
const goesOn: readonly Run['status'][] = ['interrupted', 'cancelled', 'failed', 'queued']

/** The newest run of the same request on Slurm that is not done. */
async function unfinished(session: Session, project: Project, request: Experiment): Promise<Run | undefined> {
  const plain = (one: RunRequest) => ({ ...one, slurm: null })
  const runs = await session.client.runs.list({ project: project.id })
  return runs.findLast(
    (run) =>
      run.request.kind === 'experiment' &&
      run.request.slurm !== undefined &&
      goesOn.includes(run.status) &&
      isDeepStrictEqual(plain(run.request), plain(request)),
  )
}

/** Starts the experiment on Slurm, or goes on with it, and waits. */
export async function runOnSlurm(
  session: Session,
  terminal: Terminal,
  project: Project,
  request: Experiment,
): Promise<Answer> {
  const earlier = await unfinished(session, project, request)
  if (earlier === undefined) {
    const run = await session.client.runs.start({ project: project.id, request })
    if (run.request.kind === 'experiment' && run.request.slurm !== undefined) {
      const { time, memory, cpus } = run.request.slurm
      terminal.say(`Each job of ${run.name}: --cpus ${cpus} --memory ${memory} --time ${time}`)
    }
    return waitFor(session, terminal, project, run)
  }
  terminal.say(`${earlier.name} goes on from where it was ${earlier.status}.`)
  return goOn(session, terminal, project, earlier, request.slurm)
}

/** Resumes a run on Slurm and waits for it. */
export async function goOn(
  session: Session,
  terminal: Terminal,
  project: Project,
  run: Run,
  slurm?: SlurmSettings,
): Promise<Answer> {
  const ids = { project: project.id, run: run.id }
  const said = slurm === undefined ? {} : { slurm }
  const going = run.status === 'queued' ? run : await session.client.runs.resume({ ...ids, ...said })
  return waitFor(session, terminal, project, going)
}

async function waitFor(session: Session, terminal: Terminal, project: Project, begun: Run): Promise<Answer> {
  const run = await session.follow(project, begun, left).catch((error: unknown) => {
    if (error instanceof ProblemError && error.problem.code === 'CANCELLED') throw error
    return session.client.runs.get({ project: project.id, run: begun.id })
  })
  const table = await session.client.runs.table({ project: project.id, run: run.id })
  const some = table !== null && (table.rows.length > 0 || (table.missing ?? []).length > 0)
  if (run.status === 'done' && table !== null) return { json: table, text: tableText(table) }
  const problem = problemOfRun(run)
  if (!some) throw new ProblemError(problem)
  return partial(table, run, problem, terminal)
}

/** A table with cells missing: what there is, and why not more. */
function partial(table: Table, run: Run, problem: Problem, terminal: Terminal): Answer {
  terminal.say(`${run.name}: ${problem.message} The same command goes on with what is missing.`)
  return { json: { ...table, problem }, text: tableText(table), exit: exitCodeOf(problem.code) }
}

/** What is said to somebody who stops waiting. */
function left(run: Run): Problem {
  return {
    code: 'CANCELLED',
    message: `Nobody waits for ${run.name} any more. ${run.device === null ? 'Nothing was submitted yet.' : `Its jobs go on (${run.device}).`}`,
    where: run.name,
    fix: `Come back with the same command, or with "troi runs --project DIR --resume ${run.name}". To end the jobs: "troi runs --project DIR --cancel ${run.name}".`,
  }
}
