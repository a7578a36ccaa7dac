/**
 * How long a whole training step takes, and how that compares with PyTorch on the same cores. Both sides take turns in one
 * run, so that whatever else the machine does meets both; read the ratio rather than the milliseconds.
 *
 *   node bench/training-step/run.ts [--sizes 10000x256,30000x512,96000x1024] [--rounds 6] [--threads N] [--dry]
 *
 * Before anything is timed, both sides start a small problem from the same numbers and their losses are compared.
 * Figures go to bench/results/training-step.json, with --threads to training-step-threads-N.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openCompute } from '../../src/engine/tensor/compute.ts'
import { type MethodStep, methodSteps, timeMethodStep } from './method-step.ts'
import { drawValues, fixed, OurStep, type StepShape } from './step.ts'
import { type Steps, TorchProcess } from './torch-process.ts'

interface Timing {
  readonly medianMs: number
  readonly fastestMs: number
  readonly slowestMs: number
  readonly steps: number
}

interface RoundTiming extends Timing {
  /** Processor time per step, all threads together, in the round that took least: hardly depends on the machine's load. */
  readonly processorMs: number
}

export interface SizeResult extends StepShape {
  readonly ours: RoundTiming
  readonly torch: RoundTiming | null
  /** Median of ours over PyTorch's in the same round, median of the rounds; below 1 we are faster. */
  readonly ratio: number | null
}

export interface BenchResult {
  readonly machine: { readonly cores: number; readonly cpu: string }
  readonly threads: number
  readonly node: string
  readonly torch: string | null
  readonly batch: number
  /** Largest relative difference of the two sides' losses over the steps of a small problem. */
  readonly lossDifference: number | null
  readonly sizes: readonly SizeResult[]
  /** Steps of the method at the size of the small demo, without comparison. */
  readonly method: readonly (MethodStep & { readonly ours: Timing })[]
  /** Processes that wanted to run, mean of the last minute, before and after: far above the cores, times mean little. */
  readonly load: { readonly before: number; readonly after: number }
}

export interface BenchOptions {
  readonly sizes: readonly StepShape[]
  readonly rounds: number
  readonly threads?: number
}

export const standardSizes: readonly StepShape[] = [
  { voxels: 10_000, hidden: 256 },
  { voxels: 30_000, hidden: 512 },
  { voxels: 96_000, hidden: 1024 },
]

/** Idle time before each turn, so that threads of the other side that still spin have gone to sleep. */
const turnPause = 300

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function timing(milliseconds: readonly number[]): Timing {
  return {
    medianMs: median(milliseconds),
    fastestMs: Math.min(...milliseconds),
    slowestMs: Math.max(...milliseconds),
    steps: milliseconds.length,
  }
}

function roundTiming(turns: readonly Steps[]): RoundTiming {
  const milliseconds = turns.flatMap((turn) => turn.milliseconds)
  return { ...timing(milliseconds), processorMs: Math.min(...turns.map((turn) => turn.processorMs)) }
}

async function ourSteps(step: OurStep, count: number): Promise<Steps> {
  const milliseconds: number[] = []
  const losses: number[] = []
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    losses.push(await step.once())
    milliseconds.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(before)
  return { milliseconds, losses, processorMs: (user + system) / 1000 / count }
}

