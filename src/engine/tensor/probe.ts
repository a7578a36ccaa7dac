/**
 * What there is to train on, asked without keeping it. Where an extra is installed the answer comes from a process of its own: a
 * graphics driver may take its process with it, and that must never be the engine's. Elsewhere it is found out here.
 */
import { fork } from 'node:child_process'
import { z } from 'zod'
import { ProblemError } from '../../core/problem.ts'
import { entryPoint } from '../entry-point.ts'
import { jobEnvironment } from '../runs/job-environment.ts'
import { type BackendChoice, backendNames } from './backend-names.ts'
import { type BackendOptions, surveyBackends, unavailable } from './backends.ts'
import { anyExtra, engineFolders } from './extras.ts'
import { measureStep } from './measure-step.ts'

export const probeSchema = z.object({
  reports: z.array(
    z.object({
      name: z.enum(backendNames),
      available: z.boolean(),
      chosen: z.boolean(),
      reason: z.string(),
      howToEnable: z.string().exactOptional(),
    }),
  ),
  chosen: z
    .object({
      name: z.enum(backendNames),
      device: z.string(),
      selfTest: z.object({ passed: z.boolean(), worstRelativeError: z.number() }),
      /** Of a training step, per number of the input layer; null where it was not asked for. */
      secondsPerWeight: z.number().nullable(),
    })
    .nullable(),
  /** The process that tried the extras ended unexpectedly: no run may try them. */
  died: z.boolean(),
})
export type Probe = z.infer<typeof probeSchema>

export interface ProbeQuestion {
  readonly choice: BackendChoice
  readonly threads: number | null
  readonly engines: readonly string[]
  readonly measure: boolean
}

/** In this process. */
export async function probeHere({ choice, threads, engines, measure }: ProbeQuestion): Promise<Probe> {
  const { chosen, reports } = await surveyBackends(choice, { threads: threads ?? undefined, engines })
  if (chosen === null) return { reports: [...reports], chosen, died: false }
  try {
    const { name, device, selfTest, compute } = chosen
    const secondsPerWeight = measure ? await measureStep(compute) : null
    return { reports: [...reports], chosen: { name, device, selfTest, secondsPerWeight }, died: false }
  } finally {
    await chosen.close()
  }
}

/** A driver that hangs must not make the window wait for ever. */
const patience = 120_000

function probeApart(question: ProbeQuestion): Promise<Probe | null> {
  const child = fork(entryPoint('tensor/probe-process.ts', 'backend-probe.mjs'), [], {
    execArgv: [],
    env: jobEnvironment(question.engines),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const answer = probeSchema.safeParse(message)
      resolve(answer.success ? answer.data : null)
    })
    child.on('error', () => resolve(null))
    child.on('exit', () => resolve(null))
    child.send(question)
  })
}

const died = {
  available: false,
  chosen: false,
  reason: 'The process that tried the installed graphics engines ended unexpectedly; they are not used.',
  howToEnable: 'Update the graphics driver, or take the engine away; see docs/engines.md.',
}

/** Where the process of the question died: the extras are to blame, so they are left out and named. */
async function withoutExtras(question: ProbeQuestion): Promise<Probe> {
  const asked = question.choice === 'tensorflow' || question.choice === 'webgpu'
  const probe = await probeHere({ ...question, choice: 'auto', engines: [] })
  const reports = probe.reports.map((report) => {
    if (report.name === 'tensorflow' || report.name === 'webgpu') return { ...report, ...died }
    return asked ? { ...report, chosen: false } : report
  })
  return { reports, chosen: asked ? null : probe.chosen, died: true }
}

export async function probeBackends(
  choice: BackendChoice = 'auto',
  { threads, engines = engineFolders([]) }: BackendOptions = {},
  measure = false,
): Promise<Probe> {
  const question = { choice, threads: threads ?? null, engines, measure }
  if (!anyExtra(engines) || choice === 'wasm' || choice === 'cpu') return probeHere(question)
  return (await probeApart(question)) ?? withoutExtras(question)
}

/** Throws ProblemError UNAVAILABLE where the engine that was asked for cannot be used. */
export function needBackend(choice: BackendChoice, probe: Probe): NonNullable<Probe['chosen']> {
  if (probe.chosen === null) throw new ProblemError(unavailable(choice, probe.reports))
  return probe.chosen
}
