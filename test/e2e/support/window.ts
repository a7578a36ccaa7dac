/** How a person moves through the window: steps of the rail, tabs of the review, the viewer's slices. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { decodePng, type Picture } from './png.ts'

export function step(page: Page, title: string): Locator {
  return page.locator('nav.rail .step').filter({ has: page.locator('b', { hasText: new RegExp(`^${title}$`) }) })
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole('button', { name, exact: typeof name === 'string' })
}

/** Opens a project from the first screen. */
export async function openProject(page: Page, name: string): Promise<void> {
  await button(page, `Open ${name}`).click()
  await page.locator('nav.rail').waitFor()
}

/** Runs an action of the palette by a part of its name. */
export async function act(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Go to or do' }).waitFor()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelector('dialog.palette[open]') === null)
}

/** Goes to the mask under review and waits until slices and 3D are drawn. */
export async function openMask(page: Page, name?: string): Promise<void> {
  await step(page, 'Review').click()
  if (name !== undefined) await page.getByLabel('Mask', { exact: true }).selectOption({ label: name })
  await page.locator('[data-plane="axial"] canvas').waitFor()
  await drawn(page)
}

/** Waits for two frames, after which what was changed is on the screen. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  )
}

export type Colour = readonly [number, number, number]

/** Colours of the layers in image wells, in both themes. */
export const colours = {
  mask: [76, 195, 245],
  annotated: [245, 160, 76],
} as const satisfies Record<string, Colour>

export interface Spot {
  /** Pixels that fit. */
  readonly count: number
  /** Their middle, as shares of the picture's width and height from the left and the top. */
  readonly x: number
  readonly y: number
}

/** Pixels of a picture that a test accepts, and where their middle is. */
export function spotOf({ width, height, pixels }: Picture, fits: (r: number, g: number, b: number) => boolean): Spot {
  let [count, sumX, sumY] = [0, 0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      if (!fits(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!)) continue
      count++
      sumX += x + 0.5
      sumY += y + 0.5
    }
  return { count, x: sumX / count / width, y: sumY / count / height }
}

export function near([r, g, b]: Colour, tolerance = 6): (r: number, g: number, b: number) => boolean {
  return (x, y, z) => Math.abs(x - r) <= tolerance && Math.abs(y - g) <= tolerance && Math.abs(z - b) <= tolerance
}

/** Clearly blue: the mask's colour under any light of the 3D view. */
export function bluish(r: number, _g: number, b: number): boolean {
  return b > 60 && b > 1.7 * r
}

export type View = 'axial' | 'coronal' | 'sagittal' | '3d'

/** A view as pixels, exactly as it is on the screen. */
export async function look(page: Page, view: View): Promise<Picture> {
  await drawn(page)
  return decodePng(await page.locator(`[data-plane="${view}"]`).screenshot())
}

/** The letter on a side of a view. */
export async function letter(page: Page, view: View, side: 'left' | 'right' | 'top' | 'bottom'): Promise<string> {
  return (await page.locator(`[data-plane="${view}"] [data-side="${side}"]`).innerText()).trim()
}

/** Moves a slider to a value, as the arrow keys would. */
export async function slide(page: Page, name: string, value: number): Promise<void> {
  await page.getByRole('slider', { name, exact: true }).fill(String(value))
  await drawn(page)
}

/** Expects something that becomes true soon; a busy computer may take its time. */
export function eventually<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 50 })
}
