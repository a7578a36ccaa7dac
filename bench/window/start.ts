/** One start of the workstation as `npm start` makes it: the built server as a process of its own, Chromium, the first screen. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { launchChromium } from '../../test/support/chromium.ts'

const root = join(import.meta.dirname, '..', '..')
const ready = z.object({ port: z.number(), token: z.string() })

export interface Start {
  /** From starting the server's process until it listens. */
  readonly serverMs: number
  /** From starting Chromium until it can open a page. */
  readonly chromiumMs: number
  /** From the address until the start screen can be pressed. */
  readonly pageMs: number
  readonly totalMs: number
}

/** Starts the server in out/engine on a home of its own; it is ended at once when everything is measured. */
export async function startOnce(chromiumArguments: readonly string[]): Promise<Start> {
  const home = mkdtempSync(join(tmpdir(), 'troi-start-'))
  const begin = performance.now()
  const server = spawn(
    process.execPath,
    [join(root, 'out', 'engine', 'server.mjs'), '--port=0', `--workspace=${home}`, `--user-data=${join(home, 'user')}`],
    { stdio: ['pipe', 'ignore', 'inherit', 'ipc'], env: { ...process.env, HOME: home, USERPROFILE: home } },
  )
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  try {
    const { port, token } = ready.parse(await new Promise((resolve) => server.once('message', resolve)))
    const listening = performance.now()
    const browser = await launchChromium(chromiumArguments)
    const launched = performance.now()
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`http://127.0.0.1:${port}/#t=${token}`)
    await page.getByRole('button', { name: 'Run the demo' }).click({ trial: true })
    const pressable = performance.now()
    await browser.close()
    return {
      serverMs: Math.round(listening - begin),
      chromiumMs: Math.round(launched - listening),
      pageMs: Math.round(pressable - launched),
      totalMs: Math.round(pressable - begin),
    }
  } finally {
    server.kill('SIGKILL')
    await exited
    rmSync(home, { recursive: true, force: true })
  }
}
