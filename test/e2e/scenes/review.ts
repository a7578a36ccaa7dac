/** The review with its three tabs, and the export. */
import { expect } from 'vitest'
import { ids } from '../support/fake-state.ts'
import { button, drawn, openMask, openProject, step } from '../support/window.ts'
import { closeDialog, scene, type Walk } from './scene.ts'

export const review: Walk = {
  name: 'review',
  scenes: [
    scene('review', async ({ page }) => {
      await openProject(page, 'Demo cohort, small')
      await openMask(page)
      await page.getByRole('region', { name: 'Numbers' }).getByText('Dice').first().waitFor()
      // The map before the filter is shown in a swipe only.
      expect(await button(page, 'Hide Unfiltered').count()).toBe(0)
      expect(await button(page, 'Hide TROI mask').count()).toBe(1)
    }),
    scene('review-weights', async ({ page }) => {
      await button(page, 'Show Weights').click()
      await drawn(page)
    }),
    scene('review-fill', async ({ page }) => {
      await button(page, 'Fill').click()
      await drawn(page)
    }),
    scene('review-two-masks', async ({ page }) => {
      await button(page, 'Outline').click()
      await button(page, 'Hide Weights').click()
      await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'm-marker' })
      await button(page, 'Hide Other mask').waitFor()
      await drawn(page)
    }),
    scene('review-overlap', async ({ page }) => {
      await button(page, 'Overlap in colour').click()
      await drawn(page)
    }),
    scene('review-swipe', async ({ page }) => {
      await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'none' })
      await page.keyboard.press('s')
      await page.locator('.swipe-line').first().waitFor()
      await drawn(page)
    }),
    scene('review-verdict', async ({ page }) => {
      await page.keyboard.press('s')
      await page.locator('[data-plane="axial"] canvas').focus()
      await page.keyboard.press('a')
      await page.getByRole('textbox', { name: 'Note' }).fill('Right side thinner than left, as in m-marker.')
      await page.getByRole('textbox', { name: 'Your name' }).fill('M. Ortiz')
    }),
    scene('review-signed', async ({ page }) => {
      await button(page, 'Sign off').click()
      await page.getByText(/Accepted by M. Ortiz on/).waitFor()
    }),
    scene('review-verdicts', async ({ page }) => {
      await page.locator('[data-plane="axial"] canvas').focus()
      await page.keyboard.press('r')
      await button(page, 'Sign off').click()
      await page.getByText(/Rejected by M. Ortiz on/).waitFor()
      await button(page, '2 verdicts').click()
      await page.getByRole('dialog', { name: /^Verdicts on/ }).waitFor()
    }),
    scene('results', async ({ page }) => {
      await closeDialog(page)
      await button(page, 'Results').click()
      await page.getByText('TROI does better than').first().waitFor()
    }),
    scene('export-rejected', async ({ page }) => {
      await step(page, 'Export').click()
      await page.getByText(/Rejected by M. Ortiz/).waitFor()
    }),
    scene('export', async ({ page }) => {
      await page.getByLabel('Mask', { exact: true }).selectOption({ label: 'm-marker, 125 voxels' })
      await page.getByRole('region', { name: 'This mask' }).getByText('m-marker').waitFor()
    }),
    scene('exported', async ({ page }) => {
      await button(page, 'Export the mask…').click()
      await page.getByLabel('Name').fill('For the clinic')
      await button(page, 'Choose this folder').click()
      await page.getByRole('table', { name: 'Exported files' }).waitFor()
    }),
    scene('confusion', async ({ page }) => {
      await button(page, 'All projects').click()
      await openProject(page, 'Haxby 2001, one slice')
      await step(page, 'Review').click()
      await button(page, 'Results').click()
      await page.getByRole('table', { name: 'Confusion matrix' }).waitFor()
    }),
    scene('pictures-none', async ({ page }) => button(page, 'Pictures').click()),
    scene('review-broken', async ({ page }) => {
      await page.evaluate(() => {
        HTMLCanvasElement.prototype.getContext = () => {
          throw new Error('broken on purpose')
        }
      })
      await button(page, 'Mask').click()
      await page.getByRole('alert').filter({ hasText: 'The review could not be shown' }).waitFor()
    }),
  ],
}

export const unsettled: Walk = {
  name: 'left and right not chosen',
  unsettled: true,
  prepare: (engine) => engine.masks(ids.demo),
  scenes: [
    scene('review-unsettled', async ({ page }) => {
      await openProject(page, 'Demo cohort, small')
      await openMask(page)
    }),
  ],
}

export const pictures: Walk = {
  name: 'pictures',
  scenes: [
    scene('pictures', async ({ page }) => {
      await openProject(page, 'Demo cohort, small')
      await step(page, 'Review').click()
      await button(page, 'Pictures').click()
      await page.getByRole('complementary').waitFor()
    }),
    scene('pictures-zoomed', async ({ page }) => {
      await page.keyboard.press('z')
      await page.getByLabel('Sort').selectOption('gain')
    }),
    scene('pictures-no-match', async ({ page }) => {
      await page.keyboard.press('z')
      await page.getByLabel('Find a name').fill('nothing like this')
      await page.getByText('No picture fits.').waitFor()
    }),
    scene('rating-start', async ({ page }) => {
      await page.getByLabel('Find a name').fill('')
      await button(page, /^Blind rating/).click()
      await page.getByRole('textbox', { name: 'Your name' }).fill('K. Ito')
    }),
    scene('rating', async ({ page }) => {
      await button(page, 'Start').click()
      await page.getByText('0 of 120 graded').waitFor()
    }),
    scene('rating-results', async ({ page }) => {
      for (let n = 0; n < 24; n++) {
        await page.keyboard.press(n % 2 === 0 ? '3' : '4')
        await page.getByText(`${n + 1} of 120 graded`).waitFor()
      }
      await button(page, 'Stop and show results').click()
      await page.getByRole('table', { name: 'What was rated' }).waitFor()
    }),
  ],
}
