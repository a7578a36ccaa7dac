/**
 * A project on disk: a folder with project.sqlite, runs/, blobs/ and bin/ that can be moved as a whole, because every path in
 * it is relative. Results are only ever added. The engine is the only writer of the database.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import type { Rating, RatingInput } from '../../core/contract/rating.ts'
import {
  backboneSchema,
  decoderSchema,
  type Evaluation,
  evaluationSchema,
  gallerySchema,
  type ListedMask,
  type Mask,
  maskSchema,
  type Subject,
  subjectSchema,
  type TableRow,
  tableRowSchema,
} from '../../core/contract/result.ts'
import { isTestRun, type Run, type RunRequest, runSchema } from '../../core/contract/run.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { type Artifact, addArtifact } from './artifacts.ts'
import { Blobs } from './blobs.ts'
import { type DataContent, readDataFile } from './data-file.ts'
import { Database, type Row } from './database.ts'
import { fileProblem } from './file-problem.ts'
import { migrate } from './migrations.ts'
import { ProjectLock } from './project-lock.ts'
import { leaveMark } from './project-mark.ts'
import { addRating, listRatings } from './ratings.ts'
import { addRelink, listRelinks, type Relink } from './relinks.ts'
import { Reviews } from './reviews.ts'
import { RunFolder } from './run-folder.ts'

const prefixes: Readonly<Record<Run['kind'], string>> = {
  simulate: 's',
  import: 'i',
  pretrain: 'b',
  mask: 'm',
  decode: 'd',
  evaluate: 'v',
  experiment: 'e',
  demo: 'demo',
}

const text = z.string()
const json = (value: unknown): unknown => JSON.parse(text.parse(value))

function runFromRow(row: Row): Run {
  return runSchema.parse({
    ...row,
    request: json(row.request),
    parents: json(row.parents),
    phases: json(row.phases),
    problem: row.problem === null ? null : json(row.problem),
    remaining: null,
  })
}

export type { Artifact } from './artifacts.ts'

export class ProjectStore {
  readonly id: string
  readonly name: string
  readonly folder: string
  readonly blobs: Blobs
  readonly reviews: Reviews
  readonly #database: Database
  readonly #lock: ProjectLock

  private constructor(folder: string, id: string, name: string, database: Database, lock: ProjectLock) {
    this.folder = folder
    this.id = id
    this.name = name
    this.blobs = new Blobs(folder)
    this.reviews = new Reviews(database, folder)
    this.#database = database
    this.#lock = lock
  }

  /** A new project; ALREADY_EXISTS where the folder holds one, READ_ONLY or DISK_FULL where it cannot be written. */
  static async create(folder: string, name: string): Promise<ProjectStore> {
    if (existsSync(join(folder, 'project.sqlite')))
      throw new ProblemError({
        code: 'ALREADY_EXISTS',
        message: 'There is a project in this folder already.',
        where: folder,
        fix: 'Open it, or choose another folder.',
      })
    try {
      for (const part of ['', 'runs', 'blobs', 'bin']) mkdirSync(join(folder, part), { recursive: true })
    } catch (error) {
      throw fileProblem(error, folder)
    }
    return ProjectStore.#open(folder, name)
  }

  static async open(folder: string): Promise<ProjectStore> {
    if (!existsSync(join(folder, 'project.sqlite')))
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: 'There is no project in this folder.',
        where: folder,
        expected: 'a folder that holds project.sqlite',
        fix: 'Choose the project’s folder, or create a project.',
      })
    return ProjectStore.#open(folder, null)
  }

  static async #open(folder: string, newName: string | null): Promise<ProjectStore> {
    const lock = ProjectLock.take(folder)
    const path = join(folder, 'project.sqlite')
    let database: Database | null = null
    try {
      database = await Database.open(path)
      await database.check()
      await migrate(database, path)
      if (newName !== null) {
        const values = { id: newId(), name: newName, created: new Date().toISOString() }
        for (const [key, value] of Object.entries(values))
          await database.run('INSERT INTO meta (key, value) VALUES (?, ?)', [key, value])
      }
      const meta = new Map(
        (await database.all('SELECT key, value FROM meta')).map((row) => [row.key, text.parse(row.value)]),
      )
      const id = meta.get('id')
      if (id === undefined)
        throw new ProblemError({ code: 'CHECKSUM', message: 'The project database has no project in it.', where: path })
      leaveMark(folder)
      return new ProjectStore(folder, id, meta.get('name') ?? 'Project', database, lock)
    } catch (error) {
      await database?.close()
      if (error instanceof ProblemError && error.problem.code === 'CHECKSUM' && newName === null) setAside(path)
      // Half a project would stand in the way of the next attempt.
      if (newName !== null) for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true })
      lock.release()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#database.close()
    this.#lock.release()
  }

  runFolder(run: string): RunFolder {
    return new RunFolder(join(this.folder, 'runs', run))
  }

  /** Adds a run to the end of the queue. */
  async addRun(request: RunRequest, subject: string | null, parents: readonly string[]): Promise<Run> {
    const id = newId()
    await this.#database.transaction(async () => {
      const [last] = await this.#database.all('SELECT COALESCE(MAX(position), 0) AS last FROM run')
      const test = isTestRun(request)
      const number = await this.#nextNumber(test ? 'test' : request.kind)
      const name = `${test ? 't' : prefixes[request.kind]}-${String(number).padStart(2, '0')}`
      await this.#database.run(
        'INSERT INTO run (id, name, kind, request, subject, parents, status, created, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        [
          id,
          name,
          request.kind,
          JSON.stringify(request),
          subject,
          JSON.stringify(parents),
          'queued',
          new Date().toISOString(),
          Number(last?.last ?? 0) + 1,
        ],
      )
    })
    return this.run(id)
  }

  /** Numbers are never given twice, not even after a run was discarded. */
  async #nextNumber(kind: Run['kind'] | 'test'): Promise<number> {
    const key = `last ${kind}`
    const [row] = await this.#database.all('SELECT value FROM meta WHERE key = ?', [key])
    const number = Number(row?.value ?? 0) + 1
    await this.#database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, String(number)])
    return number
  }

  async run(id: string): Promise<Run> {
    const [row] = await this.#database.all('SELECT * FROM run WHERE id = ?', [id])
    if (row === undefined)
      throw new ProblemError({ code: 'NOT_FOUND', message: 'There is no such run in this project.', where: id })
    return runFromRow(row)
  }

  async runs(): Promise<Run[]> {
    return (await this.#database.all('SELECT * FROM run ORDER BY position')).map(runFromRow)
  }

  async updateRun(
    id: string,
    change: Partial<Pick<Run, 'status' | 'started' | 'ended' | 'elapsed' | 'device' | 'problem' | 'phases'>>,
  ): Promise<void> {
    const columns = Object.entries(change)
    const values = columns.map(([name, value]) =>
      name === 'problem' && value === null
        ? null
        : name === 'problem' || name === 'phases'
          ? JSON.stringify(value)
          : (value as string | number | null),
    )
    await this.#database.run(`UPDATE run SET ${columns.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ?`, [
      ...values,
      id,
    ])
  }

  /** Takes over results of a run that goes on, all or nothing. The same ones again change nothing. */
  async addArtifacts(id: string, artifacts: readonly Artifact[]): Promise<void> {
    await this.#database.transaction(async () => {
      for (const artifact of artifacts) await addArtifact(this.#database, this.folder, id, artifact)
    })
  }

  /** Takes over what a finished run made, all or nothing, together with its last state. */
  async finishRun(
    id: string,
    artifacts: readonly Artifact[],
    change: Parameters<ProjectStore['updateRun']>[1],
    rows: readonly TableRow[] = [],
  ): Promise<void> {
    await this.#database.transaction(async () => {
      for (const row of rows) await this.addRow(id, row)
      for (const artifact of artifacts) await addArtifact(this.#database, this.folder, id, artifact)
      await this.updateRun(id, change)
    })
  }

  async #list<T>(table: string, schema: z.ZodType<T>): Promise<T[]> {
    return (await this.#database.all(`SELECT summary FROM ${table} ORDER BY created, id`)).map((row) =>
      schema.parse(json(row.summary)),
    )
  }

  subjects = (): Promise<Subject[]> => this.#list('subject', subjectSchema)
  backbones = () => this.#list('backbone', backboneSchema)
  masks = (): Promise<Mask[]> => this.#list('mask', maskSchema)
  /** Masks with the hash that a verdict is bound to, and the newest verdict. */
  async listMasks(): Promise<ListedMask[]> {
    const verdicts = await this.reviews.verdicts()
    return (await this.#database.all('SELECT summary, sha256, backbone FROM mask ORDER BY created, id')).map((row) => {
      const mask = maskSchema.parse(json(row.summary))
      return {
        ...{ ...mask, sha256: text.parse(row.sha256), verdict: verdicts.get(mask.id) ?? null },
        backbone: text.nullable().parse(row.backbone),
      }
    })
  }

  decoders = () => this.#list('decoder', decoderSchema)

  /** Path, relative to the project, of the data file of an item. */
  async fileOf(table: 'subject' | 'backbone' | 'mask' | 'decoder', id: string): Promise<string> {
    const [row] = await this.#database.all(`SELECT file FROM ${table} WHERE id = ?`, [id])
    if (row === undefined)
      throw new ProblemError({ code: 'NOT_FOUND', message: `There is no such ${table} in this project.`, where: id })
    return text.parse(row.file)
  }

  async maskBackbone(mask: string): Promise<string | null> {
    const [row] = await this.#database.all('SELECT backbone FROM mask WHERE id = ?', [mask])
    return row?.backbone === undefined || row.backbone === null ? null : text.parse(row.backbone)
  }

  /** Pictures and embedding of the run that a subject came from, or null for subjects with labels. */
  async picturesOf(subject: string): Promise<string | null> {
    const [row] = await this.#database.all(
      'SELECT picture_set.file AS file FROM subject JOIN picture_set ON picture_set.run = subject.run WHERE subject.id = ?',
      [subject],
    )
    return row === undefined ? null : text.parse(row.file)
  }

  /** The embedding of the run that a backbone came from, or null where that run has none. */
  async picturesOfBackbone(backbone: string): Promise<string | null> {
    const [row] = await this.#database.all(
      'SELECT picture_set.file AS file FROM backbone JOIN picture_set ON picture_set.run = backbone.run WHERE backbone.id = ?',
      [backbone],
    )
    return row === undefined ? null : text.parse(row.file)
  }

  readData(relative: string): DataContent {
    return unwrap(readDataFile(join(this.folder, relative)))
  }

  async addRow(run: string, row: TableRow): Promise<void> {
    await this.#database.run(
      'INSERT OR REPLACE INTO result_row (run, number, content) VALUES (?, (SELECT COUNT(*) FROM result_row WHERE run = ?), ?)',
      [run, run, JSON.stringify(row)],
    )
  }

  async rows(run: string): Promise<TableRow[]> {
    return (await this.#database.all('SELECT content FROM result_row WHERE run = ? ORDER BY number', [run])).map(
      (row) => tableRowSchema.parse(json(row.content)),
    )
  }

  /** The newest evaluation of a decoder, and where its pictures are. */
  async evaluation(
    decoder: string,
  ): Promise<{ content: Evaluation; gallery: z.infer<typeof gallerySchema> | null } | null> {
    const [row] = await this.#database.all(
      'SELECT content, gallery FROM evaluation WHERE decoder = ? ORDER BY created DESC, id LIMIT 1',
      [decoder],
    )
    if (row === undefined) return null
    return {
      content: evaluationSchema.parse(json(row.content)),
      gallery: row.gallery === null ? null : gallerySchema.parse(json(row.gallery)),
    }
  }

  /** Keeps what a person thinks of a decoded picture. */
  async addRating(input: RatingInput): Promise<Rating> {
    const pictures = (await this.evaluation(input.decoder))?.gallery?.items.length ?? 0
    return addRating(this.#database, input, pictures)
  }

  ratings = (): Promise<Rating[]> => listRatings(this.#database)

  /** Where input files were found last, by "run path". */
  relinks = (): Promise<Map<string, Relink>> => listRelinks(this.#database)
  addRelink = (run: string, path: string, at: string): Promise<void> => addRelink(this.#database, run, path, at)

  /** Name of the subject that each import brought. */
  async subjectsByRun(): Promise<Map<string, string>> {
    const rows = await this.#database.all('SELECT run, name FROM subject')
    return new Map(rows.map((row) => [text.parse(row.run), text.parse(row.name)]))
  }

  /** Moves a run that nothing depends on to the bin. NOT_ALLOWED names what depends on it. */
  async discardRun(id: string): Promise<void> {
    const run = await this.run(id)
    const own = (await this.#database.all('SELECT id FROM subject WHERE run = ?', [id])).map((row) =>
      text.parse(row.id),
    )
    const others = (await this.runs()).filter(
      (other) => other.id !== id && (other.parents.includes(id) || usesAny(other, own)),
    )
    if (others.length > 0)
      throw new ProblemError({
        code: 'NOT_ALLOWED',
        message: `${run.name} is used by ${others.map((other) => other.name).join(', ')}.`,
        where: run.name,
        fix: 'Discard those first.',
      })
    if (run.status === 'running' || run.status === 'paused' || run.status === 'cancelling')
      throw new ProblemError({
        code: 'NOT_ALLOWED',
        message: `${run.name} is still running.`,
        where: run.name,
        fix: 'Cancel it first.',
      })
    await this.#database.transaction(async () => {
      await this.reviews.moveToFolder(id, this.runFolder(id))
      for (const table of ['evaluation', 'decoder', 'mask', 'backbone'])
        await this.#database.run(`DELETE FROM ${table} WHERE run = ?`, [id])
      await this.#database.run('DELETE FROM trial WHERE subject IN (SELECT id FROM subject WHERE run = ?)', [id])
      for (const table of ['subject', 'picture_set', 'result_row'])
        await this.#database.run(`DELETE FROM ${table} WHERE run = ?`, [id])
      await this.#database.run('DELETE FROM run WHERE id = ?', [id])
    })
    const folder = this.runFolder(id).path
    if (existsSync(folder)) renameSync(folder, join(this.folder, 'bin', `${run.name}-${id}`))
  }
}

/** Whether a run was made on one of these subjects. */
function usesAny({ subject, request }: Run, subjects: readonly string[]): boolean {
  const named = request.kind === 'pretrain' ? request.subjects : []
  return subjects.some((id) => id === subject || named.includes(id))
}

/** A damaged database is kept under another name, never deleted. */
function setAside(path: string): void {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  for (const ending of ['', '-wal', '-shm'])
    if (existsSync(path + ending)) renameSync(path + ending, `${path}.damaged-${stamp}${ending}`)
}
