/**
 * What a person does, in a real browser against the real server: run the demo and watch it, look at a finished one, export its
 * mask, and do the same with the shipped real scans. Pictures of every page go to docs/screens.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Chromium } from './support/browser.ts'
import { type Served, serveReal } from './support/serve.ts'
import { button, colours, letter, look, near, openMask, spotOf, step } from './support/window.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const screens = join(root, 'docs', 'screens')

let server: Served & { readonly workspace: string }
let chromium: Chromium
let page: Page

async function picture(name: string): Promise<void> {
  mkdirSync(screens, { recursive: true })
  for (const theme of ['dark', 'light'] as const) {
    await page.evaluate((wanted) => {
      document.documentElement.dataset.theme = wanted
    }, theme)
    const shot = await page.screenshot({ path: join(screens, `${name}-${theme}.png`) })
    expect(shot.length).toBeGreaterThan(8_000)
  }
  await page.evaluate(() => {
    document.documentElement.dataset.theme = 'dark'
  })
}

/** The name of a finished tiny demo in the workspace, made by the command line: same engine, no window. */
const finished = 'Finished demo'

beforeAll(async () => {
  server = await serveReal()
  const cli = join(root, 'src', 'cli', 'index.ts')
  const out = join(server.workspace, 'projects', finished)
  mkdirSync(join(server.workspace, 'projects'), { recursive: true })
  execFileSync(process.execPath, [cli, 'demo', '--size', 'tiny', '--seeds', '1', '--out', out, '--json'], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  chromium = await Chromium.launch()
  page = (await chromium.open(server.address)).page
}, 600_000)

afterAll(async () => {
  await chromium?.close()
  await server?.close()
})

describe('the first window', () => {
  it('asks how pictures are read and preselects nothing', async () => {
    await button(page, 'Run the demo').waitFor()
    for (const name of [/Neurological/, /Radiological/])
      expect(await button(page, name).first().getAttribute('aria-pressed')).toBe('false')
    await picture('projects')
    await button(page, /Neurological/)
      .first()
      .click()
  })

  it('runs the demo, shows its losses as they come, and stops when told', async () => {
    await button(page, 'Run the demo').click()
    await page.locator('.uplot canvas').first().waitFor({ timeout: 240_000 })
    await picture('run')
    await button(page, 'Stop and keep').click()
    await button(page, 'Resume').waitFor({ timeout: 30_000 })
    expect(await page.getByText('stopped and kept').first().isVisible()).toBe(true)
  })
})

describe('a finished demo', () => {
  it('opens from the workspace', async () => {
    await button(page, 'All projects').click()
    await button(page, 'Open project…').click()
    await button(page, new RegExp(finished)).click()
    await button(page, 'Choose this folder').click()
    await step(page, 'Review').waitFor()
  })

  it('shows its mask in slices and 3D, with letters on the right sides', async () => {
    await openMask(page)
    for (const view of ['axial', 'coronal', 'sagittal'] as const)
      expect(spotOf(await look(page, view), near(colours.mask)).count).toBeGreaterThan(20)
    expect([await letter(page, 'axial', 'left'), await letter(page, 'axial', 'right')]).toEqual(['L', 'R'])
    await picture('review')
  })

  it('shows every condition with its numbers', async () => {
    await button(page, 'Results').click()
    for (const name of ['troi', 'annotated', 'noise-ceiling+filter', 'true'])
      await page.locator(`[data-condition="${name}"]`).first().waitFor()
    await picture('results')
  })

  it('shows pictures beside their reconstructions', async () => {
    await button(page, 'Pictures').click()
    await page
      .getByRole('img', { name: /as decoded/ })
      .first()
      .waitFor()
    await picture('pictures')
  })

  it('exports its mask where the user says', async () => {
    await step(page, 'Export').click()
    await button(page, 'Export the mask…').click()
    await button(page, 'Choose this folder').click()
    await page
      .getByText(/_mask\.nii\.gz/)
      .first()
      .waitFor()
    await picture('export')
    const written = readdirSync(server.workspace, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('_mask.nii.gz'))
    expect(written).toHaveLength(1)
    expect(statSync(join(server.workspace, written[0]!)).size).toBeGreaterThan(50)
  })
})

describe('the shipped real scans', () => {
  it('become a mask of exactly 100 voxels and a judged decoder', async () => {
    await button(page, 'All projects').click()
    await button(page, 'Open the Haxby example').click()
    await button(page, 'Find the mask').waitFor({ timeout: 60_000 })
    await step(page, 'Data').click()
    await page.getByText('8 labels').first().waitFor()
    await picture('data')
    await step(page, 'Mask').click()
    await page.getByRole('group', { name: 'Preset' }).getByText('instant', { exact: true }).first().click()
    await page.getByLabel('Voxel budget').fill('100')
    await picture('mask')
    await button(page, 'Find the mask').click()
    await button(page, 'Look at the mask').click({ timeout: 60_000 })
    await openMask(page)
    await page.getByText('100 of 100').first().waitFor()
    await picture('review-haxby')
    await step(page, 'Decoder').click()
    // Two epochs show the way; the accuracy of the real settings is measured in bench.
    await page.getByLabel('Epochs', { exact: true }).first().fill('2')
    await button(page, 'Train the decoder').click()
    await button(page, 'Look at the results').click({ timeout: 240_000 })
    await page.getByRole('table', { name: 'Confusion matrix' }).waitFor()
    await picture('results-haxby')
  })
})

it('no journey left an error, broke the content policy or called another computer', () => {
  expect(chromium.complaints).toEqual([])
  expect(existsSync(join(screens, 'review-dark.png'))).toBe(true)
})
