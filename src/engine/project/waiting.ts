/**
 * What waits for a person in a project, in words. For projects that are not open the database is only read, without taking
 * the lock, migrating or repairing anything; what cannot be read says nothing.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sqlite3 from 'sqlite3'
import { z } from 'zod'
import { runStatuses } from '../../core/contract/run.ts'
import { ProjectLock } from './project-lock.ts'

export interface ProjectState {
  /** In the order of the queue. */
  readonly runs: readonly { readonly name: string; readonly status: (typeof runStatuses)[number] }[]
  readonly masks: readonly { readonly name: string; readonly reviewed: boolean }[]
}

/** The one thing to do next, or null where nothing waits. */
export function nextStep({ runs, masks }: ProjectState): string | null {
  const interrupted = runs.find((run) => run.status === 'interrupted')
  if (interrupted !== undefined) return `${interrupted.name} was interrupted and can be resumed`
  const going = runs.find((run) => run.status === 'running' || run.status === 'paused')
  if (going !== undefined) return `${going.name} is ${going.status}`
  if (runs.length === 0) return 'Import data'
  if (masks.length === 0) return 'Find a mask'
  const open = masks.filter((mask) => !mask.reviewed)
  if (open.length === 1) return `${open[0]!.name} waits for a verdict`
  return open.length === 0 ? null : `${open.length} masks wait for a verdict`
}

const rowsSchema = z.object({
  runs: z.array(z.object({ name: z.string(), status: z.enum(runStatuses) })),
  masks: z.array(z.object({ name: z.string(), reviewed: z.number() })),
})

/** The state of a project that this engine has not opened; null where it cannot be read. */
export async function peekState(folder: string): Promise<ProjectState | null> {
  const path = join(folder, 'project.sqlite')
  if (!existsSync(path)) return null
  try {
    const heldElsewhere = ProjectLock.isHeld(folder)
    const { runs, masks } = rowsSchema.parse(await readRows(path))
    return {
      // Nobody works on what was going on when its engine ended; opening the project will find it interrupted.
      runs: runs.map((run) => ({
        ...run,
        status: !heldElsewhere && ['running', 'paused'].includes(run.status) ? 'interrupted' : run.status,
      })),
      masks: masks.map(({ name, reviewed }) => ({ name, reviewed: reviewed > 0 })),
    }
  } catch {
    return null
  }
}

/**
 * Without a write-ahead log beside it the file is whole and is read as immutable, so that no helper files appear; with one,
 * the engine that wrote it was killed or is at work, and SQLite must look at both.
 */
async function readRows(path: string): Promise<{ runs: unknown[]; masks: unknown[] }> {
  const options = existsSync(`${path}-wal`) ? 'mode=ro' : 'mode=ro&immutable=1'
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened: sqlite3.Database = new sqlite3.Database(
      `${pathToFileURL(path).href}?${options}`,
      sqlite3.OPEN_READONLY | sqlite3.OPEN_URI,
      (error) => (error ? reject(error) : resolve(opened)),
    )
  })
  const all = (sql: string) =>
    new Promise<unknown[]>((resolve, reject) =>
      database.all(sql, (error, rows) => (error ? reject(error) : resolve(rows))),
    )
  try {
    return {
      runs: await all('SELECT name, status FROM run ORDER BY position'),
      masks: await all(
        'SELECT name, EXISTS (SELECT 1 FROM review WHERE review.mask = mask.id) AS reviewed FROM mask ORDER BY created, id',
      ),
    }
  } finally {
    await new Promise<void>((resolve) => database.close(() => resolve()))
  }
}
