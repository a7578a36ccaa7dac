/**
 * One window for a whole test file: a server, a browser with one page on it, both closed when the file ends. A file waits for it at its
 * top (`const { page } = await openFake()`), so its tests read `page` as a plain constant.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll } from 'vitest'
import type { FakeEngine } from '../fake-engine.ts'
import { Chromium } from './browser.ts'
import { type Served, serveFake, serveReal } from './serve.ts'

/** What this window remembers from before: the questions of a first start are answered. */
export const remembered = { theme: 'dark', leftRight: 'neurological', nose: 'left' }

export interface Opened<S extends Served> {
  readonly chromium: Chromium
  readonly served: S
  readonly page: Page
  readonly context: BrowserContext
}

async function openOn<S extends Served>(serve: () => Promise<S>): Promise<Opened<S>> {
  const chromium = await Chromium.launch()
  let served: S | undefined
  const close = async () => {
    await chromium.close()
    await served?.close()
  }
  try {
    served = await serve()
    const opened = { chromium, served, ...(await chromium.open(served.address, { settings: remembered })) }
    afterAll(close)
    return opened
  } catch (error) {
    await close()
    throw error
  }
}

/** The stand-in engine behind the real server's front. */
export function openFake(engine?: FakeEngine): Promise<Opened<Awaited<ReturnType<typeof serveFake>>>> {
  return openOn(() => serveFake(engine))
}

/** The real server as a process of its own. */
export function openReal(): Promise<Opened<Awaited<ReturnType<typeof serveReal>>>> {
  return openOn(() => serveReal())
}
