/**
 * What a reviewer does: a verdict that is signed and kept, masks that wait, the export that says so; every action by name and by key,
 * keys of one's own, and undo. Stand-in engine.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ids } from './support/fake-state.ts'
import { openFake, remembered } from './support/opened.ts'
import { button, eventually, openMask, openProject, step } from './support/window.ts'

const { chromium, served, page } = await openFake()

await openProject(page, 'Demo cohort, small')
await openMask(page, 'm-demo, troi')

const panel = () => page.getByRole('region', { name: 'Your verdict' })
const pressed = (name: RegExp) => panel().getByRole('button', { name }).getAttribute('aria-pressed')
const reviews = () => served.engine.reviews.get(ids.demo) ?? []
/** Away from text fields, where keys are letters. */
const leave = () => page.locator('[data-plane="axial"] canvas').focus()

describe('the verdict', () => {
  it('has no answer chosen beforehand, and cannot be signed without one and a name', async () => {
    for (const name of [/^Accept/, /^Reject/, /^Unsure/]) expect(await pressed(name)).toBe('false')
    expect(await button(page, 'Sign off').isDisabled()).toBe(true)
    expect(await panel().innerText()).toContain('Choose a verdict first')
    expect(await step(page, 'Review').innerText()).toContain('2 masks wait for a verdict')
  })

  it('is chosen by key, taken back by undo, and nothing is kept before it is signed', async () => {
    await leave()
    await page.keyboard.press('r')
    expect(await pressed(/^Reject/)).toBe('true')
    await page.keyboard.press('Control+z')
    expect(await pressed(/^Reject/)).toBe('false')
    await page.keyboard.press('a')
    expect(await pressed(/^Accept/)).toBe('true')
    expect(await panel().innerText()).toContain('Say who signs')
    expect(reviews()).toEqual([])
  })

  it('is signed with name, note and the hash of the mask that was shown', async () => {
    await page.getByRole('textbox', { name: 'Note' }).fill('Right side thinner than left.')
    await page.getByRole('textbox', { name: 'Your name' }).fill('M. Ortiz')
    await button(page, 'Sign off').click()
    await panel()
      .getByText(/Accepted by M. Ortiz on/)
      .waitFor()
    expect(reviews()).toMatchObject([
      {
        ...{ mask: ids.mask, verdict: 'accepted', reviewer: 'M. Ortiz' },
        ...{ note: 'Right side thinner than left.', sha256: 'b'.repeat(64) },
      },
    ])
    expect(await pressed(/^Accept/)).toBe('false')
    await eventually(() => step(page, 'Review').innerText()).toContain('m-marker waits for a verdict')
  })

  it('goes to the mask that waits with J, and stays where none other waits', async () => {
    await leave()
    await page.keyboard.press('j')
    await page.getByRole('heading', { name: 'Review m-marker' }).waitFor()
    await page.locator('[data-plane="axial"] canvas').waitFor()
    await leave()
    await page.keyboard.press('j')
    expect(await page.getByRole('heading', { name: 'Review m-marker' }).count()).toBe(1)
  })

  it('remembers the name, and keeps a second look beside the first', async () => {
    await page.getByLabel('Mask', { exact: true }).selectOption({ label: 'm-demo, troi' })
    await page.locator('[data-plane="axial"] canvas').waitFor()
    expect(await page.getByRole('textbox', { name: 'Your name' }).inputValue()).toBe('M. Ortiz')
    expect(served.engine.preferences.reviewer).toBe('M. Ortiz')
    await leave()
    await page.keyboard.press('r')
    await button(page, 'Sign off').click()
    await panel()
      .getByText(/Rejected by M. Ortiz on/)
      .waitFor()
    await button(page, '2 verdicts').click()
    const text = await page.getByRole('dialog', { name: 'Verdicts on m-demo' }).innerText()
    expect(text.indexOf('Rejected')).toBeLessThan(text.indexOf('Accepted'))
    expect(text).toContain('Right side thinner than left.')
    await page.keyboard.press('Escape')
  })

  it('stops the export of a rejected mask until one asks for it', async () => {
    await step(page, 'Export').click()
    await page.getByLabel('Mask', { exact: true }).selectOption({ label: 'm-demo, 289 voxels' })
    await page.getByText(/Rejected by M. Ortiz/).waitFor()
    expect(await button(page, 'Export the mask…').isDisabled()).toBe(true)
    await page.getByLabel(/Export although it was rejected/).check()
    await button(page, 'Export the mask…').click()
    await page.getByLabel('Name').fill('Anyway')
    await button(page, 'Choose this folder').click()
    await page.getByRole('table', { name: 'Exported files' }).waitFor()
    expect(served.engine.exported).toMatchObject([{ mask: ids.mask, evenIfRejected: true }])
    await button(page, 'Look at the mask').click()
    await page.locator('[data-plane="axial"] canvas').waitFor()
  })
})

describe('the numbers beside it', () => {
  it('come with what chance gives, and lead to the place they are about', async () => {
    const pane = page.getByRole('region', { name: 'Numbers' })
    await eventually(() => pane.innerText()).toMatch(/Dice\s+0\.\d{3}\s+chance 0\.\d{3}/)
    expect(await pane.innerText()).toMatch(/Dice of 5 repeats\s+0\.81\s+0\.77 to 0\.86, chance 0\.02/)
    const z = await page.locator('[data-plane="axial"] .label').last().innerText()
    await page.locator('[data-plane="axial"] canvas').focus()
    for (let n = 0; n < 3; n++) await page.keyboard.press('PageDown')
    expect(await page.locator('[data-plane="axial"] .label').last().innerText()).not.toBe(z)
    const link = pane.locator('.statistics > div', { hasText: 'Outside the ROI' }).getByRole('button')
    const place = await link.innerText()
    await link.click()
    expect(await page.locator('[data-plane="axial"] .label').last().innerText()).toBe(place)
    expect(await page.locator('.readout').innerText()).toContain('in the mask')
  })
})

