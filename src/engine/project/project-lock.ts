/**
 * One engine per project: a lock file names the process that has it open. A lock whose process is gone is taken over, so a
 * crash never locks anyone out.
 */
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { ProblemError } from '../../core/problem.ts'
import { writeAll } from './atomic-file.ts'
import { fileProblem } from './file-problem.ts'

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), started: z.string() })

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

export class ProjectLock {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** PROJECT_IN_USE names the process that holds it. */
  static take(folder: string): ProjectLock {
    const path = join(folder, 'project.lock')
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const file = openSync(path, 'wx')
        writeAll(
          file,
          Buffer.from(JSON.stringify({ pid: process.pid, host: hostname(), started: new Date().toISOString() })),
        )
        closeSync(file)
        return new ProjectLock(path)
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw fileProblem(error, path)
      }
      const holder = readHolder(path)
      if (holder !== null && (holder.host !== hostname() || alive(holder.pid))) {
        throw new ProblemError({
          code: 'PROJECT_IN_USE',
          message: `The project is open in another workstation (process ${holder.pid} on ${holder.host}, since ${holder.started}).`,
          where: folder,
          fix: 'Close it there, or go on in that window. Two at once could overwrite each other.',
        })
      }
      rmSync(path, { force: true })
    }
    throw new ProblemError({
      code: 'PROJECT_IN_USE',
      message: 'The project is being opened by another workstation.',
      where: folder,
      fix: 'Try again.',
    })
  }

  release(): void {
    const holder = readHolder(this.#path)
    if (holder !== null && holder.pid === process.pid && holder.host === hostname()) rmSync(this.#path, { force: true })
  }
}

function readHolder(path: string): z.infer<typeof holderSchema> | null {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.data : null
  } catch {
    // A lock that cannot be read was cut off while being written: its owner is gone.
    return null
  }
}
