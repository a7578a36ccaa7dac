/**
 * What a person may say about jobs on a Slurm cluster. Every value ends up in a line of a script that sbatch reads, so each has a
 * narrow alphabet: no blank, quote, backslash, number sign or line end gets through.
 */
import { z } from 'zod'

/** Options of sbatch that the program sets itself, or that would keep the jobs from running as they must. */
const ownOptions = [
  'account',
  'array',
  'bcast',
  'chdir',
  'cpus-per-task',
  'error',
  'export',
  'export-file',
  'get-user-env',
  'gid',
  'help',
  'input',
  'job-name',
  'mem',
  'mem-per-cpu',
  'mem-per-gpu',
  'nodes',
  'ntasks',
  'open-mode',
  'output',
  'parsable',
  'partition',
  'quiet',
  'test-only',
  'time',
  'uid',
  'usage',
  'verbose',
  'version',
  'wait',
  'wrap',
]

/** sbatch takes a beginning of a long option for the whole, so a beginning of one of ours is one of ours. */
function isOwn(argument: string): boolean {
  const name = argument.slice(2).split('=')[0]!
  return ownOptions.some((own) => own.startsWith(name))
}

const extraSchema = z
  .string()
  .max(300)
  .regex(/^--[a-z][a-z0-9-]*(=[\w.,:=@%+/*&|!()[\]~^-]*)?$/, {
    message: 'must look like --name or --name=value, without blanks and quotes',
  })
  .refine((argument) => !isOwn(argument), { message: 'is set by the program, or has a flag of its own' })

export const slurmSettingsSchema = z.object({
  /** One partition, or several with commas; the cluster's own choice without it. */
  partition: z
    .string()
    .max(200)
    .regex(/^\w[\w.,-]*$/)
    .optional(),
  account: z
    .string()
    .max(200)
    .regex(/^\w[\w.@-]*$/)
    .optional(),
  /** Longest time of one job as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]. */
  time: z
    .string()
    .max(30)
    .regex(/^(\d{1,6}(:\d{1,2}){0,2}|\d{1,4}-\d{1,2}(:\d{1,2}){0,2})$/)
    .optional(),
  /** Memory of one job; megabytes, or with K, M, G or T. */
  memory: z
    .string()
    .regex(/^[1-9]\d{0,8}[KMGT]?$/)
    .optional(),
  /** Cores of one job, and threads that train in it. */
  cpus: z.number().int().min(1).max(256).optional(),
  /** More options of sbatch, each one word. */
  extra: z.array(extraSchema).max(20).optional(),
  /** How often Slurm is asked, in seconds. */
  pollSeconds: z.number().min(0.05).max(3600).optional(),
})
/** Without time, memory and cpus, the engine sets them from its estimate. */
export type SlurmSettings = z.infer<typeof slurmSettingsSchema>
