/** The shipped real scans: imported, a mask found and signed, training cut off twice and resumed, two runs side by side. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { act, button, eventually, openMask, step } from '../e2e/support/window.ts'
import { childrenOf, type Host } from './host.ts'

const longest = 180_000

async function findMask({ page }: Host, budget: number): Promise<void> {
  await step(page, 'Mask').click()
  await page.getByLabel('Voxel budget').fill(String(budget))
  await button(page, 'Find the mask').click()
  await button(page, 'Look at the mask').waitFor({ timeout: longest })
}

/** From the first screen: import of the example, a mask of 100 voxels, a signature bound to its bytes. */
export async function haxbyToSignedMask(host: Host): Promise<void> {
  const { page } = host
  if (await page.locator('nav.rail').isVisible()) await button(page, 'All projects').click()
  await button(page, 'Open the Haxby example').click()
  await button(page, 'Find the mask').waitFor({ timeout: longest })
  await step(page, 'Data').click()
  await page.getByText('each run once').waitFor()
  await findMask(host, 100)
  await button(page, 'Look at the mask').click()
  await openMask(page)
  expect(await page.locator('main').innerText()).toContain('100 of 100')
  await page
    .getByRole('region', { name: 'Your verdict' })
    .getByRole('button', { name: /^Accept/ })
    .click()
  await page.getByRole('textbox', { name: 'Your name' }).fill('M. Ortiz')
  await button(page, 'Sign off').click()
  await page.getByText(/Accepted by M. Ortiz on/).waitFor()
}

/** Another budget; the two runs then stand side by side, and only what differs is shown. */
export async function compareTwoRuns(host: Host): Promise<void> {
  const { page } = host
  await findMask(host, 80)
  await act(page, 'compare')
  const table = page.getByRole('table', { name: 'Compare runs' })
  await table.waitFor()
  await expect(table.locator('thead th').allInnerTexts()).resolves.toEqual(['', 'm-01', 'm-02'])
  const budget = table.locator('tbody tr', { hasText: 'Voxel budget' })
  await expect(budget.locator('td').allInnerTexts()).resolves.toEqual([
    expect.stringContaining('100'),
    expect.stringContaining('80'),
  ])
  expect(await table.locator('tbody tr', { hasText: 'Preset' }).count()).toBe(0)
}

/** Phases that the run has behind it; a decoder of labelled data has one for each run that is held out. */
async function phasesDone({ page }: Host): Promise<number> {
  const line = page.getByRole('list', { name: 'Phases' })
  const earlier = Number(/(\d+) before/.exec(await line.innerText())?.[1] ?? 0)
  return earlier + (await line.locator('.is-done').count())
}

/** A training is killed twice: first its own process, then the whole engine. Both times it goes on where it was. */
export async function crashAndResume(host: Host): Promise<void> {
  const { page } = host
  await step(page, 'Decoder').click()
  // The network takes long enough to be killed on the way, on any computer; the closed form is over in a moment.
  await page.getByRole('combobox', { name: 'Decoder' }).selectOption('network')
  await page.getByLabel('Epochs').fill('12')
  await button(page, 'Train the decoder').click()
  await button(page, 'Pause').waitFor({ timeout: longest })
  await eventually(() => phasesDone(host)).toBeGreaterThan(1)
  // The newest: another project may have one of its own.
  const jobs = childrenOf(host.engine).filter(({ command }) => /job-process/.test(command))
  process.kill(Math.max(...jobs.map(({ pid }) => pid)), 'SIGKILL')
  await button(page, 'Resume').click()
  const before = await phasesDone(host)
  expect(before).toBeGreaterThan(1)
  await button(page, 'Pause').waitFor({ timeout: longest })
  await eventually(() => phasesDone(host)).toBeGreaterThan(before)

  await host.crash()
  const again = host.page
  // The desktop window comes back with its project; a browser is opened anew, on the first screen.
  if (host.lane === 'browser') await again.getByRole('button', { name: /^Open Haxby/ }).click()
  await again.locator('nav.rail').waitFor({ timeout: longest })
  await step(again, 'Decoder').click()
  await again.getByRole('region', { name: 'Runs' }).getByRole('button', { name: 'd-01' }).click()
  await eventually(() => again.locator('.run-header').innerText()).toContain('interrupted')
  await button(again, 'Resume').click()
  await button(again, 'Look at the results').click({ timeout: longest })
  await again.getByRole('table', { name: 'Confusion matrix' }).waitFor()
  await eventually(() => again.locator('main').innerText()).toMatch(/Chance 12.5 %/)
}

/** For support: which problems occurred, and nothing of the subject. */
export async function saveDiagnostics(host: Host): Promise<void> {
  const { page } = host
  const file = await host.saved(async () => {
    await act(page, 'diagnostics')
  })
  const text = readFileSync(file, 'utf8')
  expect(JSON.parse(text)).toMatchObject({})
  expect(text).toContain('import')
  for (const secret of ['haxby', 'Haxby', 'Ortiz']) expect(text).not.toContain(secret)
}
