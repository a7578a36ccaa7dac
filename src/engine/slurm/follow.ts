/**
 * An experiment on Slurm, seen from whoever waits for it: plan the cells, submit them as one array, take rows in as they come, and
 * say what is missing. This process only reads what jobs write and can be killed at any time; started again it finds the plan,
 * the submission and the rows, and goes on waiting. An attempt that was waited for to its end is settled; the next start submits
 * what is missing as a new one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { MissingCell, TableRow } from '../../core/contract/result.ts'
import type { Run } from '../../core/contract/run.ts'
import { type Cell, type CellTask, cellsOf, tasksOf } from '../../core/experiment/cells.ts'
import type { ExperimentPlan } from '../../core/experiment/conditions.ts'
import { type Problem, ProblemError, unwrap } from '../../core/problem.ts'
import type { RunFolder } from '../project/run-folder.ts'
import type { JobProgress } from '../runs/job-context.ts'
import type { JobInputs } from '../runs/protocol.ts'
import { cancelAttempt, settingsOfRun, submitAttempt, submittedJob } from './attempt.ts'
import { factsOf, queueOf, slurmHere } from './commands.ts'
import { endProblem, type Judgement, judge } from './judge.ts'
import { missingFile } from './missing.ts'
import type { QueueEntry, SlurmJob } from './output.ts'
import { type Plan, SlurmFolder } from './slurm-folder.ts'

export interface SlurmRun {
  readonly run: Run
  readonly inputs: JobInputs
  readonly builtBy: string
  readonly folder: RunFolder
  readonly progress: JobProgress
}

const pollSeconds = 10

/** Resolves when every cell has its row. Throws CANCELLED, what Slurm refused, or why cells are missing. */
export async function followSlurm(job: SlurmRun): Promise<void> {
  const follower = new Follower(job)
  await follower.run()
}

function planOf({ run, inputs, builtBy }: SlurmRun): { plan: Plan; cells: Cell[] } {
  const { request } = run
  const subject = inputs.subjects[0]?.summary
  if (request.kind !== 'experiment' || request.experiment === 'stability' || subject === undefined)
    throw new Error('only experiments with conditions are run on Slurm')
  const { experiment, seeds, mask, decoder } = request
  const plan: ExperimentPlan = { experiment, seeds, mask, decoder }
  const pretrained = inputs.backbone !== null
  return {
    plan: { format: 1, run, inputs, builtBy, tasks: tasksOf(plan, subject, pretrained) },
    cells: cellsOf(plan, subject, pretrained),
  }
}

class Follower {
  readonly #job: SlurmRun
  readonly #slurm: SlurmFolder
  readonly #plan: Plan
  readonly #cells: readonly Cell[]
  readonly #poll: number
  /** Tasks of this attempt that will bring no more, and why. */
  readonly #failed = new Map<number, Problem>()
  readonly #looks = new Map<number, number>()
  /** State in which Slurm knew a task last. */
  readonly #last = new Map<number, string>()
  #rows = 0
  #device: string | null = null

  constructor(job: SlurmRun) {
    this.#job = job
    this.#slurm = new SlurmFolder(job.folder)
    const { plan, cells } = planOf(job)
    this.#plan = this.#slurm.readPlan() ?? plan
    this.#cells = cells
    this.#poll = settingsOfRun(job.run, this.#slurm).pollSeconds ?? pollSeconds
  }

