/** What a run would need before it is started, and what there is. All numbers are estimates; `notes` say what was assumed. */
import { z } from 'zod'
import { runRequestSchema } from './run.ts'

export const roomVerdicts = ['fits', 'tight', 'will not fit'] as const
export type RoomVerdict = (typeof roomVerdicts)[number]

const roomSchema = z.object({
  neededBytes: z.number().nonnegative(),
  freeBytes: z.number().nonnegative(),
  verdict: z.enum(roomVerdicts),
})

export const estimateSchema = z.object({
  /** The worse of memory and disk. */
  verdict: z.enum(roomVerdicts),
  memory: roomSchema,
  disk: roomSchema,
  /** Seconds of work on this computer. */
  seconds: z.number().nonnegative(),
  /** Seconds per number of the input layer and training step of 24 trials, measured here. */
  secondsPerWeight: z.number().positive(),
  /** Of experiments and demos: conditions × seeds × held-out runs are made, `atOnce` of them at a time. */
  work: z
    .object({
      conditions: z.number().int().positive(),
      seeds: z.number().int().positive(),
      folds: z.number().int().positive(),
      atOnce: z.number().int().positive(),
    })
    .optional(),
  notes: z.array(z.string()),
  /** A request that needs less, in words, where there is one worth offering. */
  smaller: z
    .object({
      words: z.string(),
      request: runRequestSchema,
      verdict: z.enum(roomVerdicts),
      neededBytes: z.object({ memory: z.number(), disk: z.number() }),
      seconds: z.number(),
    })
    .nullable(),
})
export type Estimate = z.infer<typeof estimateSchema>
