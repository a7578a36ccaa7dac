/** What a finished run hands over, and how it enters the database: one row per item, its file's hash beside it. */
import { join } from 'node:path'
import type { z } from 'zod'
import type { backboneSchema, decoderSchema, Evaluation, Mask, Subject } from '../../core/contract/result.ts'
import { unwrap } from '../../core/problem.ts'
import { readDataFile } from './data-file.ts'
import type { Database } from './database.ts'
import { sha256OfFile } from './hashing-reader.ts'

/** One result as a job hands it over: a data file in the run's results and what to show of it. */
export type Artifact =
  | { readonly type: 'subject'; readonly id: string; readonly file: string; readonly summary: Subject }
  | { readonly type: 'pictures'; readonly file: string }
  | {
      readonly type: 'backbone'
      readonly id: string
      readonly file: string
      readonly summary: z.infer<typeof backboneSchema>
    }
  | {
      readonly type: 'mask'
      readonly id: string
      readonly file: string
      readonly backbone: string | null
      readonly summary: Mask
    }
  | {
      readonly type: 'decoder'
      readonly id: string
      readonly file: string
      readonly summary: z.infer<typeof decoderSchema>
    }
  | {
      readonly type: 'evaluation'
      readonly decoder: string
      readonly content: Evaluation
      readonly gallery: string | null
    }

/** Called inside a transaction. */
export async function addArtifact(database: Database, folder: string, run: string, artifact: Artifact): Promise<void> {
  const created = new Date().toISOString()
  const insert = (table: string, values: Record<string, string | number | null>) =>
    database.run(
      `INSERT OR REPLACE INTO ${table} (${Object.keys(values).join(', ')}) VALUES (${Object.keys(values)
        .map(() => '?')
        .join(', ')})`,
      Object.values(values),
    )
  const hash = (file: string) => sha256OfFile(join(folder, file))
  /** The columns of everything that has a name and a file. */
  const common = ({ id, file, summary }: Extract<Artifact, { id: string }>) => ({
    id,
    run,
    name: summary.name,
    file,
    sha256: hash(file),
    summary: JSON.stringify(summary),
    created,
  })
  switch (artifact.type) {
    case 'subject':
      await insert('subject', { ...common(artifact), role: artifact.summary.role })
      return addTrials(database, folder, artifact.id, artifact.file)
    case 'pictures':
      return insert('picture_set', { run, file: artifact.file, sha256: hash(artifact.file) })
    case 'backbone':
      return insert('backbone', common(artifact))
    case 'mask':
      return insert('mask', { ...common(artifact), subject: artifact.summary.subject, backbone: artifact.backbone })
    case 'decoder':
      return insert('decoder', {
        ...common(artifact),
        mask: artifact.summary.mask,
        subject: artifact.summary.subject,
      })
    case 'evaluation':
      return insert('evaluation', {
        id: `${artifact.decoder} of ${run}`,
        run,
        decoder: artifact.decoder,
        content: JSON.stringify(artifact.content),
        gallery: artifact.gallery,
        created,
      })
    default:
      return artifact satisfies never
  }
}

/** Sets of trials in a subject's file, and whether they are held out where no part says so. */
const sets = [
  ['train', 0],
  ['test', 1],
  ['all', 0],
] as const

/** The trial table of a subject, so that other tools can query it. Many rows per statement: single inserts are slow. */
async function addTrials(database: Database, folder: string, subject: string, file: string): Promise<void> {
  const columns = sets.flatMap(([set]) => ['target', 'run', 'session', 'part'].map((column) => `${set}/${column}`))
  const { arrays } = unwrap(readDataFile(join(folder, file), columns))
  const rows: (string | number)[][] = []
  for (const [set, heldOut] of sets) {
    const [target, run, session] = [arrays[`${set}/target`], arrays[`${set}/run`], arrays[`${set}/session`]]
    if (target === undefined || run === undefined || session === undefined) continue
    const part = arrays[`${set}/part`]
    for (let i = 0; i < target.length; i++)
      rows.push([subject, rows.length, target[i]!, run[i]!, session[i]!, part?.[i] ?? heldOut])
  }
  for (let at = 0; at < rows.length; at += 100) {
    const part = rows.slice(at, at + 100)
    await database.run(
      `INSERT OR REPLACE INTO trial (subject, number, target, run, session, held_out) VALUES ${part.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
      part.flat(),
    )
  }
}
