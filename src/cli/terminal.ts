/**
 * What the command line shows. Standard output carries the answer and nothing else, so that `--json` can be piped; progress
 * and complaints go to standard error: one changing line on a terminal, plain lines elsewhere.
 */
import type { BackendChoice } from '../engine/tensor/backend-names.ts'
import { formatDuration, type ProgressLine } from './progress.ts'

export interface Streams {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Columns of the terminal behind standard error, or null where there is none. */
  readonly columns: () => number | null
}

export class Terminal {
  readonly json: boolean
  /** The engine asked for with --backend. */
  backend: BackendChoice | undefined
  readonly #streams: Streams
  #live = false
  #lastPlain = ''

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams
    this.json = json
  }

  /** A remark, for people. */
  say(text: string): void {
    this.endProgress()
    this.#streams.err(`${text}\n`)
  }

  progress(line: ProgressLine): void {
    const columns = this.#streams.columns()
    if (columns === null) {
      // In a file every line stays, so only what is new is said: a phase that begins, and each tenth of it.
      const share = line.share === null ? '' : ` ${Math.floor(line.share * 10) * 10} %`
      const plain = `${line.run}  ${line.phase}${share}`
      if (plain !== this.#lastPlain) this.#streams.err(`${plain}${remaining(line)}\n`)
      this.#lastPlain = plain
      return
    }
    const counted = line.total === null ? '' : ` ${line.done}/${line.total}`
    const text = `${line.run}  ${line.phase}${counted}  ${formatDuration(line.elapsed)}${remaining(line)}`
    this.#streams.err(`\r\x1b[2K${text.slice(0, Math.max(10, columns - 1))}`)
    this.#live = true
  }

  endProgress(): void {
    if (this.#live) this.#streams.err('\n')
    this.#live = false
    this.#lastPlain = ''
  }

  answer(text: string): void {
    this.endProgress()
    this.#streams.out(text.endsWith('\n') ? text : `${text}\n`)
  }
}

function remaining(line: ProgressLine): string {
  return line.remaining === null ? '' : `  ETA ${formatDuration(line.remaining)}`
}
