/**
 * The folder of a run, readable without us: run.json (what was asked), metrics.jsonl (one batch of numbers per line, numbered and
 * checked), checkpoints/ (two per part, the older one in case the newer is damaged), results/, log.txt. Written by the job process.
 */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { runEventSchema } from '../../core/contract/run.ts'
import type { StageState } from '../../core/pipeline/run-context.ts'
import { sweepUnfinished, writeAtomically } from './atomic-file.ts'
import { readDataFile, writeDataFile } from './data-file.ts'
import { fileProblem } from './file-problem.ts'

export type MetricPoints = z.infer<typeof runEventSchema>['points']

const lineSchema = z.object({ seq: z.number().int(), points: runEventSchema.shape.points })

export class RunFolder {
  readonly path: string
  #appended = false

  constructor(path: string) {
    this.path = path
  }

  create(): void {
    try {
      for (const name of ['', 'checkpoints', 'results']) mkdirSync(join(this.path, name), { recursive: true })
      for (const name of ['', 'checkpoints', 'results']) sweepUnfinished(join(this.path, name))
    } catch (error) {
      throw fileProblem(error, this.path)
    }
  }

  result(name: string): string {
    return join(this.path, 'results', name)
  }

  writeJson(name: string, value: unknown): void {
    writeAtomically(join(this.path, name), `${JSON.stringify(value, null, 2)}\n`)
  }

  readJson(name: string): unknown {
    const path = join(this.path, name)
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null
  }

  log(line: string): void {
    appendFileSync(join(this.path, 'log.txt'), `${new Date().toISOString()} ${line}\n`)
  }

  readLog(): string {
    const path = join(this.path, 'log.txt')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** One line per batch: CRC32 of the rest in hex, a blank, JSON. */
  appendMetrics(seq: number, points: MetricPoints): void {
    const text = JSON.stringify({ seq, points })
    const path = join(this.path, 'metrics.jsonl')
    try {
      // A process that was killed may have left a line without its end; the next one must not be glued to it.
      const start = this.#appended || endsWithLine(path) ? '' : '\n'
      appendFileSync(path, `${start}${crc32(text).toString(16).padStart(8, '0')} ${text}\n`)
      this.#appended = true
    } catch (error) {
      throw fileProblem(error, this.path)
    }
  }

  /** Batches after `since`. A line that was cut off or damaged is left out. */
  readMetrics(since: number): { seq: number; points: MetricPoints }[] {
    const path = join(this.path, 'metrics.jsonl')
    if (!existsSync(path)) return []
    const out: { seq: number; points: MetricPoints }[] = []
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const text = line.slice(9)
      if (text === '' || crc32(text).toString(16).padStart(8, '0') !== line.slice(0, 8)) continue
      const parsed = lineSchema.safeParse(JSON.parse(text))
      if (parsed.success && parsed.data.seq > since) out.push(parsed.data)
    }
    return out
  }

  lastSeq(): number {
    return this.readMetrics(0).reduce((last, { seq }) => Math.max(last, seq), 0)
  }

  #checkpoint(part: string, slot: 0 | 1): string {
    const name = createHash('sha256').update(part).digest('hex').slice(0, 16)
    return join(this.path, 'checkpoints', `${name}-${slot}.data`)
  }

  /** Overwrites the older of the part's two checkpoints. */
  writeCheckpoint(part: string, state: StageState, builtBy: string): void {
    const { stage, epoch, values, arrays } = state
    writeDataFile(this.#checkpoint(part, epoch % 2 === 0 ? 0 : 1), {
      values: {
        ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`state/${name}`, value as string])),
        part,
        stage,
        epoch,
        builtBy,
      },
      arrays,
    })
  }

  /** The newest checkpoint of a part that is whole, or null. `notes` says what was passed over. */
  readCheckpoint(part: string): { state: StageState | null; builtBy: string | null; notes: string[] } {
    const notes: string[] = []
    let best: { state: StageState; builtBy: string } | null = null
    for (const slot of [0, 1] as const) {
      const path = this.#checkpoint(part, slot)
      if (!existsSync(path)) continue
      const content = readDataFile(path)
      if (!content.ok) {
        notes.push(`A checkpoint of "${part}" is damaged and was passed over.`)
        continue
      }
      const { part: savedPart, stage, epoch, builtBy, ...rest } = content.value.values
      if (savedPart !== part || typeof epoch !== 'number') continue
      if (best !== null && best.state.epoch >= epoch) continue
      const values = Object.fromEntries(
        Object.entries(rest).map(([name, value]) => [name.slice('state/'.length), value]),
      )
      best = { state: { stage: String(stage), epoch, values, arrays: content.value.arrays }, builtBy: String(builtBy) }
    }
    return { state: best?.state ?? null, builtBy: best?.builtBy ?? null, notes }
  }

  /** Checkpoints of finished work take room for nothing. */
  dropCheckpoints(): void {
    const folder = join(this.path, 'checkpoints')
    if (existsSync(folder)) for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true })
  }

  dropCheckpointsOf(part: string): void {
    for (const slot of [0, 1] as const) rmSync(this.#checkpoint(part, slot), { force: true })
  }

  /** Bytes of everything in the folder, one level of folders deep. */
  bytes(): number {
    let sum = 0
    for (const entry of readdirSync(this.path, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name)).size
    return sum
  }
}

/** True for a file that is missing, empty, or ends with an end-of-line. */
function endsWithLine(path: string): boolean {
  if (!existsSync(path)) return true
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0) return true
    const last = Buffer.alloc(1)
    readSync(file, last, 0, 1, size - 1)
    return last[0] === 0x0a
  } finally {
    closeSync(file)
  }
}
