/**
 * Pictures of two decoders: order by score and gap, near misses both ways, one zoom for all, blind rating with its results; a thousand
 * pictures; runs side by side; the film of a mask. Stand-in engine.
 */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { FakeEngine } from './fake-engine.ts'
import { ids } from './support/fake-state.ts'
import { openFake, remembered } from './support/opened.ts'
import { serveFake } from './support/serve.ts'
import { act, bluish, button, drawn, eventually, look, openProject, spotOf, step } from './support/window.ts'

const { chromium, served, page } = await openFake()

async function openPictures(of: Page) {
  await openProject(of, 'Demo cohort, small')
  await step(of, 'Review').click()
  await button(of, 'Pictures').click()
  await of.getByRole('complementary').waitFor()
}

await openPictures(page)

const rows = () => page.locator('.picture-row.placed')
const nameOf = async (at: number) => (await rows().nth(at).innerText()).split('\n')[0]!
const number = (text: string) => Number(text.replace('−', '-'))

describe('the gallery', () => {
  it('has a column per decoder, and sorts by the gap between them both ways', async () => {
    expect(await page.locator('.picture-row.head').innerText()).toMatch(/d-demo[\s\S]*d-marker/)
    const gaps = async () =>
      (await rows().allInnerTexts()).map((text) => number(/([+−][\d.]+) against d-marker/.exec(text)![1]!))
    for (const [order, sign] of [
      ['gain', -1],
      ['loss', 1],
    ] as const) {
      await page.getByLabel('Sort').selectOption(order)
      await drawn(page)
      const found = await gaps()
      expect(new Set(found).size).toBeGreaterThan(3)
      expect(found).toEqual([...found].sort((a, b) => sign * (a - b)))
    }
  })

  it('filters by name and by what was not found at once', async () => {
    await page.getByLabel('Find a name').fill('0007')
    await eventually(() => rows().count()).toBe(1)
    expect(await nameOf(0)).toBe('scene_0007')
    await page.getByLabel('Find a name').fill('nothing like this')
    await page.getByText('No picture fits.').waitFor()
    await page.getByLabel('Find a name').fill('')
    await page.getByLabel('not found at once').check()
    await page.getByLabel('Sort').selectOption('rank')
    const ranks = (await rows().allInnerTexts()).map((text) =>
      [...text.matchAll(/(?:brain → image|image → brain)\s+(\d+)/g)].map(([, rank]) => Number(rank)),
    )
    for (const pair of ranks) expect(Math.max(...pair)).toBeGreaterThan(1)
    await page.getByLabel('not found at once').uncheck()
    await page.getByLabel('Sort').selectOption('best')
  })

  it('goes down and up with J and K', async () => {
    const shown = () => page.getByRole('complementary').getAttribute('aria-label')
    await rows().first().click()
    const first = await shown()
    const second = await nameOf(1)
    await page.keyboard.press('j')
    expect(await shown()).toBe(second)
    await page.keyboard.press('k')
    expect(await shown()).toBe(first)
  })

  it('shows near misses both ways with the right answer at its rank, each a way to its picture', async () => {
    for (const way of ['brain → image', 'image → brain']) {
      const region = page.getByRole('region', { name: way })
      const rank = Number(/rank (\d+)/.exec(await region.innerText())![1])
      const right = await region.locator('li.right').innerText()
      expect(right).toContain(`${rank}, right`)
      expect(await region.locator('li').count()).toBe(rank <= 5 ? 5 : 6)
      expect(await region.innerText()).toContain('chance 31')
    }
    const wrong = page.getByRole('region', { name: 'brain → image' }).locator('li:not(.right) button').first()
    const name = (await wrong.getAttribute('aria-label'))!.replace('Show ', '')
    await wrong.click()
    expect(await page.getByRole('complementary').getAttribute('aria-label')).toBe(name)
  })

  it('zooms all pictures together, and moves all with one drag', async () => {
    const transforms = () =>
      page.evaluate(() => [
        ...new Set(
          [...document.querySelectorAll('.picture canvas')].map((one) => getComputedStyle(one).transform.split(',')[0]),
        ),
      ])
    expect(await transforms()).toEqual(['matrix(1'])
    await page.keyboard.press('z')
    expect(await transforms()).toEqual(['matrix(2.5'])
    const offsets = () =>
      page.evaluate(() => getComputedStyle(document.querySelector<HTMLElement>('.pictures')!).getPropertyValue('--x'))
    const before = await offsets()
    const box = (await page.locator('.swipe .frame').boundingBox())!
    await page.mouse.move(box.x + 60, box.y + 100)
    await page.mouse.down()
    await page.mouse.move(box.x + 100, box.y + 100)
    await page.mouse.up()
    expect(await offsets()).not.toBe(before)
    await page.keyboard.press('z')
    expect(await transforms()).toEqual(['matrix(1'])
  })
})

