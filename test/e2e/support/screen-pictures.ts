/**
 * Pictures of screens: that they show something, and where they are kept. They go to .cache/screens; with TROI_SCREENS=1 small ones
 * for the documentation go to docs/screens: of the usual window in both themes, of the roomy one in the dark.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const cache = join(root, '.cache', 'screens')
const docs = join(root, 'docs', 'screens')
const smallWidth = 800
export const writesScreens = process.env.TROI_SCREENS === '1'

/** How much the pixels of a region differ, as the standard deviation of its liveliest channel, 0 to 127. */
async function liveliness(picture: Buffer, region?: { left: number; top: number; width: number; height: number }) {
  const part = region === undefined ? sharp(picture) : sharp(await sharp(picture).extract(region).png().toBuffer())
  return Math.max(...(await part.stats()).channels.map(({ stdev }) => stdev))
}

/** Places of what is drawn, not written: slices, 3D, charts, pictures. */
function drawings(page: Page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('.slice canvas, .u-over, .picture canvas, svg.experiment-plot')].flatMap(
      (element) => {
        const box = element.getBoundingClientRect()
        const [left, top] = [Math.ceil(Math.max(0, box.left)), Math.ceil(Math.max(0, box.top))]
        const width = Math.floor(Math.min(innerWidth, box.right)) - left
        const height = Math.floor(Math.min(innerHeight, box.bottom)) - top
        const middle = document.elementFromPoint(left + width / 2, top + height / 2)
        const seen = width > 20 && height > 20 && middle !== null && middle.closest('dialog') === null
        const there = middle === element || middle?.parentElement === element.parentElement || element.contains(middle)
        return seen && there && document.querySelector('dialog[open]') === null ? [{ left, top, width, height }] : []
      },
    ),
  )
}

/** Takes the picture, expects that page and drawings are not blank, and keeps it. */
export async function keepPicture(page: Page, name: string, theme: string): Promise<void> {
  const picture = await page.screenshot()
  const { width } = page.viewportSize()!
  expect(await liveliness(picture), `${name} is blank`).toBeGreaterThan(3)
  for (const region of (await drawings(page)).slice(0, 12))
    expect(await liveliness(picture, region), `${name}: nothing is drawn at ${JSON.stringify(region)}`).toBeGreaterThan(
      1,
    )
  const folder = join(cache, theme)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}-${width}.png`), picture)
  if (!writesScreens || (width > 1280 && theme !== 'dark')) return
  mkdirSync(docs, { recursive: true })
  const small = await sharp(picture).resize({ width: smallWidth }).webp({ quality: 50, effort: 4 }).toBuffer()
  writeFileSync(join(docs, `${name}-${theme}-${width}.webp`), small)
}
