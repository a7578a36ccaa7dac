/** What a job body gets: what was asked, what it may read, where it writes, and the machine. */
import { join } from 'node:path'
import { type TableRow, tableRowSchema } from '../../core/contract/result.ts'
import { isTestRun, type Run, type RunRequest } from '../../core/contract/run.ts'
import type { RunContext } from '../../core/pipeline/run-context.ts'
import { unwrap } from '../../core/problem.ts'
import type { Compute } from '../../core/tensor/compute.ts'
import { type Backbone, unpackBackbone } from '../../core/troi/backbone.ts'
import type { Artifact } from '../project/artifacts.ts'
import { type DataContent, readDataFile, writeDataFile } from '../project/data-file.ts'
import type { RunFolder } from '../project/run-folder.ts'
import { fewOfLoaded } from './few-of-loaded.ts'
import type { JobProgress } from './job-context.ts'
import type { JobInputs } from './protocol.ts'
import { type LoadedSubject, unpackSubject } from './subject-file.ts'

export interface Job<Request extends RunRequest = RunRequest> {
  readonly run: Run
  readonly request: Request
  readonly inputs: JobInputs
  readonly project: string
  readonly folder: RunFolder
  readonly compute: Compute
  readonly context: RunContext
  readonly progress: JobProgress
}

export type JobBody<Kind extends RunRequest['kind']> = (
  job: Job<Extract<RunRequest, { kind: Kind }>>,
) => Promise<Artifact[]>

export function readInput(job: Job, relative: string): DataContent {
  return unwrap(readDataFile(join(job.project, relative)))
}

export function loadSubject(job: Job, at = 0): LoadedSubject {
  const input = job.inputs.subjects[at]
  if (input === undefined) throw new Error('the job was given no subject')
  const loaded = unpackSubject(input.summary, readInput(job, input.file))
  return isTestRun(job.request) ? fewOfLoaded(loaded) : loaded
}

export function loadBackbone(job: Job): Backbone | null {
  return job.inputs.backbone === null ? null : unpackBackbone(readInput(job, job.inputs.backbone.file))
}

/** Writes a result of this run; returns its path relative to the project. */
export function writeResult(job: Job, name: string, content: DataContent): string {
  writeDataFile(job.folder.result(name), content)
  return `runs/${job.run.id}/results/${name}`
}

/** The rows an earlier start of this run finished. */
export function rowsSoFar(folder: RunFolder): TableRow[] {
  const rows = folder.readJson('results/rows.json')
  return rows === null ? [] : tableRowSchema.array().parse(rows)
}

/** Keeps a finished row before anyone is told of it. */
export function keepRow(job: Job, row: TableRow): void {
  const rows = [...rowsSoFar(job.folder), row]
  job.folder.writeJson('results/rows.json', rows)
  job.progress.rows(rows.length)
}

const keptFile = 'results/kept.json'

/** Results an earlier start of this run finished and handed over, or null. */
export function keptSoFar(job: Job): Artifact[] | null {
  // Written by `keepNow` only, so its shape is ours.
  return job.folder.readJson(keptFile) as Artifact[] | null
}

/** Hands results over while the run goes on; a resumed run hands the same ones over again. */
export function keepNow(job: Job, artifacts: readonly Artifact[]): void {
  job.folder.writeJson(keptFile, artifacts)
  job.progress.artifacts(artifacts)
}
