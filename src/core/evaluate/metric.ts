/** A number that says what it is: which way is better, what guessing gives, over how many, and how sure it is. */
import { z } from 'zod'

export const metricSchema = z.object({
  value: z.number(),
  direction: z.enum(['higher', 'lower']),
  /** What guessing gives; null where there is no such value. */
  chance: z.number().nullable(),
  /** How many items the value is a mean over. */
  n: z.number().int().nonnegative(),
  /** 95 % interval, percentile bootstrap over items unless said otherwise. */
  interval: z.tuple([z.number(), z.number()]),
})
export type Metric = z.infer<typeof metricSchema>
