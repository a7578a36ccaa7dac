/** What a person does on each screen, and what the engine is asked for. Stand-in engine behind the real server's front. */
import { describe, expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { maskPresets } from '../../src/core/contract/settings.ts'
import { ids } from './support/fake-state.ts'
import { openFake } from './support/opened.ts'
import { button, eventually, openProject, step } from './support/window.ts'

const { chromium, served, page, context } = await openFake()

await context.grantPermissions(['clipboard-read', 'clipboard-write'])

async function home(): Promise<void> {
  await button(page, 'All projects').click()
  await page.getByRole('heading', { name: 'Recent projects' }).waitFor()
}

function lastStarted<K extends RunRequest['kind']>(kind: K): Extract<RunRequest, { kind: K }> {
  const request = served.engine.started.at(-1)
  expect(request?.kind).toBe(kind)
  return request as Extract<RunRequest, { kind: K }>
}

const mainText = () => page.locator('main').innerText()

describe('projects', () => {
  it('takes the token out of the address', () => {
    expect(new URL(page.url()).hash).toBe('')
  })

  it('says in words what is wrong with a project, where, and what to do', async () => {
    await button(page, 'Open Pilot 2026').click()
    const alert = page.getByRole('alert')
    await alert.waitFor()
    for (const part of ['open in another window', 'Pilot 2026', 'Close it there', 'PROJECT_IN_USE'])
      expect(await alert.innerText()).toContain(part)
  })

  it('offers to locate what is gone, and to take it off the list', async () => {
    await button(page, 'Locate…').click()
    await page.getByRole('dialog', { name: 'Which project folder?' }).waitFor()
    await page.keyboard.press('Escape')
    await button(page, 'Take off the list: Faces contrast').click()
    await eventually(() => page.getByText('Faces contrast').count()).toBe(0)
  })

  it('starts the demo with the size and seeds that were chosen', async () => {
    await button(page, 'Medium').click()
    await page.getByLabel('Seeds').fill('3')
    await button(page, 'Run the demo').click()
    await page.getByRole('heading', { name: /^Demo/ }).waitFor()
    expect(lastStarted('demo')).toEqual({ kind: 'demo', size: 'medium', seeds: [0, 1, 2] })
    await home()
  })

  it('resumes the run that was cut off', async () => {
    await button(page, 'Resume').click()
    await page.getByRole('heading', { name: 'Mask run m-02' }).waitFor()
    expect(served.engine.runOf(ids.haxby, ids.interruptedRun).status).toBe('running')
    await home()
  })
})

describe('import', () => {
  it('does not import while left and right are unsettled, and imports what was answered', async () => {
    await openProject(page, 'Demo cohort, small')
    await button(page, 'Import…').click()
    await button(page, 'recipe.json').click()
    await page.getByText('disagree about left and right').waitFor()
    const act = button(page, 'Import 240 trials')
    expect(await act.isDisabled()).toBe(true)
    expect(await mainText()).toContain('1 thing to settle first')
    await button(page, 'The qform is right').click()
    await eventually(() => act.isDisabled()).toBe(false)
    await act.click()
    await page.getByRole('heading', { name: /^Import/ }).waitFor()
    expect(lastStarted('import').recipe.orientation).toBe('qform')
  })
})

describe('starting a mask', () => {
  it('takes every value of another preset, and keeps budget and seed', async () => {
    await step(page, 'Mask').click()
    const budget = page.getByLabel('Voxel budget')
    await budget.fill('1234')
    await button(page, /^memory/).click()
    expect(await budget.inputValue()).toBe('1234')
    await button(page, 'Find the mask').click()
    await page.getByRole('heading', { name: /^Mask run/ }).waitFor()
    const { settings, subject, backbone } = lastStarted('mask')
    expect(settings).toEqual({ ...maskPresets.memory, budget: 1234, seed: maskPresets.troi.seed })
    expect([subject, backbone]).toEqual([ids.newSubject, ids.backbone])
  })

  it('says what differs from the preset', async () => {
    await step(page, 'Mask').click()
    await page.getByLabel('Filter width').fill('1.1')
    expect(await mainText()).toMatch(/Differs from the preset: (?:Voxel budget, )?Filter width/)
  })

  it('does not start with a value out of range, and says why', async () => {
    await page.getByLabel('Voxel budget').fill('0')
    expect(await button(page, 'Find the mask').isDisabled()).toBe(true)
    expect(await page.getByLabel('Voxel budget').getAttribute('aria-invalid')).toBe('true')
    expect(await page.locator('.screen-header').innerText()).toContain('budget')
  })
})

describe('a run that goes', () => {
  it('shows voxels and losses as they come', async () => {
    await step(page, 'Data').click()
    await step(page, 'Mask').click()
    await button(page, 'm-07').click()
    const counts = page.getByRole('figure', { name: 'Voxels per epoch' })
    const shown = async () => Number(/voxels\s+([\d,]+)/.exec(await counts.innerText())?.[1]?.replaceAll(',', ''))
    await eventually(shown).toBe(served.engine.voxelsAt(10))
    served.engine.advance(2)
    await eventually(shown).toBe(served.engine.voxelsAt(12))
    await eventually(() => page.getByText('after epoch 12').count()).toBe(1)
    expect(served.engine.voxelsAt(12)).toBeLessThan(served.engine.voxelsAt(10))
  })

  it('can be paused, goes on, and stops without losing anything', async () => {
    const status = () => served.engine.runOf(ids.demo, ids.maskRun).status
    await button(page, 'Pause').click()
    await button(page, 'Go on').waitFor()
    expect(status()).toBe('paused')
    await button(page, 'Go on').click()
    await button(page, 'Pause').waitFor()
    await button(page, 'Stop and keep').click()
    await button(page, 'Resume').waitFor()
    expect(status()).toBe('cancelled')
  })

  it('asks before it discards, and does not when the answer is no', async () => {
    await button(page, 'Discard…').click()
    await page.getByText('go to the bin').waitFor()
    await button(page, 'Keep').click()
    expect(served.engine.runOf(ids.demo, ids.maskRun).status).toBe('cancelled')
    await button(page, 'Resume').click()
    await button(page, 'Pause').waitFor()
  })
})

describe('results, pictures, export', () => {
  it('copies the whole table', async () => {
    await step(page, 'Review').click()
    await button(page, 'Results').click()
    await button(page, 'Copy the conditions').click()
    await button(page, 'Copied the conditions').waitFor()
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).trimEnd().split('\n')
    expect(lines[0]).toMatch(/^seed\tcondition\tvoxels\tdice\tseconds\tbrainToImage\tbrainToImage_direction/)
    expect(lines).toHaveLength(1 + 15 * 3)
    const columns = lines[0]!.split('\t').length
    for (const line of lines) expect(line.split('\t')).toHaveLength(columns)
  })

  it('groups conditions and gives every value its interval', async () => {
    const groups = await page.locator('table.dots tr.group').allInnerTexts()
    expect(groups.map((text) => text.trim())).toEqual([
      'Method',
      'Controls',
      'Changed or one part taken out',
      'Closed-form decoder',
      'Upper bound',
    ])
    expect(await page.locator('tr[data-condition="troi"] .interval').count()).toBe(3)
  })

  it('sorts pictures both ways and compares one', async () => {
    await button(page, 'Pictures').click()
    const first = () => page.locator('.picture-row.placed').first().innerText()
    const best = Number(/PixCorr ↑\s+([\d.]+)/.exec(await first())![1])
    await page.getByLabel('Sort').selectOption('worst')
    const worst = Number(/PixCorr ↑\s+([\d.]+)/.exec(await first())![1])
    expect(worst).toBeLessThan(best)
    const second = page.locator('.picture-row.placed').nth(1)
    const name = (await second.innerText()).split('\n')[0]!
    await second.click()
    await page.getByRole('complementary', { name }).waitFor()
    await page.getByRole('slider', { name: 'Swipe between shown and decoded' }).fill('0.9')
  })

  it('exports the chosen mask into a new folder and lists what was written', async () => {
    await step(page, 'Export').click()
    await page.getByLabel('Mask', { exact: true }).selectOption({ index: 1 })
    await button(page, 'Export the mask…').click()
    await page.getByLabel('Name').fill('For the clinic')
    await button(page, 'Choose this folder').click()
    const table = page.getByRole('table', { name: 'Exported files' })
    await table.waitFor()
    expect(await table.innerText()).toContain('desc-troi_mask.nii.gz')
    expect(served.engine.exported).toEqual([
      {
        project: ids.demo,
        mask: ids.mask,
        folder: { root: 'workspace', path: 'For the clinic' },
        evenIfRejected: false,
        cropGrid: false,
      },
    ])
  })

  it('shows accuracy, chance and permuted labels of labelled data', async () => {
    await home()
    await openProject(page, 'Haxby 2001, one slice')
    await step(page, 'Review').click()
    await button(page, 'Results').click()
    await page.getByRole('table', { name: 'Confusion matrix' }).waitFor()
    const text = await mainText()
    expect(text).toMatch(/[\d.]+ % of 96 held-out trials named right/)
    expect(text).toMatch(/Chance 12.5 %/)
    expect(text).toMatch(/permuted within runs 1,000 times/)
  })
})

describe('keys', () => {
  it('opens the sheet of keys, but not while someone types', async () => {
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await eventually(() => page.getByRole('dialog').count()).toBe(0)
    await page.keyboard.press('3')
    await page.getByRole('heading', { name: 'Mask', exact: true }).waitFor()
    await page.getByLabel('Voxel budget').focus()
    await page.keyboard.type('?5')
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Mask', exact: true }).count()).toBe(1)
  })
})

describe('the engine goes away', () => {
  it('did all that without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(chromium.complaints).toEqual([])
  })

  it('says across the window that the connection is lost', async () => {
    await served.close()
    await page.getByRole('alert').filter({ hasText: 'connection to the engine is lost' }).waitFor()
    await button(page, 'Try again').waitFor()
  })
})
