/**
 * The files that a project's subjects were imported from. The project holds all it needs; the files are where its numbers came from,
 * and an import is repeated from them. Their SHA-256 says which they are, wherever they lie; it never changes.
 */
import { z } from 'zod'
import { problemSchema } from '../problem.ts'
import { idSchema, placeSchema, timeSchema } from './common.ts'
import { sha256Schema } from './review.ts'

export const inputFileSchema = z.object({
  /** The import that read it. */
  run: idSchema,
  subject: z.string(),
  /** As the recipe names it. */
  path: z.string(),
  bytes: z.number().nonnegative(),
  sha256: sha256Schema,
  /** there: a file of this size is at its place; changed: one of another size; missing: none that may be read. */
  state: z.enum(['there', 'changed', 'missing']),
  /** Where it is looked for, home shortened to ~: for reading, not for calls. */
  at: z.string(),
  /** When it was last found at another place than the recipe's; null for its own place. */
  relinked: timeSchema.nullable(),
})
export type InputFile = z.infer<typeof inputFileSchema>

export const relinkRequestSchema = z.object({ folder: placeSchema })
export const relinkedSchema = z.object({
  /** All input files as they are known now. */
  inputs: z.array(inputFileSchema),
  /** Those that were missing or changed and were found in the folder, by their content. */
  found: z.array(z.object({ path: z.string(), at: z.string() })),
  /** Files of the same name with other content: not taken. */
  refused: z.array(problemSchema),
  /** Files that were looked at. */
  searched: z.number().int().nonnegative(),
})
export type Relinked = z.infer<typeof relinkedSchema>
