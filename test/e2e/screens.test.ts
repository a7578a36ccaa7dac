/** Every page in dark and in light at 1280 × 800, and a roomy one: nothing overflows, everything has a name. Stand-in engine. */
import { describe, expect, it } from 'vitest'
import { inspect } from './support/inspect.ts'
import { openFake } from './support/opened.ts'
import { button, drawn, openMask, openProject, step } from './support/window.ts'

const { chromium, page, context } = await openFake()

describe('every page keeps its form', () => {
  it('projects, with a run that waits', async () => {
    await page.getByText('m-02 stopped').waitFor()
    await inspect(page, 'projects')
  })

  it('data and the preview of an import', async () => {
    await openProject(page, 'Demo cohort, small')
    await page.getByRole('cell', { name: 'sub-00' }).waitFor()
    await inspect(page, 'data')
    await button(page, 'Import…').click()
    await button(page, 'recipe.json').waitFor()
    await inspectDialog()
    await button(page, 'recipe.json').click()
    await page.getByText('disagree about left and right').waitFor()
    await inspect(page, 'import')
  })

  it('the forms of the three stages, folded and open', async () => {
    for (const title of ['Backbone', 'Mask', 'Decoder']) {
      await step(page, title).click()
      await page.getByRole('heading', { name: title, exact: true }).waitFor()
      await inspect(page, `${title.toLowerCase()}`)
      await page.getByRole('button', { name: /more settings$/ }).click()
      await inspect(page, `${title.toLowerCase()}-open`)
    }
  })

  it('a run that goes and an experiment with its table', async () => {
    await step(page, 'Mask').click()
    await button(page, 'm-07').click()
    await page.locator('[data-plane="3d"] canvas').waitFor()
    await drawn(page)
    await inspect(page, 'run')
    await page.locator('footer').getByText('1 running').click()
    await inspectDialog()
    await page.getByRole('dialog').getByRole('button', { name: 'e-01' }).click()
    await page.locator('table.dots').waitFor()
    await inspect(page, 'experiment')
  })

  it('the review with mask, weights, results and pictures', async () => {
    await openMask(page)
    await inspect(page, 'review')
    await button(page, 'Show Weights').click()
    await button(page, 'Fill').click()
    await inspect(page, 'weights')
    await button(page, 'Results').click()
    await page.getByText('TROI does better than').first().waitFor()
    await inspect(page, 'results')
    await button(page, 'Pictures').click()
    await page.getByRole('complementary').waitFor()
    await inspect(page, 'pictures')
  })

  it('the export, and the results of labelled data', async () => {
    await step(page, 'Export').click()
    await page.getByRole('heading', { name: 'Export', exact: true }).waitFor()
    await inspect(page, 'export')
    await button(page, 'All projects').click()
    await openProject(page, 'Haxby 2001, one slice')
    await step(page, 'Review').click()
    await button(page, 'Results').click()
    await page.getByRole('table', { name: 'Confusion matrix' }).waitFor()
    await inspect(page, 'confusion')
  })

  it('a window of 1600 × 1000, where the rail shows its words and the runs', async () => {
    await page.setViewportSize({ width: 1600, height: 1000 })
    expect(await page.locator('nav.rail .tree').isVisible()).toBe(true)
    await button(page, 'All projects').click()
    await openProject(page, 'Demo cohort, small')
    await openMask(page)
    await inspect(page, 'review-roomy')
  })

  it('without an error, a violation of the content policy, or a request that leaves this computer', async () => {
    await context.close()
    expect(chromium.complaints).toEqual([])
  })
})

async function inspectDialog(): Promise<void> {
  const box = (await page.getByRole('dialog').boundingBox())!
  expect(box.x).toBeGreaterThan(0)
  expect(box.y).toBeGreaterThan(0)
  expect(box.x + box.width).toBeLessThan(1280)
  expect(box.y + box.height).toBeLessThan(800)
}
