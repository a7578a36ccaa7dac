/**
 * One browser for a test file, with a watch on everything that must never happen: an error on the console, a violation of the
 * content policy, a request that leaves this computer. Browsers in software rendering are heavy, so files take turns.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchChromium } from '../../support/chromium.ts'
import { takeTurn } from './turn.ts'

export class Chromium {
  readonly #browser: Browser
  /** What went wrong so far, in words; a test expects this to be empty. */
  readonly complaints: string[] = []

  readonly #free: () => void

  private constructor(browser: Browser, free: () => void) {
    this.#browser = browser
    this.#free = free
  }

  static async launch(): Promise<Chromium> {
    const free = await takeTurn('browser')
    try {
      return new Chromium(await launchChromium(['--force-color-profile=srgb']), free)
    } catch (error) {
      free()
      throw error
    }
  }

  /**
   * A fresh profile with one page on `address`; `settings` is what this window remembers from before. With `onPrint` a page that
   * would open the print dialog, which has no window here, marks its document instead.
   */
  async open(
    address: string,
    options: { width?: number; height?: number; settings?: Record<string, unknown>; onPrint?: boolean } = {},
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
    if (options.onPrint === true)
      await context.addInitScript(() => {
        window.print = () => {
          document.documentElement.dataset.printed = 'yes'
        }
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
      this.#free()
    }
  }
}
