/**
 * The two journeys that must mean something, on the real server started as a process of its own: the demo from its button to an
 * exported mask, and the real scans of the Haxby example to a judged decoder. With TROI_SCREENS=1 they write the pictures of the
 * documentation. TROI_SCREENS_SIZE=Small then makes those of the demo that deserve a larger one; its table is not waited for.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { inspect, writesScreens } from './support/inspect.ts'
import { openReal } from './support/opened.ts'
import { button, drawn, eventually, openMask, step } from './support/window.ts'

const longest = 25 * 60_000
const size = (writesScreens ? process.env.TROI_SCREENS_SIZE : undefined) ?? 'Tiny'

const { chromium, served, page } = await openReal()

const mainText = () => page.locator('main').innerText()

describe('the demo', () => {
  it('starts from its button and shows losses, device and reason while it goes', { timeout: longest }, async () => {
    await button(page, 'Run the demo').waitFor()
    await inspect(page, 'projects', true)
    await button(page, size).click()
    await button(page, 'Run the demo').click()
    await page.getByRole('heading', { name: /^Demo/ }).waitFor()
    await page.getByRole('figure', { name: 'Loss' }).waitFor({ timeout: longest })
    expect(await mainText()).toMatch(/threads/)
    expect(await mainText()).toMatch(/tensorflow: /)
  })

  it('shows its table growing', { timeout: longest }, async () => {
    const row = page.locator('tr[data-condition="annotated"]')
    await row.waitFor({ timeout: longest })
    expect(await row.locator('.interval').first().innerText()).toMatch(/^\d+–\d+$/)
    expect(await mainText()).toContain('Table so far')
    await page.locator('[data-plane="3d"] canvas').waitFor()
    await inspect(page, 'demo-running', true)
  })

  it('has a mask and pictures to look at while its controls are computed', { timeout: longest }, async () => {
    await button(page, 'Look at the mask').click({ timeout: longest })
    await page.locator('[data-plane="axial"] canvas').waitFor()
    await drawn(page)
    expect(await mainText()).toMatch(/(\d+) of \1/)
    await inspect(page, 'review-mask', true)
    await button(page, 'Pictures').click()
    await page.getByRole('complementary').waitFor()
    // Both directions come with their near misses, the right answer among them.
    expect(await page.locator('.near li.right').count()).toBe(2)
    await inspect(page, 'review-pictures', true)
  })

  it('ends with every condition in its table, and says in words what that means', { timeout: longest }, async () => {
    if (size === 'Tiny') {
      await page.locator('footer').getByText('running').click()
      await page.getByRole('dialog').getByRole('button', { name: 'demo-01' }).click()
      await page.locator('.tag').getByText('done', { exact: true }).waitFor({ timeout: longest })
      await inspect(page, 'demo-done', true)
      await step(page, 'Review').click()
    }
    await button(page, 'Results').click()
    await page.locator('.findings b').first().waitFor()
    const shown = await page.locator('table.dots tr[data-condition]').count()
    expect(shown).toBeGreaterThan(size === 'Tiny' ? 20 : 1)
    await inspect(page, 'review-results', size === 'Tiny')
  })

  it('gives in the page, with the run’s own filter, the very mask that the run found', async () => {
    await button(page, 'Mask').first().click()
    await page.locator('[data-plane="axial"] canvas').waitFor()
    const bar = page.getByRole('region', { name: 'Filter preview' })
    const sigma = /Run used ([\d.]+), then exactly V voxels/.exec(await bar.innerText())![1]!
    await page.getByRole('slider', { name: 'Filter sigma' }).fill('0')
    await bar.getByText('Preview only').waitFor()
    const swapped = async () => Number(/not in the mask\s+(\d+)/.exec(await bar.innerText())![1])
    const unfiltered = await swapped()
    await page.getByRole('textbox', { name: 'Filter sigma, voxel' }).fill(sigma)
    await expect.poll(swapped).toBe(0)
    expect(unfiltered).toBeGreaterThan(0)
    await button(page, 'As in the run').click()
  })

  it('keeps a verdict on it', async () => {
    await page.locator('[data-plane="axial"] canvas').focus()
    await page.keyboard.press('a')
    await page.getByRole('textbox', { name: 'Your name' }).fill('A. Reviewer')
    await button(page, 'Sign off').click()
    await page.getByText(/Accepted by A. Reviewer on/).waitFor()
  })

  it('exports the mask as NIfTI with as many voxels as it says', async () => {
    await step(page, 'Export').click()
    const voxels = Number(/Voxels\s+([\d,]+)/.exec(await mainText())![1]!.replaceAll(',', ''))
    // Before anything is written: the folder that is named afterwards is one of this computer.
    await inspect(page, 'export', true)
    await button(page, 'Export the mask…').click()
    await page.getByLabel('Name').fill('exported')
    await button(page, 'Choose this folder').click()
    await page.getByRole('table', { name: 'Exported files' }).waitFor()
    await inspect(page, 'exported')
    const folder = join(served.workspace, 'exported')
    const names = readdirSync(folder, { recursive: true }).map(String)
    const file = names.find((name) => name.endsWith('_mask.nii.gz'))!
    const bytes = gunzipSync(readFileSync(join(folder, file)))
    // NIfTI-1 specification: magic at 344, values from vox_offset on, one byte each.
    expect(bytes.toString('latin1', 344, 347)).toBe('n+1')
    const values = bytes.subarray(bytes.readFloatLE(108))
    expect(values.filter((value) => value === 1)).toHaveLength(voxels)
    const sidecar = join(folder, file.replace('.nii.gz', '.json'))
    expect(existsSync(sidecar)).toBe(true)
    expect(readFileSync(sidecar, 'utf8')).toContain('Accepted by A. Reviewer')
  })

  it('has its forms ready for a run of one’s own', async () => {
    for (const title of ['Data', 'Backbone', 'Mask', 'Decoder']) {
      await step(page, title).click()
      await page.getByRole('heading', { name: title, exact: true }).waitFor()
      await inspect(page, title.toLowerCase(), true)
    }
  })
})

describe('the Haxby example', () => {
  it('is imported from its files', { timeout: longest }, async () => {
    await button(page, 'All projects').click()
    await button(page, 'Open the Haxby example').click()
    await button(page, 'Find the mask').waitFor({ timeout: longest })
    await inspect(page, 'haxby-import', true)
    await step(page, 'Data').click()
    await page.getByText('each run once').waitFor()
  })

  it('is looked at through the picker before anything is copied', async () => {
    await button(page, 'Import…').click()
    await page.getByLabel('Root').selectOption({ label: 'Examples' })
    await button(page, 'haxby2001').click()
    await button(page, 'recipe.json').click()
    await button(page, 'Import 96 trials').waitFor()
    expect(await mainText()).toContain('scissors')
    await inspect(page, 'haxby-preview', true)
  })

  it('has its mask found', { timeout: longest }, async () => {
    await step(page, 'Mask').click()
    await page.getByLabel('Voxel budget').fill('100')
    await button(page, 'Find the mask').click()
    await button(page, 'Look at the mask').waitFor({ timeout: longest })
    await button(page, 'Look at the mask').click()
    await openMask(page)
    expect(await mainText()).toContain('100 of 100')
    await inspect(page, 'haxby-mask', true)
  })

  it('has its decoder judged with a confusion matrix, chance and permuted labels', { timeout: longest }, async () => {
    await button(page, 'Train a decoder').click()
    // A short training shows the way; pictures for the documentation use the usual one.
    if (!writesScreens) await page.getByLabel('Epochs').fill('3')
    await button(page, 'Train the decoder').click()
    await button(page, 'Look at the results').waitFor({ timeout: longest })
    await button(page, 'Look at the results').click()
    const table = page.getByRole('table', { name: 'Confusion matrix' })
    await table.waitFor()
    const counts = await table.locator('tbody td').allInnerTexts()
    expect(counts).toHaveLength(64)
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(96)
    await eventually(mainText).toMatch(/Chance 12.5 %/)
    expect(await mainText()).toMatch(/permuted within runs/)
    await inspect(page, 'haxby-results', true)
  })

  it('did all that without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
