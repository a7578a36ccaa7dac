/**
 * The same training step on several engines of this computer, which take turns in one run: read the ratios.
 *
 *   node bench/training-step/engines.ts [--backends wasm,webgpu,tensorflow] [--sizes 10000x256] [--rounds 6] [--threads N] [--dry]
 *
 * Engines that are not there are named with their reason and left out. Before anything is timed the losses of a small problem are
 * compared. Figures go to bench/results/training-step-engines.json with the name of every device; a software adapter is never measured.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { jobEnvironment } from '../../src/engine/runs/job-environment.ts'
import { type BackendName, backendNames } from '../../src/engine/tensor/backend-names.ts'
import { engineFolders } from '../../src/engine/tensor/extras.ts'
import { answerSchema, type EngineAnswer, type EngineQuestion } from './engine-process.ts'
import { fixed, type StepShape } from './step.ts'

const root = join(import.meta.dirname, '..', '..')
const folders = engineFolders([join(root, 'engines')])

class EngineProcess {
  readonly name: BackendName
  device = ''
  readonly #child: ChildProcess

  constructor(name: BackendName) {
    this.name = name
    this.#child = fork(join(import.meta.dirname, 'engine-process.ts'), [], {
      execArgv: [],
      env: jobEnvironment(folders),
      serialization: 'advanced',
    })
  }

  async ask(question: EngineQuestion): Promise<EngineAnswer> {
    this.#child.send(question)
    const ended = once(this.#child, 'exit').then(() => [{ problem: `the process of ${this.name} ended` }])
    const [message] = await Promise.race([once(this.#child, 'message'), ended])
    const said = answerSchema.parse(message)
    if (said.problem !== null) throw new Error(said.problem)
    this.device = said.device
    return said
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect()
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/** Those that are there, in processes that stay. */
async function openEngines(names: readonly BackendName[], threads: number): Promise<EngineProcess[]> {
  const open: EngineProcess[] = []
  for (const name of names) {
    const engine = new EngineProcess(name)
    try {
      await engine.ask({ do: 'open', backend: name, threads, engines: [...folders] })
      open.push(engine)
      console.log(`${name}: ${engine.device}`)
    } catch (error) {
      engine.close()
      console.log(`${name} is left out: ${error instanceof Error ? error.message : error}`)
    }
  }
  return open
}

/** Largest relative difference of the losses of twelve steps of a small problem, between each engine and the first. */
async function lossDifference(engines: readonly EngineProcess[]): Promise<number> {
  const all: number[][] = []
  for (const engine of engines) {
    await engine.ask({ do: 'shape', voxels: 300, hidden: 32 })
    all.push((await engine.ask({ do: 'steps', count: 12 })).losses)
  }
  return Math.max(
    ...all.flatMap((losses) =>
      losses.map((loss, i) => Math.abs(loss - all[0]![i]!) / Math.max(0.1, Math.abs(all[0]![i]!))),
    ),
  )
}

async function measure(engines: readonly EngineProcess[], shape: StepShape, rounds: number) {
  const counts: number[] = []
  for (const engine of engines) {
    await engine.ask({ do: 'shape', ...shape })
    const { milliseconds } = await engine.ask({ do: 'steps', count: 4 })
    counts.push(Math.max(3, Math.min(40, Math.round(1000 / milliseconds.at(-1)!))))
  }
  const turns = engines.map((): number[][] => [])
  for (let round = 0; round < rounds; round++)
    for (const [i, engine] of engines.entries())
      turns[i]!.push((await engine.ask({ do: 'steps', count: counts[i]! })).milliseconds)
  return engines.map(({ name, device }, i) => ({
    name,
    device,
    medianMs: median(turns[i]!.flat()),
    fastestMs: Math.min(...turns[i]!.flat()),
    steps: turns[i]!.flat().length,
    /** Over the first engine, round by round; below 1 it is faster. */
    ratio: median(turns[i]!.map((turn, round) => median(turn) / median(turns[0]![round]!))),
  }))
}

const { values } = parseArgs({
  options: {
    backends: { type: 'string', default: 'wasm,webgpu,tensorflow' },
    sizes: { type: 'string', default: '10000x256,30000x512,96000x1024' },
    rounds: { type: 'string', default: '6' },
    threads: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
})
const asked = values.backends.split(',').map((word) => {
  const name = backendNames.find((one) => one === word)
  if (name === undefined) throw new Error(`--backends takes ${backendNames.join(', ')}, not ${word}`)
  return name
})
const threads = values.threads ? Number(values.threads) : availableParallelism()
const load = loadavg()[0]!
const engines = await openEngines(asked, threads)
try {
  if (engines.length === 0) throw new Error('none of these engines is there')
  const difference = await lossDifference(engines)
  console.log(`losses agree within ${difference.toExponential(1)}`)
  if (!(difference < 1e-3)) throw new Error('the engines do not compute the same')
  const sizes = []
  for (const word of values.sizes.split(',')) {
    const [voxels, hidden] = word.split('x').map(Number)
    if (!voxels || !hidden) throw new Error(`--sizes takes VOXELSxHIDDEN, separated by commas, not ${word}`)
    const found = await measure(engines, { voxels, hidden }, Number(values.rounds))
    sizes.push({ voxels, hidden, engines: found })
    for (const { name, medianMs, fastestMs, ratio } of found)
      console.log(
        `${word.padEnd(12)} ${name.padEnd(11)} ${medianMs.toFixed(1)} ms (fastest ${fastestMs.toFixed(1)}), ratio ${ratio.toFixed(2)}`,
      )
  }
  if (!values.dry && process.env.TROI_TEST_SOFTWARE_ADAPTER === undefined) {
    const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? 'unknown' }
    const result = {
      ...{ machine, threads, node: process.versions.node, batch: fixed.batch, lossDifference: difference, sizes },
      load: { before: load, after: loadavg()[0]! },
    }
    mkdirSync(join(root, 'bench', 'results'), { recursive: true })
    writeFileSync(join(root, 'bench', 'results', 'training-step-engines.json'), `${JSON.stringify(result, null, 1)}\n`)
  }
} finally {
  for (const engine of engines) engine.close()
}
