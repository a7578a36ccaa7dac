/** Lines for a terminal or a file. Whatever is told here, the token and the user's home never appear in it. */
import { homedir } from 'node:os'

export type Log = (text: string) => void

export function redact(text: string, secrets: readonly string[], home: string = homedir()): string {
  let out = text
  for (const secret of secrets) out = out.replaceAll(secret, '[secret]')
  return home.length > 1 ? out.replaceAll(home, '~') : out
}

export function createLog(write: (line: string) => void, secrets: readonly string[]): Log {
  return (text) => write(`${new Date().toISOString()} ${redact(text, secrets)}\n`)
}
