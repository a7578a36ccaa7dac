/**
 * Runs damaged files of one format through its reader and counts what happened. Findings are things that must not be: a reader that
 * throws, a problem without a known code, memory out of proportion. The seed makes every run repeatable.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { problemSchema } from '../../src/core/problem.ts'
import { Random } from '../../src/core/random/random.ts'
import type { FuzzFormat } from './formats.ts'
import { mutate } from './mutate.ts'

export interface FuzzReport {
  readonly format: string
  readonly cases: number
  readonly refused: number
  readonly read: number
  /** What must not happen, with the number of the case. */
  readonly findings: readonly string[]
  /** Of HDF5: the cases over which a thread of the library trapped, died or hung; it was replaced. */
  readonly lost: readonly string[]
  /** Most bytes in array buffers after a case. */
  readonly peakBytes: number
}

/** Files here have some kilobytes; nothing may come near this. */
export const memoryBound = 2 ** 27

/** A case that takes this long is a hang. Far above what a loaded machine needs. */
const patience = 60_000

export async function fuzzFormat(format: FuzzFormat, count: number, seed: number): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'troi-fuzz-'))
  const findings: string[] = []
  let [refused, read, peakBytes] = [0, 0, 0]
  try {
    for (let number = 0; number < count; number++) {
      const random = Random.of(seed, format.name, number)
      const bytes = mutate(format.seeds[number % format.seeds.length]!, random, format.focus)
      try {
        const problem = await format.read(bytes, folder)
        if (problem === null) read++
        else {
          refused++
          const sound =
            problemSchema.safeParse(problem).success && problem.message !== '' && problem.where !== undefined
          if (!sound || problem.code === 'INTERNAL') findings.push(`case ${number}: ${JSON.stringify(problem)}`)
        }
      } catch (error) {
        findings.push(
          `case ${number}: thrown ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
      }
      peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (peakBytes > memoryBound) findings.push(`array buffers took ${peakBytes} bytes`)
  return { format: format.name, cases: count, refused, read, findings, lost: [], peakBytes }
}

interface Answer {
  readonly refused: string | null
  readonly broken?: boolean
}

/** A thread of the library, or what became of it. */
class LibraryThread {
  readonly #worker: Worker
  #waiting: ((answer: Answer | 'lost') => void) | null = null

  constructor() {
    // What the library prints goes nowhere; its words reach us as answers.
    this.#worker = new Worker(fileURLToPath(new URL('./hdf5-thread.ts', import.meta.url)), {
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    this.#worker.stdout.resume()
    this.#worker.stderr.resume()
    this.#worker.on('message', (answer: Answer | 'ready') =>
      this.#waiting?.(answer === 'ready' ? { refused: null } : answer),
    )
    this.#worker.on('error', () => this.#waiting?.('lost'))
    this.#worker.on('exit', () => this.#waiting?.('lost'))
  }

  /** The answer to one file (null: that the thread is there); `lost` if the thread died or hung over it. */
  async ask(path: string | null): Promise<Answer | 'lost'> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#waiting?.('lost'), patience)
      this.#waiting = (answer) => {
        clearTimeout(timer)
        this.#waiting = null
        resolve(answer)
      }
      if (path !== null) this.#worker.postMessage(path)
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** HDF5: the library runs in a thread; one that traps or hangs over a file is replaced, and the process goes on. */
export async function fuzzHdf5(count: number, seed: number): Promise<FuzzReport> {
  const fixtures = ['../fixtures/arrays', '../fixtures/conformance/hdf5'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  const seeds = fixtures.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.hdf5$/.test(name))
      .sort()
      .map((name) => readFileSync(join(folder, name)))
      .filter((bytes) => bytes.length < 16_384),
  )
  const folder = mkdtempSync(join(tmpdir(), 'troi-fuzz-'))
  const path = join(folder, 'fuzz.hdf5')
  const findings: string[] = []
  const lost: string[] = []
  let [refused, read] = [0, 0]
  const start = async () => {
    const thread = new LibraryThread()
    if ((await thread.ask(null)) === 'lost') throw new Error('the HDF5 library does not start')
    return thread
  }
  let thread = await start()
  try {
    for (let number = 0; number < count; number++) {
      const random = Random.of(seed, 'HDF5', number)
      writeFileSync(path, mutate(seeds[number % seeds.length]!, random, 2048))
      const answer = await thread.ask(path)
      if (answer === 'lost' || answer.broken === true) {
        lost.push(`case ${number}: ${answer === 'lost' ? 'died or hung' : answer.refused}`)
        await thread.end()
        thread = await start()
      }
      if (answer === 'lost') refused++
      else if (answer.refused === null) read++
      else {
        refused++
        if (answer.refused.trim() === '') findings.push(`case ${number}: refused without a word`)
      }
    }
  } finally {
    await thread.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    format: 'HDF5',
    cases: count,
    refused,
    read,
    findings,
    lost,
    peakBytes: process.memoryUsage().arrayBuffers,
  }
}
