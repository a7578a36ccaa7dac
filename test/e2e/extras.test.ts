/** What stands beside the main path: the card before a start, the tree of results, charts of experiments, packs. Stand-in engine. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Chromium } from './support/browser.ts'
import { inspect } from './support/inspect.ts'
import { serveFake } from './support/serve.ts'
import { button, eventually, openProject, step } from './support/window.ts'

let chromium: Chromium
let served: Awaited<ReturnType<typeof serveFake>>
let page: Page
let context: BrowserContext

beforeAll(async () => {
  chromium = await Chromium.launch()
  served = await serveFake()
  ;({ page, context } = await chromium.open(served.address, {
    settings: { theme: 'dark', leftRight: 'neurological', nose: 'left' },
  }))
  await openProject(page, 'Demo cohort, small')
}, 300_000)

afterAll(async () => {
  await chromium?.close()
  await served?.close()
})

describe('the card before a start', () => {
  it('says that a mask fits, and that Algorithm 1 does not; one press takes the smaller choice', async () => {
    await step(page, 'Mask').click()
    const card = page.getByRole('region', { name: 'Before the start' })
    await card.getByText('Fits this computer.').waitFor()
    await card.getByText('about 1.2 GB of 1.5 GB free').waitFor()
    await button(page, 'memory').click()
    await card.getByText('Will not fit this computer.').waitFor()
    await inspect(page, 'before-start')
    await card.getByRole('button', { name: 'Take instead: Preset troi' }).click()
    await card.getByText('Fits this computer.').waitFor()
    await expect(button(page, 'troi').getAttribute('aria-pressed')).resolves.toBe('true')
    await button(page, 'Find the mask').click()
    await eventually(() => served.engine.started.at(-1)).toMatchObject({ kind: 'mask', settings: { preset: 'troi' } })
  })
})

describe('the tree of results', () => {
  it('draws what was made from what, and a name opens its page', async () => {
    await page.locator('footer').getByText('1 running').click()
    const tree = page.getByRole('dialog').getByRole('list', { name: 'What was made from what' })
    await expect(tree.locator('li li').getByRole('button', { name: 'd-demo' }).count()).resolves.toBe(1)
    await inspect(page, 'lineage')
    await tree.getByRole('button', { name: 'd-demo' }).click()
    await page.getByRole('heading', { name: 'Review', exact: true }).waitFor()
    await expect(button(page, 'Results').getAttribute('aria-pressed')).resolves.toBe('true')
  })
})

describe('all of it', () => {
  it('makes no error, no violation of the content policy and no request that leaves this computer', async () => {
    await context.close()
    expect(chromium.complaints).toEqual([])
  })
})
