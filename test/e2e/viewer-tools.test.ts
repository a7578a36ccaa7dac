/**
 * The tools of the viewer: window and level, zoom, another filter tried in the page, undo, pictures with everything burnt in, and a
 * graphics system that goes away. Stand-in engine; what is claimed is measured on pixels or counted.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as head from './support/generated-volumes.ts'
import { openFake } from './support/opened.ts'
import { decodePng, type Picture } from './support/png.ts'
import {
  bluish,
  button,
  colours,
  drawn,
  eventually,
  look,
  near,
  openMask,
  openProject,
  slide,
  spotOf,
} from './support/window.ts'

const { chromium, page } = await openFake()

await openProject(page, 'Demo cohort, small')
await openMask(page, 'm-demo, troi')

/** Mean grey of the pixels without colour. */
function greyOf({ pixels }: Picture): number {
  let [sum, count] = [0, 0]
  for (let at = 0; at < pixels.length; at += 3) {
    const [r, g, b] = [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]
    if (r !== g || g !== b || r === 0) continue
    sum += r
    count++
  }
  return sum / count
}

async function drag(
  view: string,
  right: number,
  down: number,
  how: { button?: 'left' | 'right' | 'middle'; shift?: boolean } = {},
) {
  const box = (await page.locator(`[data-plane="${view}"] canvas`).boundingBox())!
  const [x, y] = [box.x + box.width / 2 + 20, box.y + box.height / 2 + 20]
  if (how.shift) await page.keyboard.down('Shift')
  await page.mouse.move(x, y)
  await page.mouse.down({ button: how.button ?? 'left' })
  await page.mouse.move(x + right / 2, y + down / 2)
  await page.mouse.move(x + right, y + down)
  await page.mouse.up({ button: how.button ?? 'left' })
  if (how.shift) await page.keyboard.up('Shift')
  await drawn(page)
}

const box = (name: string) => page.getByRole('textbox', { name, exact: true })
const numberIn = async (name: string) => Number(await box(name).inputValue())
const effect = () => page.locator('.filter-effect').innerText()
const voxelsOf = async () => /([\d,]+) voxels/.exec(await effect())![1]

describe('window and level', () => {
  it('get brighter with a right drag upwards, back with undo, and again with redo', async () => {
    const before = greyOf(await look(page, 'axial'))
    await drag('axial', 0, -60, { button: 'right' })
    const brighter = greyOf(await look(page, 'axial'))
    expect(brighter).toBeGreaterThan(before + 5)
    await page.keyboard.press('Control+z')
    expect(greyOf(await look(page, 'axial'))).toBeCloseTo(before, 6)
    expect(await page.locator('footer').innerText()).toContain('Undone: window and level')
    await page.keyboard.press('Control+y')
    expect(greyOf(await look(page, 'axial'))).toBeCloseTo(brighter, 6)
  })

  it('are shown as numbers beside the layers, and reset with Shift and Space', async () => {
    const moved = await numberIn('Black at')
    await page.locator('[data-plane="axial"] canvas').focus()
    await page.keyboard.press('Shift+Space')
    await eventually(() => numberIn('Black at')).toBeGreaterThan(moved)
    expect(await button(page, 'Reset window and level').isDisabled()).toBe(true)
  })

  it('are set with the left button once W was pressed, and the crosshair stays', async () => {
    const place = await page.locator('.readout').innerText()
    const width = async () => (await numberIn('White at')) - (await numberIn('Black at'))
    const before = await width()
    await page.keyboard.press('w')
    await drag('coronal', 100, 0)
    expect(await width()).toBeGreaterThan(1.3 * before)
    expect(await page.locator('.readout').innerText()).toBe(place)
    await page.keyboard.press('w')
    await button(page, 'Reset window and level').click()
    await eventually(width).toBe(before)
  })

  it('change nothing of the mask’s own pixels', async () => {
    await button(page, 'Fill').click()
    const before = spotOf(await look(page, 'axial'), near(colours.mask)).count
    await drag('axial', 40, 40, { button: 'right' })
    expect(spotOf(await look(page, 'axial'), near(colours.mask)).count).toBe(before)
    await page.keyboard.press('Control+z')
    await button(page, 'Outline').click()
  })
})

