/**
 * Second processes for reliability tests: a program under the same Node, its output line by line, and its end. Node 24 runs the
 * TypeScript of these programs as it is.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Program {
  readonly process: ChildProcess
  /** Next line of its output; null once it has ended. */
  line(): Promise<string | null>
  /** Resolves when it has ended and everything it wrote has been read. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; lines: string[]; errors: string }>
}

export interface ProgramOptions {
  readonly args?: readonly string[]
  /** A command and its arguments to start Node with, such as ['setpriv', '--reuid=65534']. */
  readonly through?: readonly string[]
  readonly cwd?: string
}

/** Starts a program of this folder, for example `writer.ts`. */
export function startProgram(name: string, options: ProgramOptions = {}): Program {
  const file = fileURLToPath(new URL(name, import.meta.url))
  const words = [...(options.through ?? []), process.execPath, file, ...(options.args ?? [])]
  const settings: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'], ...(options.cwd ? { cwd: options.cwd } : {}) }
  const child = spawn(words[0]!, words.slice(1), settings)
  const lines: string[] = []
  const waiting: ((line: string | null) => void)[] = []
  let taken = 0
  let closed = false
  let errors = ''
  child.stderr!.on('data', (text: Buffer) => (errors += text.toString()))
  const reader = createInterface({ input: child.stdout! })
  reader.on('line', (line) => {
    lines.push(line)
    const first = waiting.shift()
    if (first !== undefined) {
      taken++
      first(line)
    }
  })
  const ended = new Promise<Awaited<Program['ended']>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      closed = true
      for (const wake of waiting.splice(0)) wake(null)
      resolve({ code, signal, lines, errors })
    })
  })
  return {
    process: child,
    line() {
      if (taken < lines.length) return Promise.resolve(lines[taken++]!)
      if (closed) return Promise.resolve(null)
      return new Promise((resolve) => waiting.push(resolve))
    },
    ended,
  }
}