  async run(): Promise<void> {
    const { progress } = this.#job
    progress.phase('Submit to Slurm', null)
    if (this.#slurm.readPlan() === null) this.#slurm.writePlan(this.#plan)
    if (this.#takeIn().length === 0) return this.#finish()
    this.#needSlurm()
    let attempt = this.#slurm.lastAttempt()
    const over = (['settled', 'stop'] as const).some((word) => this.#slurm.isMarked(attempt, word))
    if (attempt === 0 || over) attempt++
    const tasks = this.#slurm.readAttempt(attempt)?.tasks ?? this.#missingTasks().map(({ number }) => number)
    try {
      await progress.breathe()
      const job =
        (await submittedJob(this.#slurm, attempt)) ?? (await submitAttempt(this.#job.run, this.#slurm, attempt, tasks))
      await this.#wait(job, attempt, tasks)
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'CANCELLED') {
        const cancelled = await cancelAttempt(this.#slurm, attempt)
        this.#takeIn()
        unwrap(cancelled)
      }
      throw error
    }
    this.#slurm.mark(attempt, 'settled')
    this.#finish()
  }

  /** Where this computer has no Slurm, only what is in the files can be had. */
  #needSlurm(): void {
    const here = slurmHere()
    if (here.ok) return
    throw new ProblemError({
      ...here.problem,
      message: `${this.#rows} of ${this.#cells.length} cells have arrived. ${here.problem.message}`,
      fix: 'Resume it on a login node of the cluster, or here once all jobs have ended.',
    })
  }

  /** Looks again and again until every task is done or lost. */
  async #wait(job: SlurmJob, attempt: number, numbers: readonly number[]): Promise<void> {
    const { progress, folder, run } = this.#job
    const { partition } = settingsOfRun(run, this.#slurm)
    const name = `Slurm job ${job.id}`
    this.#tellDevice(`${name}${partition === undefined ? '' : `, partition ${partition}`}`)
    progress.phase(name, this.#cells.length)
    const tasks = this.#plan.tasks.filter(({ number }) => numbers.includes(number))
    let silent = false
    for (;;) {
      const queue = await queueOf(job)
      if (!queue.ok && !silent) folder.log(queue.problem.message)
      silent = !queue.ok
      this.#takeIn()
      const entries = queue.ok ? queue.value : null
      const states: Judgement[] = []
      for (const task of tasks) states.push(await this.#look(task, job, attempt, entries))
      if (states.every((state) => state === 'done' || state === 'failed')) return
      progress.rename(silent ? `${name}: Slurm does not answer` : `${name}: ${summary(states, entries)}`)
      await this.#rest()
    }
  }

  async #look(
    task: CellTask,
    job: SlurmJob,
    attempt: number,
    entries: Map<number, QueueEntry> | null,
  ): Promise<Judgement> {
    if (this.#failed.has(task.number)) return this.#isComplete(task) ? 'done' : 'failed'
    const written = this.#slurm.taskState(task.number)
    const state = written?.attempt === attempt ? written : null
    const entry = entries?.get(task.number)
    const looks = this.#looks.get(task.number) ?? 0
    if (entry !== undefined) this.#last.set(task.number, entry.state)
    const found = judge({ complete: this.#isComplete(task), state, entry, answered: entries !== null, looks })
    if (found === 'ending') this.#looks.set(task.number, looks + 1)
    if (state?.device != null && this.#device === null) {
      this.#device = state.device
      this.#tellDevice(`Slurm job ${job.id}, ${state.device}`)
    }
    if (found === 'failed') {
      const facts = await factsOf(job, task.number)
      const folder = `runs/${this.#job.run.id}/slurm/attempt-${attempt}`
      const problem = endProblem({ task, job, state, entry, last: this.#last.get(task.number) ?? null, facts, folder })
      this.#failed.set(task.number, problem)
      this.#job.folder.log(`${problem.code} ${problem.message}`)
    }
    return found
  }

  #tellDevice(text: string): void {
    this.#job.progress.device(text)
  }

  /** Lets messages in while it waits, so that a cancel is seen at once. */
  async #rest(): Promise<void> {
    const until = performance.now() + 1000 * this.#poll
    do {
      await this.#job.progress.breathe()
      await delay(Math.max(0, Math.min(100, until - performance.now())))
    } while (performance.now() < until)
    await this.#job.progress.breathe()
  }

  #isComplete(task: CellTask): boolean {
    return this.#slurm.taskRows(task).length >= task.conditions.length
  }

  #missingTasks(): CellTask[] {
    return this.#plan.tasks.filter((task) => !this.#isComplete(task))
  }

  /** Takes finished rows into the table of the run, in its order; returns the cells that are missing. */
  #takeIn(): Cell[] {
    const key = (cell: Cell) => `${cell.seed} ${cell.condition}`
    const found = new Map<string, TableRow>()
    for (const task of this.#plan.tasks) for (const row of this.#slurm.taskRows(task)) found.set(key(row), row)
    const rows = this.#cells.flatMap((cell) => found.get(key(cell)) ?? [])
    if (rows.length !== this.#rows) {
      this.#rows = rows.length
      this.#job.folder.writeJson('results/rows.json', rows)
      this.#job.progress.rows(rows.length)
      this.#job.progress.completed(rows.length)
    }
    return this.#cells.filter((cell) => !found.has(key(cell)))
  }

  /** Nothing missing, or a problem that counts what is. */
  #finish(): void {
    const cells = this.#takeIn()
    const missing = cells.map((cell): MissingCell => ({ ...cell, problem: this.#problemOf(cell) }))
    this.#job.folder.writeJson(missingFile, missing)
    const [first] = missing
    if (first === undefined) return
    throw new ProblemError({
      ...first.problem,
      message: `${missing.length} of ${this.#cells.length} cells are missing. ${first.problem.message}`,
      count: missing.length,
    })
  }

  #problemOf(cell: Cell): Problem {
    const task = this.#plan.tasks.find(
      ({ seed, conditions }) => seed === cell.seed && conditions.includes(cell.condition),
    )
    const known = task === undefined ? undefined : this.#failed.get(task.number)
    return known ?? { code: 'JOB_LOST', message: 'It was not submitted.', fix: 'The same command submits it.' }
  }
}

/** "2 running, 3 waiting (Resources)". */
function summary(states: readonly Judgement[], entries: ReadonlyMap<number, QueueEntry> | null): string {
  const count = (state: Judgement) => states.filter((one) => one === state).length
  const reasons = new Set(
    [...(entries?.values() ?? [])].flatMap(({ state, reason }) =>
      state === 'PENDING' && reason !== null ? [reason] : [],
    ),
  )
  const parts = [
    ...(count('running') > 0 ? [`${count('running')} running`] : []),
    ...(count('waiting') > 0
      ? [`${count('waiting')} waiting${reasons.size > 0 ? ` (${[...reasons].sort().slice(0, 2).join(', ')})` : ''}`]
      : []),
    ...(count('ending') > 0 ? [`${count('ending')} ending`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
  ]
  return parts.join(', ')
}
