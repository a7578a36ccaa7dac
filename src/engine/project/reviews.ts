/**
 * The verdicts kept in a project. A verdict names the SHA-256 of the mask's file as the reviewer saw it; it is taken only
 * while the file has that hash, and says later whether it still has. Rows are only ever added; with a discarded run they go
 * into its folder.
 */
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import { type NewReview, type Review, reviewSchema } from '../../core/contract/review.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Database } from './database.ts'
import { sha256OfFile } from './hashing-reader.ts'
import type { RunFolder } from './run-folder.ts'

const maskRowSchema = z.object({ id: z.string(), name: z.string(), file: z.string(), sha256: z.string() })

/** SHA-256 of a file, or null where it cannot be read. */
function hashOf(path: string): string | null {
  try {
    return sha256OfFile(path)
  } catch {
    return null
  }
}

export class Reviews {
  readonly #database: Database
  readonly #folder: string

  constructor(database: Database, folder: string) {
    this.#database = database
    this.#folder = folder
  }

  async #mask(id: string): Promise<z.infer<typeof maskRowSchema>> {
    const [row] = await this.#database.all('SELECT id, name, file, sha256 FROM mask WHERE id = ?', [id])
    if (row === undefined)
      throw new ProblemError({ code: 'NOT_FOUND', message: 'There is no such mask in this project.', where: id })
    return maskRowSchema.parse(row)
  }

  /** Signs a mask. NOT_FOUND without it; CHECKSUM where the file is not what the reviewer saw, and nothing is kept. */
  async add(review: NewReview): Promise<Review> {
    const mask = await this.#mask(review.mask)
    const now = hashOf(join(this.#folder, mask.file))
    if (now !== mask.sha256)
      throw new ProblemError({
        code: 'CHECKSUM',
        message: `The file of mask ${mask.name} ${now === null ? 'is gone' : 'was changed since the mask was made'}.`,
        where: mask.file,
        expected: `SHA-256 ${mask.sha256}`,
        fix: 'Put the file back from a copy, or find the mask again. No verdict was kept.',
      })
    if (review.sha256 !== mask.sha256)
      throw new ProblemError({
        code: 'CHECKSUM',
        message: `The verdict was given on other bytes than those of mask ${mask.name}.`,
        where: 'sha256',
        expected: mask.sha256,
        fix: 'Look at the mask again, then decide.',
      })
    const { verdict, reviewer, note, sha256 } = review
    const added: Review = {
      ...{ id: newId(), mask: mask.id, verdict, reviewer, note, sha256 },
      ...{ created: new Date().toISOString(), holds: true },
    }
    await this.#database.run(
      'INSERT INTO review (id, mask, verdict, reviewer, note, created, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [added.id, added.mask, verdict, reviewer, note, added.created, sha256],
    )
    return added
  }

  /** Newest first; of one mask (NOT_FOUND where there is none) or of all. */
  async list(mask?: string): Promise<Review[]> {
    if (mask !== undefined) await this.#mask(mask)
    // Ids rise with time, so they settle the order within one millisecond.
    const rows = await this.#database.all(
      `SELECT review.*, mask.file AS file FROM review JOIN mask ON mask.id = review.mask
       WHERE ? IS NULL OR review.mask = ? ORDER BY review.created DESC, review.id DESC`,
      [mask ?? null, mask ?? null],
    )
    const hashes = new Map<unknown, string | null>()
    return rows.map(({ file, ...row }) => {
      if (!hashes.has(file)) hashes.set(file, hashOf(join(this.#folder, z.string().parse(file))))
      return reviewSchema.parse({ ...row, holds: hashes.get(file) === row.sha256 })
    })
  }

  /** The verdict that counts, or null. */
  async newest(mask: string): Promise<Review | null> {
    return (await this.list(mask))[0] ?? null
  }

  /** Newest verdict of each mask that has one, from the rows alone: files are not looked at. */
  async verdicts(): Promise<Map<string, Review['verdict']>> {
    const rows = await this.#database.all('SELECT mask, verdict FROM review ORDER BY created, id')
    return new Map(rows.map((row) => [z.string().parse(row.mask), reviewSchema.shape.verdict.parse(row.verdict)]))
  }

  /** Called inside a transaction: reviews of the run's masks leave the database for reviews.json in the run's folder. */
  async moveToFolder(run: string, folder: RunFolder): Promise<void> {
    const ofRun = 'mask IN (SELECT id FROM mask WHERE run = ?)'
    const rows = await this.#database.all(`SELECT * FROM review WHERE ${ofRun} ORDER BY created, id`, [run])
    if (rows.length === 0) return
    folder.writeJson('reviews.json', rows)
    await this.#database.run(`DELETE FROM review WHERE ${ofRun}`, [run])
  }
}
