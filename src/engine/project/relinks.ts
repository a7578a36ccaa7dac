/** Places where input files were found again. Rows are only added; the newest of a file counts. */
import { z } from 'zod'
import type { Database } from './database.ts'

export interface Relink {
  /** Absolute path. */
  readonly at: string
  readonly created: string
}

const rowSchema = z.object({ run: z.string(), path: z.string(), place: z.string(), created: z.string() })

export async function listRelinks(database: Database): Promise<Map<string, Relink>> {
  const rows = await database.all('SELECT run, path, place, created FROM relink ORDER BY rowid')
  return new Map(
    rows.map((row) => {
      const { run, path, place, created } = rowSchema.parse(row)
      return [`${run} ${path}`, { at: place, created }]
    }),
  )
}

export async function addRelink(database: Database, run: string, path: string, at: string): Promise<void> {
  await database.run('INSERT INTO relink (run, path, place, created) VALUES (?, ?, ?, ?)', [
    ...[run, path, at],
    new Date().toISOString(),
  ])
}
