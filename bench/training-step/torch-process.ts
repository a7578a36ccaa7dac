/**
 * PyTorch in a process of its own, asked line by line. It is only there to compare with: where Python or PyTorch is absent the
 * benchmark runs without it. TROI_BENCH_PYTHON names the interpreter, `python3` by default.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { fixed, type StepShape, type StepValues } from './step.ts'

export interface Steps {
  readonly milliseconds: number[]
  readonly losses: number[]
  /** Processor time per step, all threads together. */
  readonly processorMs: number
}

export class TorchProcess {
  readonly version: string
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, version: string) {
    this.#child = child
    this.#lines = lines
    this.version = version
  }

  /** Null where there is no PyTorch. */
  static async start(threads: number): Promise<TorchProcess | null> {
    const python = process.env.TROI_BENCH_PYTHON ?? 'python3'
    if (spawnSync(python, ['-c', 'import torch']).status !== 0) return null
    const child = spawn(python, [join(import.meta.dirname, 'torch_step.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
    const reader: Interface = createInterface({ input: child.stdout! })
    const lines = reader[Symbol.asyncIterator]()
    const { torch } = await ask<{ torch: string }>(child, lines, { do: 'versions', threads })
    return new TorchProcess(child, lines, torch)
  }

  /** Starts from numbers of its own, or from ours. */
  async open(shape: StepShape, values?: StepValues): Promise<void> {
    const numbers = (array: Float32Array) => Array.from(array)
    const given = values && {
      values: {
        parameters: [
          numbers(values.subject.weights),
          numbers(values.subject.bias),
          ...Object.values(values.network).map(({ data }) => numbers(data)),
        ],
        inputs: values.inputs.map(numbers),
        targets: numbers(values.targets),
      },
    }
    await ask(this.#child, this.#lines, { do: 'open', ...fixed, ...shape, ...given })
  }

  steps(count: number): Promise<Steps> {
    return ask(this.#child, this.#lines, { do: 'steps', count })
  }

  async closeStep(): Promise<void> {
    await ask(this.#child, this.#lines, { do: 'close' })
  }

  stop(): void {
    this.#child.stdin?.end()
  }
}

async function ask<T>(child: ChildProcess, lines: AsyncIterator<string>, request: object): Promise<T> {
  child.stdin!.write(`${JSON.stringify(request)}\n`)
  const { value, done } = await lines.next()
  if (done) throw new Error('the PyTorch process ended; its message is above')
  return JSON.parse(value) as T
}
