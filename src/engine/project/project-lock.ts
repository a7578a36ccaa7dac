/**
 * One engine per project: a lock file names the process that has it open. It appears whole or not at all. A lock whose process is
 * gone is taken over, one process at a time, so a crash never locks anyone out and two can never both believe they have it.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../core/problem.ts'
import { fileProblem } from './file-problem.ts'

const holderSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  started: z.string(),
  /** When the process began, in the system's own count; tells it from a later process of the same number. */
  startTicks: z.string().nullable().default(null),
  key: z.string().default(''),
})
type Holder = z.infer<typeof holderSchema>

/** Field 22 of /proc/PID/stat; null where the system has no such file. The name before it may hold blanks and brackets. */
function startTicks(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function alive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  const now = startTicks(holder.pid)
  return holder.startTicks === null || now === null || now === holder.startTicks
}

/** Whether whoever wrote this still holds it. Nothing can be asked about processes of another computer. */
function holds(holder: Holder | null): holder is Holder {
  return holder !== null && (holder.host !== hostname() || alive(holder))
}

function parseHolder(text: string): Holder | null {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function readHolder(path: string): Holder | null {
  try {
    return parseHolder(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** Creates the file with all its content at once; false if there is one. */
function createWhole(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.pid}-${holder.key}`
  try {
    writeFileSync(draft, JSON.stringify(holder), { flag: 'wx' })
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw fileProblem(error, path)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** True only for a file that could be read and whose owner is gone, or that is damaged. */
function isStale(path: string): boolean {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return false
  }
  return !holds(parseHolder(text))
}

/** A take-over takes microseconds; one that is this old belongs to a process that was killed in the middle of it. */
const takeOverMilliseconds = 10_000

export class ProjectLock {
  readonly #path: string
  readonly #key: string

  private constructor(path: string, key: string) {
    this.#path = path
    this.#key = key
  }

  /** PROJECT_IN_USE names the process that holds it. */
  static take(folder: string): ProjectLock {
    const path = join(folder, 'project.lock')
    const own: Holder = {
      pid: process.pid,
      host: hostname(),
      started: new Date().toISOString(),
      startTicks: startTicks(process.pid),
      key: randomUUID(),
    }
    for (let attempt = 0; attempt < 20; attempt++) {
      if (createWhole(path, own)) return new ProjectLock(path, own.key)
      const holder = readHolder(path)
      if (holds(holder)) {
        throw new ProblemError({
          code: 'PROJECT_IN_USE',
          message: `The project is open in another workstation (process ${holder.pid} on ${holder.host}, since ${holder.started}).`,
          where: folder,
          fix: 'Close it there, or go on in that window. Two at once could overwrite each other.',
        })
      }
      clearStale(path, own)
    }
    throw new ProblemError({
      code: 'PROJECT_IN_USE',
      message: 'The project is being opened by another workstation.',
      where: folder,
      fix: 'Try again.',
    })
  }

  /** Whether some process has the project open now, as far as this computer can tell. */
  static isHeld(folder: string): boolean {
    return holds(readHolder(join(folder, 'project.lock')))
  }

  release(): void {
    if (readHolder(this.#path)?.key === this.#key) rmSync(this.#path, { force: true })
  }
}

/** Removes a lock whose owner is gone. Only one process does so at a time, and it looks again once it is the one. */
function clearStale(path: string, own: Holder): void {
  const turn = `${path}.turn`
  if (!createWhole(turn, { ...own, key: randomUUID() })) {
    const age = Date.now() - (statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > takeOverMilliseconds && !holds(readHolder(turn))) rmSync(turn, { force: true })
    return
  }
  try {
    // What is there must be seen to be stale: a lock that was just given back may be someone else's a moment later.
    if (isStale(path)) rmSync(path, { force: true })
  } finally {
    rmSync(turn, { force: true })
  }
}
