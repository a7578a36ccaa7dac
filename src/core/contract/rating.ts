/** How alike a person finds a decoded picture and the one that was shown: 1 nothing alike, 5 the same scene. */
import { z } from 'zod'
import { idSchema, timeSchema } from './common.ts'

export const ratingInputSchema = z.object({
  decoder: idSchema,
  /** Number of the held-out picture in the decoder's gallery. */
  item: z.number().int().nonnegative(),
  rating: z.number().int().min(1).max(5),
  rater: z.string().trim().min(1).max(200),
  /** Whether names, scores and which decoder it was were hidden; then with which seed the order was shuffled. */
  blind: z.boolean(),
  seed: z.number().int().nonnegative().nullable(),
})
export type RatingInput = z.infer<typeof ratingInputSchema>

export const ratingSchema = ratingInputSchema.extend({ id: idSchema, created: timeSchema })
export type Rating = z.infer<typeof ratingSchema>
