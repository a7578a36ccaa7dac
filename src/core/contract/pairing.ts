/**
 * What a preview shows of trials one by one: those that belong to nothing, with the reason, and the order in which they were shown.
 * Both are cut to a length that a window can hold; the counts are of all.
 */
import { z } from 'zod'

/** At most this many rows of `unmatchedRows` in a preview. */
export const mostUnmatchedRows = 300
/** At most this many trials of a strip. */
export const mostStripTrials = 2000
/** At most this many folds of a strip. */
export const mostStripFolds = 40

export const unmatchedRowSchema = z.object({
  what: z.enum([
    'volume without row',
    'row without volume',
    'row without picture',
    'missing picture',
    'picture without trial',
    'event without trial',
  ]),
  /** The volume, the line of the table, or the picture. */
  item: z.string(),
  /** Why it belongs to nothing, in words. */
  reason: z.string(),
})
export type UnmatchedRow = z.infer<typeof unmatchedRowSchema>

export const unmatchedRowsSchema = z.object({ count: z.number().int(), first: z.array(unmatchedRowSchema) })
export type UnmatchedRows = z.infer<typeof unmatchedRowsSchema>

export const trialStripSchema = z.object({
  /** All trials; the strip holds the first of them. */
  trials: z.number().int(),
  /** Names of the labels or pictures that the strip holds. */
  names: z.array(z.string()),
  runs: z.array(
    z.object({
      run: z.number().int(),
      session: z.number().int(),
      /** Position in `names` per trial, in the order in which they were shown. */
      items: z.array(z.number().int()),
    }),
  ),
  /** Per fold one digit per trial, over all runs of the strip: 0 trains, 1 is held out, 2 is left out. Empty while nothing is split. */
  folds: z.array(z.object({ name: z.string(), parts: z.string() })),
})
export type TrialStrip = z.infer<typeof trialStripSchema>
