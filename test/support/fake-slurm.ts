/**
 * A Slurm that does what a test says: four small programs on the PATH that read and write one JSON file. sbatch takes the array of
 * a script into it as waiting, squeue and scontrol say what is in it, scancel ends what is going on. Nothing is ever computed.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { z } from 'zod'
import type { TableRow } from '../../src/core/contract/result.ts'
import type { SlurmFolder, TaskState } from '../../src/engine/slurm/slurm-folder.ts'

const clusterSchema = z.object({
  next: z.number(),
  /** Complaint with which sbatch, squeue or scancel end. */
  refuse: z.record(z.string(), z.string()),
  /** Whether sbatch keeps its answer to itself, as if whoever asked had died. */
  silent: z.boolean(),
  jobs: z.record(
    z.string(),
    z.object({
      name: z.string(),
      tasks: z.record(z.string(), z.object({ state: z.string(), reason: z.string(), exit: z.string() })),
    }),
  ),
})
type Cluster = z.infer<typeof clusterSchema>

const program = `
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
const [file, name, ...args] = process.argv.slice(2)
const cluster = JSON.parse(readFileSync(file, 'utf8'))
const save = () => {
  writeFileSync(file + '.' + process.pid, JSON.stringify(cluster))
  renameSync(file + '.' + process.pid, file)
}
const end = (code, out, err) => { process.stdout.write(out ?? ''); process.stderr.write(err ?? ''); process.exit(code) }
appendFileSync(file + '.calls', name + '\\n')
if (cluster.refuse[name]) end(1, '', name + ': error: ' + cluster.refuse[name] + '\\n')
const live = (state) => ['PENDING', 'RUNNING', 'COMPLETING'].includes(state)
const valueOf = (option) => args.find((arg) => arg.startsWith(option + '='))?.slice(option.length + 1)
if (name === 'sbatch') {
  const script = readFileSync(args.at(-1), 'utf8')
  const said = (option) => new RegExp('^#SBATCH --' + option + '=(.*)$', 'm').exec(script)[1]
  const id = cluster.next++
  const tasks = {}
  for (const range of said('array').split(',')) {
    const [from, to = from] = range.split('-').map(Number)
    for (let task = from; task <= to; task++) tasks[task] = { state: 'PENDING', reason: 'Resources', exit: '0:0' }
  }
  cluster.jobs[id] = { name: said('job-name'), tasks }
  save()
  end(0, cluster.silent ? '' : id + '\\n')
}
if (name === 'squeue') {
  const wanted = valueOf('--name')
  if (wanted !== undefined) {
    const found = Object.entries(cluster.jobs).filter(([, job]) => job.name === wanted && Object.values(job.tasks).some(({ state }) => live(state)))
    end(0, found.map(([id]) => id + '\\n').join(''))
  }
  const id = valueOf('--jobs')
  const job = cluster.jobs[id]
  if (job === undefined) end(1, '', 'slurm_load_jobs error: Invalid job id specified\\n')
  end(0, Object.entries(job.tasks).map(([task, { state, reason }]) => [id, task, state, reason, state === 'PENDING' ? '' : 'n1'].join('|') + '\\n').join(''))
}
if (name === 'scontrol') {
  const [id, task] = args.at(-1).split('_')
  const found = cluster.jobs[id]?.tasks[task]
  if (found === undefined) end(1, '', 'slurm_load_jobs error: Invalid job id specified\\n')
  end(0, 'JobId=9 JobState=' + found.state + ' Reason=' + found.reason + ' ExitCode=' + found.exit + ' NodeList=n1 BatchHost=n1\\n')
}
if (name === 'scancel') {
  for (const task of Object.values(cluster.jobs[args.at(-1)]?.tasks ?? {})) if (live(task.state)) task.state = 'CANCELLED'
  save()
}
`

export class FakeSlurm {
  /** Folder of the four programs. */
  readonly programs: string
  readonly #file: string
  readonly #path = process.env.PATH

  /** Puts the programs before everything else on the PATH of this process. */
  constructor(folder: string) {
    this.programs = join(folder, 'fake slurm')
    this.#file = join(this.programs, 'cluster.json')
    mkdirSync(this.programs, { recursive: true })
    const main = join(this.programs, 'fake.mjs')
    writeFileSync(main, program)
    this.#write({ next: 100, refuse: {}, silent: false, jobs: {} })
    for (const name of ['sbatch', 'squeue', 'scontrol', 'scancel']) {
      const path = join(this.programs, name)
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${main}" "${this.#file}" ${name} "$@"\n`)
      chmodSync(path, 0o755)
    }
    process.env.PATH = `${this.programs}${delimiter}${this.#path ?? ''}`
  }

  leave(): void {
    process.env.PATH = this.#path
  }

  get cluster(): Cluster {
    return clusterSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
  }

  #write(cluster: Cluster): void {
    // Whole or not at all: the programs read it at any moment, and only sbatch and scancel write it.
    writeFileSync(`${this.#file}.test`, JSON.stringify(cluster))
    renameSync(`${this.#file}.test`, this.#file)
  }

  change(change: (cluster: Cluster) => void): void {
    const cluster = this.cluster
    change(cluster)
    this.#write(cluster)
  }

  /** How often a program was started. */
  calls(name: string): number {
    const path = `${this.#file}.calls`
    return existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line === name).length
      : 0
  }

  /** What a task's job leaves when it has made all its rows. */
  complete(slurm: SlurmFolder, task: number, job: number): void {
    const own = slurm.readPlan()!.tasks.find(({ number }) => number === task)!
    writeRows(
      slurm,
      task,
      own.conditions.map((condition) => tableRow(own.seed, condition)),
    )
    this.end(job, task, 'COMPLETED')
  }

  /** Says how a task ended in Slurm. */
  end(job: number, task: number, state: string, reason = 'None', exit = '0:0'): void {
    this.change((cluster) => {
      cluster.jobs[job]!.tasks[task] = { state, reason, exit }
    })
  }
}

export function writeRows(slurm: SlurmFolder, task: number, rows: readonly TableRow[]): void {
  const folder = slurm.task(task)
  if (!existsSync(folder.path)) folder.create()
  folder.writeJson('results/rows.json', rows)
}

export function writeState(slurm: SlurmFolder, task: number, change: Partial<TaskState>): void {
  const folder = slurm.task(task)
  folder.create()
  const state: TaskState = {
    ...{ format: 1, attempt: 1, job: `100_${task}`, host: 'n1', started: '2026-01-01T00:00:00.000Z' },
    ...{ device: 'CPU', phases: [], end: null },
    ...change,
  }
  folder.writeJson('state.json', state)
}

export function tableRow(seed: number, condition: string): TableRow {
  return {
    ...{ seed, condition, voxels: 10 + seed, dice: null, brainToImage: null, imageToBrain: null },
    ...{ pixCorr: null, ssim: null, accuracy: 0.5, seconds: 1, metrics: {} },
  }
}