describe('zoom', () => {
  it('is the same in all slices, can be moved, and goes back with Space', async () => {
    const count = async (view: 'axial' | 'coronal') => spotOf(await look(page, view), (r) => r > 40).count
    const before = [await count('axial'), await count('coronal')]
    await page.locator('[data-plane="axial"] canvas').hover()
    await page.keyboard.down('Control')
    for (let n = 0; n < 3; n++) await page.mouse.wheel(0, -100)
    await page.keyboard.up('Control')
    await eventually(() => count('axial')).toBeGreaterThan(1.3 * before[0]!)
    expect(await count('coronal')).toBeGreaterThan(1.3 * before[1]!)
    const place = await page.locator('.readout').innerText()
    const zoomed = await look(page, 'axial')
    await drag('axial', 30, 30, { shift: true })
    expect(Buffer.compare(Buffer.from((await look(page, 'axial')).pixels), Buffer.from(zoomed.pixels))).not.toBe(0)
    expect(await page.locator('.readout').innerText()).toBe(place)
    await page.locator('[data-plane="axial"] canvas').focus()
    await page.keyboard.press('Space')
    await eventually(() => count('axial')).toBe(before[0])
  })
})

describe('another filter, tried in the page', () => {
  const budget = head.count(head.mask).toLocaleString('en-US')

  it('says what the run used, and keeps exactly V voxels at every width', async () => {
    expect(await page.locator('.filter-bar').innerText()).toMatch(/Run used \d\.\d\d, then exactly V voxels/)
    const swapped: string[] = []
    for (const sigma of [0, 0.6, 1.4]) {
      await slide(page, 'Filter sigma', sigma)
      expect(await voxelsOf()).toBe(budget)
      expect(await numberIn('Filter sigma, voxel')).toBe(sigma)
      swapped.push(/not in the mask\s+([\d,]+)/.exec(await effect())![1]!)
    }
    expect(new Set(swapped).size).toBeGreaterThan(1)
  })

  it('is called a preview, and the mask itself stays as it was', async () => {
    expect(await effect()).toContain('Preview only')
    await button(page, 'Hide Other filter').click()
    const without = spotOf(await look(page, 'axial'), near(colours.mask)).count
    await button(page, 'As in the run').click()
    expect(spotOf(await look(page, 'axial'), near(colours.mask)).count).toBe(without)
    expect(await page.locator('.filter-effect').count()).toBe(0)
  })

  it('swipes between unfiltered on the left and filtered on the right, with keys alone', async () => {
    await page.keyboard.press('s')
    expect(await page.locator('[data-plane="axial"]').innerText()).toMatch(/Unfiltered\s+Filtered/)
    await button(page, 'Show Other filter').click()
    const blue = async () => spotOf(await look(page, 'coronal'), near(colours.mask))
    await slide(page, 'Filter sigma', 1.4)
    await slide(page, 'Place of the swipe line', 0.98)
    const unfiltered = await blue()
    await slide(page, 'Place of the swipe line', 0.02)
    const filtered = await blue()
    // What is not filtered is rough: more border round as many voxels.
    expect(unfiltered.count).toBeGreaterThan(filtered.count)
    await page.keyboard.press('s')
    expect(await page.locator('.swipe-line').count()).toBe(0)
    await button(page, 'As in the run').click()
  })
})

describe('the weights', () => {
  it('have a threshold, a range and a colour map of their own, which can be taken back', async () => {
    await button(page, 'Show Weights').click()
    await button(page, 'Hide TROI mask').click()
    const warm = async () => spotOf(await look(page, 'axial'), (r, _g, b) => r > 150 && r > b + 60).count
    const usual = await warm()
    await box('Threshold').fill('0.9')
    await eventually(warm).toBeLessThan(0.8 * usual)
    await page.locator('[data-plane="axial"] canvas').focus()
    await page.keyboard.press('Control+z')
    await eventually(warm).toBe(usual)
    await page.getByLabel('Map', { exact: true }).selectOption('viridis')
    const green = async () => spotOf(await look(page, 'axial'), (r, g) => g > 90 && g > r + 20).count
    await eventually(green).toBeGreaterThan(30)
    await button(page, 'As in the mask').click()
    await eventually(green).toBe(0)
    await eventually(warm).toBe(usual)
    await button(page, 'Show TROI mask').click()
    await button(page, 'Hide Weights').click()
  })
})

