/**
 * The part of a run's folder that jobs on a cluster share: slurm/plan.json (what is to be done), tasks/NNN/ (a run folder per task,
 * written by its job), attempt-N/ (script, answer of sbatch, logs of one submission). The files are the truth; whoever
 * waits can be killed and come back. Everything read here was written by another process and is checked.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { packManifestSchema } from '../../core/contract/pack.ts'
import { subjectSchema, type TableRow, tableRowSchema } from '../../core/contract/result.ts'
import { phaseSchema, type Run, runSchema } from '../../core/contract/run.ts'
import { type SlurmSettings, slurmSettingsSchema } from '../../core/contract/slurm.ts'
import type { CellTask } from '../../core/experiment/cells.ts'
import { problemSchema } from '../../core/problem.ts'
import { fileProblem } from '../project/file-problem.ts'
import { RunFolder } from '../project/run-folder.ts'
import type { JobInputs } from '../runs/protocol.ts'

const taskSchema = z.object({
  number: z.number().int().positive(),
  seed: z.number().int(),
  conditions: z.array(z.string()).min(1),
})

const inputsSchema = z.object({
  subjects: z.array(z.object({ summary: subjectSchema, file: z.string(), pictures: z.string().nullable() })),
  backbone: z.object({ id: z.string(), file: z.string(), pictures: z.string().nullable() }).nullable(),
  mask: z.null(),
  decoder: z.null(),
  packs: z.array(z.object({ folder: z.string(), manifest: packManifestSchema, manifestSha256: z.string() })),
})

const planSchema = z.object({
  format: z.literal(1),
  run: runSchema,
  inputs: inputsSchema,
  builtBy: z.string(),
  tasks: z.array(taskSchema).min(1),
})

export interface Plan {
  readonly format: 1
  readonly run: Run
  readonly inputs: JobInputs
  readonly builtBy: string
  readonly tasks: readonly CellTask[]
}

const attemptSchema = z.object({
  /** Name of the jobs in Slurm. */
  name: z.string().regex(/^[\w-]{1,100}$/),
  tasks: z.array(z.number().int().positive()).min(1),
  created: z.string(),
})
export type Attempt = z.infer<typeof attemptSchema>

/** How a task is doing, as its job writes it. */
export const taskStateSchema = z.object({
  format: z.literal(1),
  /** The submission that it belongs to. */
  attempt: z.number().int().positive(),
  job: z.string().max(40),
  host: z.string().max(300),
  started: z.string(),
  device: z.string().max(300).nullable(),
  phases: z.array(phaseSchema),
  /** Null while it runs, and for ever where it was killed. */
  end: z.union([z.literal('done'), problemSchema]).nullable(),
})
export type TaskState = z.infer<typeof taskStateSchema>

export class SlurmFolder {
  readonly run: RunFolder
  readonly path: string

  constructor(run: RunFolder) {
    this.run = run
    this.path = join(run.path, 'slurm')
  }

  /** The folder of the run that an attempt's folder belongs to. */
  static ofAttempt(folder: string): { readonly slurm: SlurmFolder; readonly project: string } {
    const run = dirname(dirname(folder))
    return { slurm: new SlurmFolder(new RunFolder(run)), project: dirname(dirname(run)) }
  }

  create(folder = this.path): void {
    try {
      mkdirSync(folder, { recursive: true })
    } catch (error) {
      throw fileProblem(error, folder)
    }
  }

  writePlan(plan: Plan): void {
    this.create()
    this.run.writeJson('slurm/plan.json', plan)
  }

  readPlan(): Plan | null {
    const found = this.run.readJson('slurm/plan.json')
    return found === null ? null : planSchema.parse(found)
  }

  /** What was said of jobs after the run was started. */
  writeSettings(settings: SlurmSettings): void {
    this.create()
    this.run.writeJson('slurm/settings.json', settings)
  }

  readSettings(): SlurmSettings | null {
    const found = this.run.readJson('slurm/settings.json')
    return found === null ? null : slurmSettingsSchema.parse(found)
  }

  attemptPath(attempt: number): string {
    return join(this.path, `attempt-${attempt}`)
  }

  /** Number of the newest attempt; 0 where there is none. */
  lastAttempt(): number {
    if (!existsSync(this.path)) return 0
    const numbers = readdirSync(this.path).map((name) => Number(/^attempt-(\d{1,6})$/.exec(name)?.[1] ?? 0))
    return Math.max(0, ...numbers)
  }

  writeAttempt(attempt: number, content: Attempt): void {
    this.create(this.attemptPath(attempt))
    this.run.writeJson(`slurm/attempt-${attempt}/attempt.json`, content)
  }

  readAttempt(attempt: number): Attempt | null {
    const found = this.run.readJson(`slurm/attempt-${attempt}/attempt.json`)
    return found === null ? null : attemptSchema.parse(found)
  }

  /** A word about an attempt: `settled`, nobody waits for its jobs any more; `stop`, its jobs must not go on. */
  mark(attempt: number, word: 'settled' | 'stop'): void {
    this.run.writeJson(`slurm/attempt-${attempt}/${word}`, new Date().toISOString())
  }

  isMarked(attempt: number, word: 'settled' | 'stop'): boolean {
    return existsSync(join(this.attemptPath(attempt), word))
  }

  readText(attempt: number, name: string): string {
    const path = join(this.attemptPath(attempt), name)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  task(number: number): RunFolder {
    return new RunFolder(join(this.path, 'tasks', String(number).padStart(3, '0')))
  }

  /** Null where its job has written nothing, or nothing that can be understood. */
  taskState(number: number): TaskState | null {
    return readChecked(this.task(number), 'state.json', taskStateSchema)
  }

  /** Finished rows of a task that are its own. */
  taskRows(task: CellTask): TableRow[] {
    const rows = readChecked(this.task(task.number), 'results/rows.json', z.array(tableRowSchema)) ?? []
    return rows.filter(({ seed, condition }) => seed === task.seed && task.conditions.includes(condition))
  }
}

/** A file that another computer may be about to replace, or that was damaged there: null rather than an error. */
function readChecked<T>(folder: RunFolder, name: string, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(folder.readJson(name))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
