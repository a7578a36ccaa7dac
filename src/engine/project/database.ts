/**
 * sqlite3 with promises, on one connection: statements and transactions queue up behind each other, so nothing that is asked while a
 * transaction runs can slip into it and be rolled back with it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import sqlite3 from 'sqlite3'
import { ProblemError } from '../../core/problem.ts'
import { fileProblem } from './file-problem.ts'

export type SqlValue = string | number | null | Uint8Array
export type Row = Record<string, unknown>

function asProblem(error: Error, path: string): unknown {
  if (/SQLITE_FULL/.test(error.message)) return fileProblem({ code: 'ENOSPC' }, path)
  if (/SQLITE_READONLY|SQLITE_CANTOPEN/.test(error.message)) return fileProblem({ code: 'EACCES' }, path)
  if (/SQLITE_NOTADB|SQLITE_CORRUPT/.test(error.message)) {
    return new ProblemError({
      code: 'CHECKSUM',
      message: 'The project database is damaged.',
      where: path,
      fix: 'It was moved aside and kept. Restore project.sqlite from a backup; runs and results are still in their folders.',
    })
  }
  return error
}

export class Database {
  readonly #db: sqlite3.Database
  readonly #path: string
  #queue: Promise<unknown> = Promise.resolve()
  /** Set to this database for everything that a running transaction asks. */
  readonly #inside = new AsyncLocalStorage<Database>()

  private constructor(db: sqlite3.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  /** Opens or creates the file. WAL, and every commit reaches the disk before it is acknowledged. */
  static async open(path: string): Promise<Database> {
    const db = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened: sqlite3.Database = new sqlite3.Database(path, (error) =>
        error ? reject(asProblem(error, path)) : resolve(opened),
      )
    })
    const database = new Database(db, path)
    try {
      for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 5000'])
        await database.all(`PRAGMA ${pragma}`)
    } catch (error) {
      await database.close()
      throw error
    }
    return database
  }

  all(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#inside.getStore() === this ? this.#ask(sql, values) : this.#inTurn(() => this.#ask(sql, values))
  }

  #ask(sql: string, values: readonly SqlValue[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#db.all<Row>(sql, values, (error, rows) => (error ? reject(asProblem(error, this.#path)) : resolve(rows)))
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work)
    this.#queue = next.catch(() => {})
    return next
  }

  async run(sql: string, values: readonly SqlValue[] = []): Promise<void> {
    await this.all(sql, values)
  }

  /** Everything in `work` happens or nothing does. */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside.getStore() === this) return work()
    return this.#inTurn(() =>
      this.#inside.run(this, async () => {
        await this.run('BEGIN IMMEDIATE')
        try {
          const value = await work()
          await this.run('COMMIT')
          return value
        } catch (error) {
          await this.run('ROLLBACK').catch(() => {})
          throw error
        }
      }),
    )
  }

  /** CHECKSUM where the file is damaged anywhere. */
  async check(): Promise<void> {
    const [row] = await this.all('PRAGMA quick_check(1)')
    if (row?.quick_check !== 'ok') throw asProblem(new Error('SQLITE_CORRUPT'), this.#path)
  }

  async close(): Promise<void> {
    await this.#queue
    await new Promise<void>((resolve, reject) => this.#db.close((error) => (error ? reject(error) : resolve())))
  }
}
