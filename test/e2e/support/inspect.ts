/**
 * What every page must keep, in dark and in light: nothing wider than the window, nothing to press without a name, no text cut off at
 * the window's edge. With TROI_SCREENS=1 the pictures of the documentation are written too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { faultsOf } from './faults.ts'
import { decodePng, encodePalettePng } from './png.ts'
import { drawn } from './window.ts'

const folder = fileURLToPath(new URL('../../../docs/screens/', import.meta.url))
export const writesScreens = process.env.TROI_SCREENS === '1'

async function applyTheme(page: Page, theme: 'dark' | 'light'): Promise<void> {
  const change = page.getByRole('button', { name: theme === 'dark' ? 'Dark colours' : 'Light colours', exact: true })
  if (await change.isVisible()) await change.click()
  await page.mouse.move(2, 2)
  await drawn(page)
}

/** Looks at the page in both themes, expects no fault, and leaves it dark. `picture` names its file for the documentation. */
export async function inspect(page: Page, name: string, picture = false): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await applyTheme(page, theme)
    expect(await faultsOf(page), `${name}, ${theme}`).toEqual([])
    if (!picture || !writesScreens) continue
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${name}-${theme}.png`), encodePalettePng(decodePng(await page.screenshot())))
  }
}