describe('blind rating', () => {
  const stage = () => page.getByRole('region', { name: 'Blind rating' })
  /** A pair is graded once; the next key counts when the next pair is there. */
  const pair = (at: number) => page.getByText(`Pair ${at} of 120`).waitFor()

  it('asks who rates, and then hides names, scores and decoders', async () => {
    await page.keyboard.press('b')
    await stage().waitFor()
    expect(await button(page, 'Start').isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Your name' }).fill('K. Ito')
    await page.getByLabel('Seed of the order').fill('7')
    await button(page, 'Start').click()
    await page.getByText('0 of 120 graded').waitFor()
    const html = await stage().innerHTML()
    for (const secret of ['d-demo', 'd-marker', 'm-demo', 'scene_', 'PixCorr', 'SSIM'])
      expect(html).not.toContain(secret)
  })

  it('takes grades by key and button, keeps each with its seed, and a second grade beside the first', async () => {
    for (const [at, key] of ['4', '2', '5'].entries()) {
      await pair(at + 1)
      await page.keyboard.press(key)
      await page.getByText(`${at + 1} of 120 graded`).waitFor()
    }
    await button(page, 'Back').click()
    await page.getByRole('button', { name: /nothing alike/ }).click()
    await eventually(() => served.engine.ratings.length).toBe(4)
    expect(served.engine.ratings).toMatchObject(
      [4, 2, 5, 1].map((rating) => ({ rating, rater: 'K. Ito', blind: true, seed: 7 })),
    )
    const [, , third, again] = served.engine.ratings
    expect([again!.decoder, again!.item]).toEqual([third!.decoder, third!.item])
    // The keys were grades, not steps.
    expect(await stage().count()).toBe(1)
  })

  it('shows what was rated, with counts and intervals, only when it is stopped', async () => {
    for (let n = 0; n < 24; n++) {
      await pair(4 + n)
      await page.keyboard.press(n % 2 === 0 ? '3' : '4')
      await page.getByText(`${4 + n} of 120 graded`).waitFor()
    }
    await button(page, 'Stop and show results').click()
    const table = page.getByRole('table', { name: 'What was rated' })
    const text = await table.innerText()
    expect(text).toContain('d-demo')
    expect(text).toContain('d-marker')
    const grades = served.engine.ratings.length - 1
    const pictures = (await table.locator('tbody tr').allInnerTexts()).map((row) => Number(row.split('\t')[1]))
    expect(pictures.reduce((sum, count) => sum + count, 0)).toBe(grades)
    expect(text).toMatch(/\d\.\d\d to \d\.\d\d/)
    await button(page, 'Back to the pictures').click()
    await rows().first().waitFor()
  })
})

describe('runs side by side', () => {
  it('show only what differs, or everything, with the numbers of what they made', async () => {
    await act(page, 'compare')
    const table = page.getByRole('table', { name: 'Compare runs' })
    await table.waitFor()
    const labels = async () =>
      (await table.locator('tbody tr:not(.group) th').allInnerTexts()).map((text) => text.trim())
    const different = await labels()
    for (const row of await table.locator('tbody tr:not(.group)').all()) {
      const values = await row.locator('td').allInnerTexts()
      expect(new Set(values).size).toBeGreaterThan(1)
    }
    await button(page, 'Everything').click()
    expect((await labels()).length).toBeGreaterThan(different.length + 20)
    await page.getByLabel(/^e-01/).check()
    await eventually(() => table.innerText()).toMatch(/brain → image ↑, chance 1\.0 %/)
    expect(await table.innerText()).toMatch(/[\d.]+ % \([\d.]+ % to [\d.]+ %, n \d+\)/)
    expect(await table.locator('thead th').count()).toBe(4)
  })
})

describe('the film of a mask', () => {
  it('goes back to a past epoch and to now again', async () => {
    await act(page, 'show m-07')
    const film = page.getByRole('region', { name: 'Past epochs' })
    await film.waitFor()
    await page.locator('[data-plane="3d"] canvas').waitFor()
    const now = spotOf(await look(page, '3d'), bluish).count
    await film.getByRole('button', { name: /^Epoch 1,/ }).click()
    await page.getByRole('region', { name: 'Mask then' }).getByText('after epoch 1', { exact: true }).waitFor()
    await eventually(async () => spotOf(await look(page, '3d'), bluish).count).toBeGreaterThan(1.2 * now)
    const last = Number(await film.getByRole('slider').getAttribute('max'))
    await film.getByRole('slider').fill(String(last))
    await page.getByRole('region', { name: 'Mask now' }).waitFor()
    expect(served.engine.runOf(ids.demo, ids.maskRun).status).toBe('running')
  })
})

describe('a thousand pictures', () => {
  it('make few rows, and every one can be reached', async () => {
    const many = await serveFake(new FakeEngine({ pictures: 1000 }))
    const { page: own, context } = await chromium.open(many.address, { settings: remembered })
    await openPictures(own)
    await own.getByLabel('Sort').selectOption('shown')
    expect(await own.locator('.picture-row.placed').count()).toBeLessThan(20)
    await own.locator('.picture-rows').evaluate((element) => {
      element.parentElement!.scrollTop = element.parentElement!.scrollHeight
    })
    await own.getByRole('button', { name: 'Compare scene_0999' }).click()
    expect(await own.getByRole('complementary').innerText()).toContain('test 1000 of 1000')
    expect(await own.locator('.picture-row.placed').count()).toBeLessThan(20)
    await context.close()
    await many.close()
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})
