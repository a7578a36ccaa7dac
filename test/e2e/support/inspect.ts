/**
 * What every page must keep, in dark and in light: nothing wider than the window, nothing to press without a name, no text cut off at
 * the window's edge. With TROI_SCREENS=1 the pictures of the documentation are written too.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { decodePng, encodePalettePng } from './png.ts'
import { drawn } from './window.ts'

const folder = fileURLToPath(new URL('../../../docs/screens/', import.meta.url))
export const writesScreens = process.env.TROI_SCREENS === '1'

/** Faults of the page as it is now, in words. */
function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const said = (element: Element) => {
      const words = (element.getAttribute('class') ?? element.textContent ?? '').trim().slice(0, 40)
      return `${element.tagName.toLowerCase()} "${words}"`
    }
    const { scrollWidth, scrollHeight } = document.documentElement
    if (scrollWidth > innerWidth || scrollHeight > innerHeight)
      faults.push(`the page is ${scrollWidth} × ${scrollHeight} in a window of ${innerWidth} × ${innerHeight}`)
    // Whatever lies in a box that scrolls may be longer than it; nothing else may leave its pane.
    const scrolls = (element: Element | null): boolean =>
      element !== null && (/(auto|scroll)/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement))
    for (const element of document.querySelectorAll('main *, header *, footer *')) {
      const box = element.getBoundingClientRect()
      if (box.width === 0 || box.height === 0 || element.closest('svg') !== null) continue
      if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element.parentElement))
        faults.push(`${said(element)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`)
    }
    for (const pane of document.querySelectorAll('.scroll, .pane > .body, .projects-there, .projects-start'))
      if (pane.scrollWidth > pane.clientWidth + 1)
        faults.push(`${said(pane)} is ${pane.scrollWidth} wide in a box of ${pane.clientWidth}`)
    for (const control of document.querySelectorAll('button, input, select, textarea, canvas, [role="img"]')) {
      const labels = control instanceof HTMLInputElement || control instanceof HTMLSelectElement ? control.labels : null
      const name =
        control.getAttribute('aria-label') ??
        ((labels?.length ?? 0) > 0 ? labels![0]!.textContent : null) ??
        (control.tagName === 'BUTTON' ? control.textContent : null) ??
        ''
      const hidden = control.closest('[aria-hidden="true"]') !== null || control.closest('.u-wrap, .u-over') !== null
      const inNamedPicture =
        control.tagName === 'CANVAS' && control.closest('[role="img"], figure[aria-label]') !== null
      if (name.trim() === '' && !hidden && !inNamedPicture) faults.push(`${said(control)} has no name`)
    }
    return [...new Set(faults)]
  })
}

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
