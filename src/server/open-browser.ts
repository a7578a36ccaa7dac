/**
 * Opens the user's browser at an address that holds the token. Arguments of a process can be read by other users of the
 * computer, so the browser is given a file that only this user can read and that leads on.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Resolves to whether a browser could be started. The file is gone when this process ends. */
export function openBrowser(address: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'troi-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'open.html')
  writeFileSync(file, leadingTo(address), { mode: 0o600 })
  chmodSync(file, 0o600)
  const url = pathToFileURL(file).href
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]]
  return new Promise((resolve) => {
    const child = spawn(program as string, args as string[], { stdio: 'ignore', detached: true })
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
}

function leadingTo(address: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>TROI Workstation</title><meta http-equiv="refresh" content="0;url=${address}"><a href="${address}">Open the workstation</a>\n`
}
