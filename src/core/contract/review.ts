/**
 * What a person decided about a mask. A verdict is bound to the mask's file by its SHA-256: it says something about exactly
 * those bytes and nothing else. Reviews are only ever added; the newest of a mask counts, the others are its history.
 */
import { z } from 'zod'
import { idSchema, timeSchema } from './common.ts'

export const verdicts = ['accepted', 'rejected', 'unsure'] as const
export const verdictSchema = z.enum(verdicts)
export type Verdict = z.infer<typeof verdictSchema>

/** SHA-256, hex. */
export const sha256Schema = z.string().regex(/^[a-f0-9]{64}$/, '64 hexadecimal digits')

export const newReviewSchema = z.object({
  mask: idSchema,
  verdict: verdictSchema,
  /** Who decided, as they sign. */
  reviewer: z.string().trim().min(1).max(200),
  note: z.string().trim().max(4000).default(''),
  /** Of the mask's file as the reviewer saw it: `sha256` of the mask in `results.masks`. */
  sha256: sha256Schema,
})
export type NewReview = z.infer<typeof newReviewSchema>

export const reviewSchema = newReviewSchema.extend({
  id: idSchema,
  created: timeSchema,
  /** Whether the mask's file still has the SHA-256 that was signed; false where the file was changed or is gone. */
  holds: z.boolean(),
})
export type Review = z.infer<typeof reviewSchema>

const words: Readonly<Record<Verdict, string>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  unsure: 'marked as unsure',
}

/** One sentence about where a mask stands, for sidecars, reports and the screen. `newest` is null without any review. */
export function describeReview(newest: Omit<Review, 'id' | 'mask'> | null): string {
  if (newest === null) return 'Not reviewed: no person has judged this mask.'
  const { verdict, reviewer, created, holds } = newest
  const said = `${words[verdict][0]!.toUpperCase()}${words[verdict].slice(1)} by ${reviewer} on ${created.slice(0, 10)}`
  return holds ? `${said}.` : `Not reviewed as it is: ${said}, but the mask’s file has changed since.`
}
