/**
 * The shape of the project database, as steps that rise by one. Each is applied once, in a transaction of its own, after a copy
 * of the file was set aside. A database made by a newer version is refused with nothing written.
 */
import { copyFileSync, existsSync } from 'node:fs'
import { ProblemError } from '../../core/problem.ts'
import type { Database } from './database.ts'

/** migrations[i] takes the database from version i to i + 1. Never edit one that was released; add another. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE run (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, request TEXT NOT NULL, subject TEXT,
    parents TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, started TEXT, ended TEXT,
    elapsed REAL NOT NULL DEFAULT 0, device TEXT, problem TEXT, phases TEXT NOT NULL DEFAULT '[]', position INTEGER NOT NULL
  );
  CREATE TABLE subject (id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), name TEXT NOT NULL, role TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, summary TEXT NOT NULL, created TEXT NOT NULL);
  CREATE TABLE trial (subject TEXT NOT NULL REFERENCES subject(id), number INTEGER NOT NULL, target INTEGER NOT NULL, run INTEGER NOT NULL, session INTEGER NOT NULL, held_out INTEGER NOT NULL, PRIMARY KEY (subject, number)) WITHOUT ROWID;
  CREATE TABLE picture_set (run TEXT PRIMARY KEY REFERENCES run(id), file TEXT NOT NULL, sha256 TEXT NOT NULL);
  CREATE TABLE backbone (id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), name TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL, summary TEXT NOT NULL, created TEXT NOT NULL);
  CREATE TABLE mask (id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), name TEXT NOT NULL, subject TEXT NOT NULL REFERENCES subject(id), backbone TEXT, file TEXT NOT NULL, sha256 TEXT NOT NULL, summary TEXT NOT NULL, created TEXT NOT NULL);
  CREATE TABLE decoder (id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), name TEXT NOT NULL, mask TEXT NOT NULL REFERENCES mask(id), subject TEXT NOT NULL REFERENCES subject(id), file TEXT NOT NULL, sha256 TEXT NOT NULL, summary TEXT NOT NULL, created TEXT NOT NULL);
  CREATE TABLE evaluation (id TEXT PRIMARY KEY, run TEXT NOT NULL REFERENCES run(id), decoder TEXT NOT NULL REFERENCES decoder(id), content TEXT NOT NULL, gallery TEXT, created TEXT NOT NULL);
  CREATE TABLE result_row (run TEXT NOT NULL REFERENCES run(id), number INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (run, number)) WITHOUT ROWID;
  CREATE TABLE review (id TEXT PRIMARY KEY, mask TEXT NOT NULL REFERENCES mask(id), verdict TEXT NOT NULL, reviewer TEXT NOT NULL, note TEXT NOT NULL, created TEXT NOT NULL);
  CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
  `,
  // A verdict is bound to the bytes of the mask. No verdict was ever written before.
  `ALTER TABLE review ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''`,
  `
  CREATE TABLE rating (id TEXT PRIMARY KEY, decoder TEXT NOT NULL, item INTEGER NOT NULL, rating INTEGER NOT NULL, rater TEXT NOT NULL, blind INTEGER NOT NULL, seed INTEGER, created TEXT NOT NULL);
  `,
  // Places where input files were found again; only ever added to, the newest of a file counts.
  `CREATE TABLE relink (run TEXT NOT NULL, path TEXT NOT NULL, place TEXT NOT NULL, created TEXT NOT NULL)`,
]

export async function databaseVersion(database: Database): Promise<number> {
  const [row] = await database.all('PRAGMA user_version')
  return Number(row?.user_version ?? 0)
}

export async function migrate(database: Database, path: string, steps: readonly string[] = migrations): Promise<void> {
  const version = await databaseVersion(database)
  if (version > steps.length) {
    throw new ProblemError({
      code: 'PROJECT_TOO_NEW',
      message: `The project was made by a newer version of the workstation (format ${version}, this version knows ${steps.length}).`,
      where: path,
      fix: 'Open it with that version or a newer one. Nothing was changed.',
    })
  }
  if (version > 0 && version < steps.length && existsSync(path)) {
    await database.run('PRAGMA wal_checkpoint(TRUNCATE)')
    copyFileSync(path, `${path}.before-format-${version + 1}`)
  }
  for (let at = version; at < steps.length; at++) {
    await database.transaction(async () => {
      for (const statement of steps[at]!.split(';')) if (statement.trim() !== '') await database.run(statement)
      await database.run(`PRAGMA user_version = ${at + 1}`)
    })
  }
}
