/**
 * Every screen in every state worth a look, in dark and in light, in a window of 1280 × 800 and one of 1920 × 1080: nothing is cut
 * off, nothing lies on another, nothing is blank, everything has a name, and axe-core finds nothing serious. Stand-in engine.
 * Pictures go to .cache/screens, and with TROI_SCREENS=1 to docs/screens; TROI_SCENES=run,mask takes only walks with such scenes.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeEngine } from './fake-engine.ts'
import { pictures, review, unsettled } from './scenes/review.ts'
import { runs } from './scenes/runs.ts'
import type { Walk } from './scenes/scene.ts'
import { forms, imports } from './scenes/stages.ts'
import { firstStart, start } from './scenes/start.ts'
import { axeFindings } from './support/axe.ts'
import { Chromium } from './support/browser.ts'
import { faultsOf } from './support/faults.ts'
import { keepPicture } from './support/screen-pictures.ts'
import { serveFake } from './support/serve.ts'
import { drawn } from './support/window.ts'

const only = process.env.TROI_SCENES?.split(',')
const walks: readonly Walk[] = [firstStart, start, imports, forms, runs, review, unsettled, pictures].filter(
  ({ scenes }) => only === undefined || scenes.some(({ name }) => only.includes(name)),
)
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
]
let chromium: Chromium

beforeAll(async () => {
  chromium = await Chromium.launch()
}, 300_000)
afterAll(async () => {
  await chromium?.close()
})

describe('the checks themselves', () => {
  it('find text that is cut off, text on text, what leaves the window, and what has no name', async () => {
    const wrong = [
      '<p style="width: 40px; overflow: hidden; white-space: nowrap">a text that is cut off</p>',
      '<p style="position: absolute; left: 300px; top: 300px">one text</p>',
      '<p style="position: absolute; left: 310px; top: 302px">another text</p>',
      '<p style="position: fixed; left: 1250px; width: 90px">outside</p>',
      '<button></button>',
    ]
    const { page, context } = await chromium.open(`data:text/html,<main>${encodeURIComponent(wrong.join(''))}</main>`)
    const found = (await faultsOf(page)).join('\n')
    for (const fault of ['wide in a box of 40', 'lies on', 'reaches from 1250 to 1340', 'has no name'])
      expect(found).toContain(fault)
    expect((await axeFindings(page)).join()).toContain('button-name')
    await context.close()
  })
})

describe.each(['dark', 'light'] as const)('in %s', (theme) => {
  describe.each(walks)('$name', ({ scenes, prepare, unsettled: open }) => {
    let served: Awaited<ReturnType<typeof serveFake>>
    let page: Page
    let context: BrowserContext
    beforeAll(async () => {
      const engine = new FakeEngine()
      prepare?.(engine)
      served = await serveFake(engine)
      const settings = { theme, leftRight: open === true ? null : 'neurological', nose: 'left' }
      ;({ page, context } = await chromium.open(served.address, { settings }))
    }, 300_000)
    afterAll(async () => {
      await context?.close()
      await served?.close()
    })

    it.each(scenes)('$name', async ({ name, open }) => {
      await open({ page, engine: served.engine, stopEngine: () => served.close() })
      for (const size of sizes) {
        await page.setViewportSize(size)
        await page.mouse.move(2, 2)
        await drawn(page)
        await keepPicture(page, name, theme)
        const faults = await faultsOf(page)
        expect.soft(faults, `${name} at ${size.width}: ${faults.join('; ')}`).toEqual([])
        const findings = await axeFindings(page)
        expect.soft(findings, `${name} at ${size.width}, axe-core: ${findings.join('; ')}`).toEqual([])
      }
      await page.setViewportSize(sizes[0]!)
    })
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    const wanted = /broken on purpose|ERR_CONNECTION_REFUSED|WebSocket connection/
    expect(chromium.complaints.filter((text) => !wanted.test(text))).toEqual([])
  })
})