describe('a picture of the views', () => {
  const save = async (press: () => Promise<unknown>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()])
    return { name: download.suggestedFilename(), picture: decodePng(readFileSync(await download.path())) }
  }
  const bright = (r: number, g: number, b: number) => r > 180 && g > 180 && b > 180

  it('is saved with the mask, the letters and the words in it', async () => {
    await button(page, 'Fill').click()
    const screen = await look(page, 'axial')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Go to or do' }).waitFor()
    await page.keyboard.type('picture axial')
    const { name, picture } = await save(() => page.keyboard.press('Enter'))
    expect(name).toBe('sub-00 m-demo axial.png')
    expect(picture.width).toBe(2 * screen.width)
    const headHeight = picture.height - 2 * screen.height
    expect(headHeight).toBeGreaterThan(2 * 60)
    const part = (from: number, to: number, left: number, right: number): Picture => {
      const [width, height] = [right - left, to - from]
      const pixels = new Uint8Array(width * height * 3)
      for (let y = 0; y < height; y++)
        pixels.set(
          picture.pixels.subarray(((from + y) * picture.width + left) * 3, ((from + y) * picture.width + right) * 3),
          y * width * 3,
        )
      return { width, height, pixels }
    }
    // The head carries words, and the view the mask where the screen has it.
    expect(spotOf(part(0, headHeight, 0, picture.width), bright).count).toBeGreaterThan(300)
    const view = part(headHeight, picture.height, 0, picture.width)
    const [there, here] = [spotOf(screen, near(colours.mask)), spotOf(view, near(colours.mask))]
    expect(here.x).toBeCloseTo(there.x, 2)
    expect(here.y).toBeCloseTo(there.y, 2)
    // L at the left edge and R at the right, as on the screen.
    const middle = headHeight + screen.height
    for (const [left, right] of [
      [0, 60],
      [picture.width - 60, picture.width],
    ] as const)
      expect(spotOf(part(middle - 24, middle + 24, left, right), bright).count, `${left}`).toBeGreaterThan(20)
    await button(page, 'Outline').click()
  })

  it('has all four views with the key P, the 3D view drawn', async () => {
    const { picture } = await save(() => page.keyboard.press('p'))
    const at = (x: number, y: number) => {
      let count = 0
      for (let row = Math.round(picture.height * y); row < picture.height; row++)
        for (let column = Math.round(picture.width * x); column < picture.width; column++) {
          const i = (row * picture.width + column) * 3
          if (bluish(picture.pixels[i]!, picture.pixels[i + 1]!, picture.pixels[i + 2]!)) count++
        }
      return count
    }
    expect(at(0.5, 0.55)).toBeGreaterThan(500)
  })
})

describe('a graphics system that goes away', () => {
  it('is said in words, and starts again with everything as it was set', async () => {
    await slide(page, 'Opacity of TROI mask', 0.8)
    const before = spotOf(await look(page, '3d'), bluish).count
    await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-plane="3d"] canvas')!
      const context = canvas.getContext('webgl2') ?? canvas.getContext('webgl')
      context!.getExtension('WEBGL_lose_context')!.loseContext()
    })
    await page.getByText('The graphics system stopped the 3D view').waitFor()
    expect(spotOf(await look(page, 'axial'), near(colours.mask, 60)).count).toBeGreaterThan(50)
    await button(page, 'Start the 3D view again').click()
    await page.locator('[data-plane="3d"] canvas').waitFor()
    await eventually(async () => spotOf(await look(page, '3d'), bluish).count).toBe(before)
    expect(await page.locator('[data-plane="3d"]').innerText()).toContain('seen from behind')
    await slide(page, 'Opacity of TROI mask', 1)
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