export async function run(options: BenchOptions = { sizes: standardSizes, rounds: 6 }): Promise<BenchResult> {
  const load = loadavg()[0]!
  const { compute, threads, close } = await openCompute(options.threads ? { threads: options.threads } : {})
  const torch = await TorchProcess.start(threads)
  try {
    const small = { voxels: 300, hidden: 32 }
    const values = drawValues(small)
    let lossDifference: number | null = null
    if (torch !== null) {
      const ours = await OurStep.open(compute, values)
      await torch.open(small, values)
      const [a, b] = [(await ourSteps(ours, 12)).losses, (await torch.steps(12)).losses]
      ours.close()
      lossDifference = Math.max(...a.map((loss, i) => Math.abs(loss - b[i]!) / Math.max(0.1, Math.abs(b[i]!))))
      if (!(lossDifference < 1e-3))
        throw new Error(`the two sides do not compute the same: losses ${a.join(' ')} and ${b.join(' ')}`)
    }

    const sizes: SizeResult[] = []
    for (const shape of options.sizes) {
      const ours = await OurStep.open(compute, drawValues(shape))
      await torch?.open(shape)
      // About a second of work in a turn, but never fewer than three steps.
      const [probe] = (await ourSteps(ours, 4)).milliseconds.slice(-1)
      const count = Math.max(3, Math.min(40, Math.round(1000 / probe!)))
      await ourSteps(ours, count)
      await torch?.steps(count)
      const turns = { ours: [] as Steps[], torch: [] as Steps[] }
      const ratios: number[] = []
      for (let round = 0; round < options.rounds; round++) {
        await pause(turnPause)
        const own = await ourSteps(ours, count)
        turns.ours.push(own)
        if (torch === null) continue
        await pause(turnPause)
        const theirs = await torch.steps(count)
        turns.torch.push(theirs)
        ratios.push(median(own.milliseconds) / median(theirs.milliseconds))
      }
      ours.close()
      await torch?.closeStep()
      sizes.push({
        ...shape,
        ours: roundTiming(turns.ours),
        torch: torch && roundTiming(turns.torch),
        ratio: torch && median(ratios),
      })
      console.log(line(sizes.at(-1)!))
    }
    const method: (MethodStep & { ours: Timing })[] = []
    for (const what of methodSteps) {
      method.push({ ...what, ours: timing(await timeMethodStep(compute, what, 100)) })
      const { name, ours } = method.at(-1)!
      console.log(`${name}: ${ours.medianMs.toFixed(1)} ms (fastest ${ours.fastestMs.toFixed(1)})`)
    }
    return {
      machine: { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? 'unknown' },
      threads,
      node: process.versions.node,
      torch: torch?.version ?? null,
      batch: fixed.batch,
      lossDifference,
      sizes,
      method,
      load: { before: load, after: loadavg()[0]! },
    }
  } finally {
    torch?.stop()
    await close()
  }
}

function line({ voxels, hidden, ours, torch, ratio }: SizeResult): string {
  const show = ({ medianMs, fastestMs, processorMs }: RoundTiming) =>
    `${medianMs.toFixed(1)} ms (fastest ${fastestMs.toFixed(1)}, processor ${processorMs.toFixed(1)})`
  const compared = torch && ratio ? `, PyTorch ${show(torch)}, ratio ${ratio.toFixed(2)}` : ', PyTorch not installed'
  return `${`${voxels} × ${hidden}`.padEnd(14)} ours ${show(ours)}${compared}`
}

function shapes(text: string): StepShape[] {
  return text.split(',').map((word) => {
    const [voxels, hidden] = word.split('x').map(Number)
    if (!voxels || !hidden) throw new Error(`--sizes takes VOXELSxHIDDEN, separated by commas, not ${word}`)
    return { voxels, hidden }
  })
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string' },
      rounds: { type: 'string', default: '6' },
      threads: { type: 'string' },
      dry: { type: 'boolean', default: false },
    },
  })
  const result = await run({
    sizes: values.sizes ? shapes(values.sizes) : standardSizes,
    rounds: Number(values.rounds),
    ...(values.threads ? { threads: Number(values.threads) } : {}),
  })
  const { machine, threads, torch, lossDifference } = result
  console.log(
    `${machine.cores} cores, ${machine.cpu}, ${threads} threads, Node ${result.node}, PyTorch ${torch ?? 'absent'}`,
  )
  console.log(`load ${result.load.before.toFixed(1)} before, ${result.load.after.toFixed(1)} after`)
  if (torch !== null && Math.max(result.load.before, result.load.after) > machine.cores + 1)
    console.log(
      'other programs were at work: the ratios are too good, since PyTorch suffers more; use --threads 1 and processor times',
    )
  if (lossDifference !== null) console.log(`losses of both sides agree within ${lossDifference.toExponential(1)}`)
  if (!values.dry) {
    const folder = join(import.meta.dirname, '..', 'results')
    mkdirSync(folder, { recursive: true })
    const name = values.threads ? `training-step-threads-${threads}.json` : 'training-step.json'
    writeFileSync(join(folder, name), `${JSON.stringify(result, null, 1)}\n`)
  }
}
