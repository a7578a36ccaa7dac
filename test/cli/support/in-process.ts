/** The command line in this process: words in, exit code and both streams out; its settings and workspace in a folder of the test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../../src/cli/main.ts'

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export async function troi(...args: string[]): Promise<Ended> {
  let out = ''
  let err = ''
  const code = await main(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    columns: () => null,
  })
  return { code, out, err }
}

/** A new folder for a test file's commands; `leave` takes it away and gives the environment back. */
export function enterHome(prefix: string): { readonly base: string; leave(): void } {
  const base = mkdtempSync(join(tmpdir(), prefix))
  const own = { TROI_USER_DATA: join(base, 'data'), TROI_WORKSPACE: join(base, 'workspace') }
  const before = { ...process.env }
  Object.assign(process.env, own)
  return {
    base,
    leave() {
      for (const name of Object.keys(own))
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      rmSync(base, { recursive: true, force: true })
    },
  }
}
