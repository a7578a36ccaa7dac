/** The process of the command line. Output is written whole before the process ends, also into a pipe. */
import { writeSync } from 'node:fs'
import { main } from './main.ts'

/** A pipe whose reader is slow is full now and then; a reader that is gone ends the command, as other programs do. */
function write(file: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(file, bytes, at)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      else if (code === 'EPIPE') process.exit(file === 1 ? 141 : 1)
      else throw error
    }
  }
}

process.exit(
  await main(process.argv.slice(2), {
    out: (text) => write(1, text),
    err: (text) => write(2, text),
    columns: () => (process.stderr.isTTY ? process.stderr.columns : null),
  }),
)
