/** The Chromium that tests drive, and how it is started: software rendering, nothing in the background. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const program = process.env.TROI_CHROMIUM ?? '/usr/bin/chromium'

export const hasChromium = existsSync(program)

export function launchChromium(moreArguments: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      ...moreArguments,
    ],
  })
}
