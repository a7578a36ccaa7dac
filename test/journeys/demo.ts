/** From the first screen of a new user to an exported mask, and what one does with the demo's pictures and report meanwhile. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { button, drawn, eventually, step } from '../e2e/support/window.ts'
import { countClicks, type Host } from './host.ts'

const longest = 180_000

export interface ExportedDemo {
  readonly clicks: number
  readonly folder: string
}

/** Nothing is answered beforehand: left and right are asked, the mask is judged and signed, then exported where one wants. */
export async function demoToExportedMask(host: Host): Promise<ExportedDemo> {
  const { page } = host
  const clicks = await countClicks(page)
  await button(page, /^Neurological/).click()
  await button(page, 'Tiny').click()
  await button(page, 'Run the demo').click()
  await button(page, 'Look at the mask').click({ timeout: longest })
  await page.locator('[data-plane="axial"] canvas').waitFor()
  await drawn(page)
  await page
    .getByRole('region', { name: 'Your verdict' })
    .getByRole('button', { name: /^Accept/ })
    .click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('A. Reviewer')
  await button(page, 'Sign off').click()
  await page.getByText(/Accepted by A. Reviewer on/).waitFor()
  await step(page, 'Export').click()
  const said = await page.locator('main').innerText()
  const voxels = Number(/Voxels\s+([\d,]+)/.exec(said)![1]!.replaceAll(',', ''))
  await button(page, 'Export the mask…').click()
  const folder = await host.chooseNewFolder('For the clinic')
  await page.getByRole('table', { name: 'Exported files' }).waitFor()
  expectMask(folder, voxels)
  return { clicks: await clicks(), folder }
}

/** A NIfTI-1 file with as many ones as the window said, and a sidecar with the verdict. */
function expectMask(folder: string, voxels: number): void {
  const names = readdirSync(folder, { recursive: true }).map(String)
  const file = names.find((name) => name.endsWith('_mask.nii.gz'))!
  const bytes = gunzipSync(readFileSync(join(folder, file)))
  // NIfTI-1 specification: magic at 344, values from vox_offset on, one byte each.
  expect(bytes.toString('latin1', 344, 347)).toBe('n+1')
  const values = bytes.subarray(bytes.readFloatLE(108))
  expect(values.filter((value) => value === 1)).toHaveLength(voxels)
  expect(readFileSync(join(folder, file.replace('.nii.gz', '.json')), 'utf8')).toContain('Accepted by A. Reviewer')
}

/** The report on paper: from the export screen, with the words of the screen in it. */
export async function printReport(host: Host): Promise<Buffer> {
  await step(host.page, 'Export').click()
  return host.printed(() => host.page.getByRole('button', { name: /^(Report as PDF|Print the report)…$/ }).click())
}

/** Grades three pictures without knowing who decoded them. */
export async function blindRating({ page }: Host): Promise<void> {
  await step(page, 'Review').click()
  await button(page, 'Pictures').click()
  await page.getByRole('complementary').waitFor()
  await page.keyboard.press('b')
  const stage = page.getByRole('region', { name: 'Blind rating' })
  await stage.waitFor()
  await page.getByRole('textbox', { name: 'Your name' }).fill('K. Ito')
  await page.getByLabel('Seed of the order').fill('7')
  await button(page, 'Start').click()
  await page.getByText(/(?:^|\D)0 of \d+ graded/).waitFor()
  const html = await stage.innerHTML()
  for (const secret of ['PixCorr', 'SSIM', 'scene_', 'd-01', 'demo']) expect(html).not.toContain(secret)
  for (const [at, key] of ['4', '2', '5'].entries()) {
    await page.keyboard.press(key)
    await page.getByText(new RegExp(`(?:^|\\D)${at + 1} of \\d+ graded`)).waitFor()
  }
  await button(page, 'Stop and show results').click()
  const table = page.getByRole('table', { name: 'What was rated' })
  const rated = async () =>
    (await table.locator('tbody tr').allInnerTexts()).reduce((sum, row) => sum + Number(row.split('\t')[1]), 0)
  await eventually(rated).toBe(3)
  await button(page, 'Back to the pictures').click()
  await page.locator('.picture-row.placed').first().waitFor()
}

/** What is still being computed is not needed any more; it is stopped and kept. */
export async function stopDemo({ page }: Host): Promise<void> {
  await page.locator('footer').getByText('running').click()
  await page.getByRole('dialog').getByRole('button', { name: 'demo-01' }).click()
  await button(page, 'Stop and keep').click()
  await page.locator('.tag').getByText('stopped and kept', { exact: true }).waitFor({ timeout: longest })
}
