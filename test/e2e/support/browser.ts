/**
 * One browser for a test file, with a watch on everything that must never happen: an error on the console, a violation of the
 * content policy, a request that leaves this computer. Browsers in software rendering are heavy, so files take turns.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export const program = process.env.TROI_CHROMIUM ?? '/usr/bin/chromium'

const launchArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--force-color-profile=srgb',
]

const turn = join(tmpdir(), 'troi-e2e-turn')

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until no other test file of this computer has a browser open. A turn whose owner has died is free. */
async function takeTurn(): Promise<void> {
  for (;;) {
    try {
      mkdirSync(turn)
      writeFileSync(join(turn, 'pid'), String(process.pid))
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    let owner = Number.NaN
    try {
      owner = Number(readFileSync(join(turn, 'pid'), 'utf8'))
    } catch {}
    if (Number.isInteger(owner) && owner > 0 && !alive(owner)) rmSync(turn, { recursive: true, force: true })
    else await pause(250)
  }
}

export class Chromium {
  readonly #browser: Browser
  /** What went wrong so far, in words; a test expects this to be empty. */
  readonly complaints: string[] = []

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async launch(): Promise<Chromium> {
    await takeTurn()
    try {
      return new Chromium(await chromium.launch({ executablePath: program, args: launchArguments }))
    } catch (error) {
      rmSync(turn, { recursive: true, force: true })
      throw error
    }
  }

  /** A fresh profile with one page on `address`; `settings` is what this window remembers from before. */
  async open(
    address: string,
    options: { width?: number; height?: number; settings?: Record<string, unknown> } = {},
  ): Promise<{ page: Page; context: BrowserContext }> {
    const { width = 1280, height = 800, settings } = options
    const context = await this.#browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
    context.setDefaultTimeout(30_000)
    if (settings !== undefined)
      await context.addInitScript(
        ([key, value]) => {
          if (localStorage.getItem(key!) === null) localStorage.setItem(key!, value!)
        },
        ['troi-window', JSON.stringify(settings)],
      )
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`)
      })
    })
    context.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      if (protocol === 'data:' || protocol === 'blob:' || hostname === '127.0.0.1') return
      this.complaints.push(`request to ${request.url()}`)
    })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.complaints.push(`page error: ${error.message}`))
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).hostname !== '127.0.0.1') this.complaints.push(`socket to ${socket.url()}`)
    })
    await page.goto(address)
    return { page, context }
  }

  async close(): Promise<void> {
    try {
      await this.#browser.close()
    } finally {
      rmSync(turn, { recursive: true, force: true })
    }
  }
}