describe('the palette', () => {
  it('finds an action by a few letters and does it, with keys alone', async () => {
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog', { name: 'Go to or do' })
    await dialog.waitFor()
    expect(await dialog.getByRole('option').count()).toBeGreaterThan(25)
    await page.keyboard.type('outl')
    expect(await dialog.getByRole('option', { selected: true }).innerText()).toContain('Outline or fill')
    await page.keyboard.press('Enter')
    await eventually(() => dialog.count()).toBe(0)
    expect(await button(page, 'Fill').getAttribute('aria-pressed')).toBe('true')
  })

  it('goes to runs and steps, and says why something cannot be done', async () => {
    await page.keyboard.press('Control+k')
    const dialog = page.getByRole('dialog', { name: 'Go to or do' })
    await dialog.waitFor()
    await page.keyboard.type('undo')
    await dialog.getByRole('option').first().waitFor()
    await dialog.getByRole('combobox').fill('show e-01')
    await page.keyboard.press('Enter')
    await page
      .getByRole('heading', { name: /e-01|01/ })
      .first()
      .waitFor()
    await page.keyboard.press('5')
    await page.locator('[data-plane="axial"] canvas').waitFor()
  })

  it('saves diagnostics as a file', async () => {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Go to or do' }).waitFor()
    await page.keyboard.type('diagnost')
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    expect(download.suggestedFilename()).toMatch(/^troi-diagnostics-.*\.json$/)
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toHaveProperty('version')
  })
})

describe('keys of one’s own', () => {
  const keysOf = async (of: Page, title: string) =>
    (await of.locator('.shortcuts dl > div').filter({ hasText: title }).locator('dt').innerText()).trim()
  const change = async (title: string, key: string) => {
    await button(page, `Change the keys of “${title}”`).click()
    await page.keyboard.press(key)
  }

  it('are set on the sheet, refused where they are taken, and work at once', async () => {
    await leave()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keys' })
    await change('Outline or fill', 'm')
    expect(await sheet.innerText()).toContain('M belongs to “Hide every layer while held”')
    await page.keyboard.press('Tab')
    expect(await sheet.innerText()).toContain('Tab has a meaning of its own')
    await page.keyboard.press('g')
    await eventually(() => keysOf(page, 'Outline or fill')).toBe('G')
    await page.keyboard.press('Escape')
    await eventually(() => sheet.count()).toBe(0)
    const filled = () => button(page, 'Fill').getAttribute('aria-pressed')
    const before = await filled()
    await leave()
    await page.keyboard.press('o')
    expect(await filled()).toBe(before)
    await page.keyboard.press('g')
    expect(await filled()).not.toBe(before)
  })

  it('are there in the next window of this user, and can be the usual ones again', async () => {
    const { page: next, context } = await chromium.open(served.address, { settings: remembered })
    await button(next, 'Keys and help').waitFor()
    await next.keyboard.press('?')
    await next.getByRole('dialog', { name: 'Keys' }).waitFor()
    expect(await keysOf(next, 'Outline or fill')).toBe('G')
    await next.getByRole('button', { name: 'Usual keys' }).click()
    expect(await keysOf(next, 'Outline or fill')).toBe('O')
    expect(JSON.parse(served.engine.preferences.keys!)).toEqual({})
    await context.close()
  })
})

describe('a form', () => {
  it('keeps what was typed while one looks elsewhere, and takes it back with undo', async () => {
    await step(page, 'Mask').click()
    const budget = page.getByLabel('Voxel budget')
    const before = await budget.inputValue()
    await budget.fill('123')
    await page.getByRole('heading', { name: 'Mask', exact: true }).click()
    await step(page, 'Decoder').click()
    await step(page, 'Mask').click()
    expect(await budget.inputValue()).toBe('123')
    await page.keyboard.press('Control+z')
    expect(await budget.inputValue()).toBe(before)
    expect(await page.locator('footer').innerText()).toContain('Undone: mask settings')
  })
})

describe('all this', () => {
  it('without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })
})

describe('a mistake of ours', () => {
  it('stays on its screen: the rest of the window goes on, and the screen can be tried again', async () => {
    await openMask(page, 'm-demo, troi')
    await page.evaluate(() => {
      const own = HTMLCanvasElement.prototype.getContext
      Object.assign(window, { repair: () => Object.assign(HTMLCanvasElement.prototype, { getContext: own }) })
      HTMLCanvasElement.prototype.getContext = () => {
        throw new Error('broken on purpose')
      }
    })
    await button(page, 'Pictures').click()
    const note = page.getByRole('alert').filter({ hasText: 'The review could not be shown' })
    await note.waitFor()
    expect(await note.innerText()).toContain('broken on purpose')
    await step(page, 'Export').click()
    await page.getByRole('heading', { name: 'Export', exact: true }).waitFor()
    await step(page, 'Review').click()
    await note.waitFor()
    await page.evaluate(() => (window as unknown as { repair: () => void }).repair())
    await button(page, 'Try again').click()
    await page.getByRole('complementary').waitFor()
  })
})
