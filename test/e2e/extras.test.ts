/** What stands beside the main path: the card before a start, the tree of results, charts of experiments, packs. Stand-in engine. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunRequest } from '../../src/core/contract/run.ts'
import { defaultDecoderSettings, maskPresets } from '../../src/core/contract/settings.ts'
import { id, ids, makeRun } from './support/fake-state.ts'
import * as head from './support/generated-volumes.ts'
import { inspect } from './support/inspect.ts'
import { openFake } from './support/opened.ts'
import { decodePng } from './support/png.ts'
import { button, eventually, openMask, openProject, step } from './support/window.ts'

const { chromium, served, page, context } = await openFake()

await openProject(page, 'Demo cohort, small')

describe('the card before a start', () => {
  it('says that a mask fits, and that Algorithm 1 does not; one press takes the smaller choice', async () => {
    await step(page, 'Mask').click()
    const card = page.getByRole('region', { name: 'Before the start' })
    await card.getByText('Fits this computer.').waitFor()
    await card.getByText('about 1.2 GB of 9.4 GB free').waitFor()
    await button(page, /^memory/).click()
    await card.getByText('Will not fit this computer.').waitFor()
    await inspect(page, 'before-start')
    await card.getByRole('button', { name: 'Take instead: Preset troi' }).click()
    await card.getByText('Fits this computer.').waitFor()
    await expect(button(page, /^troi/).getAttribute('aria-pressed')).resolves.toBe('true')
    await button(page, 'Find the mask').click()
    await eventually(() => served.engine.started.at(-1)).toMatchObject({ kind: 'mask', settings: { preset: 'troi' } })
  })
})

describe('the tree of results', () => {
  it('draws what was made from what, and a name opens its page', async () => {
    await page.locator('footer').getByText('1 running').click()
    const tree = page.getByRole('dialog').getByRole('list', { name: 'What was made from what' })
    await expect(tree.locator('li li').getByRole('button', { name: 'd-demo' }).count()).resolves.toBe(1)
    const box = (await page.getByRole('dialog').boundingBox())!
    expect(box.y).toBeGreaterThan(0)
    expect(box.height).toBeGreaterThan(200)
    expect(box.y + box.height).toBeLessThan(800)
    await tree.getByRole('button', { name: 'd-demo' }).click()
    await page.getByRole('heading', { name: 'Review', exact: true }).waitFor()
    await expect(button(page, 'Results').getAttribute('aria-pressed')).resolves.toBe('true')
  })
})

describe('charts of experiments', () => {
  const plot = () => page.locator('svg.experiment-plot')
  const saved = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()])
    return { name: download.suggestedFilename(), content: readFileSync((await download.path())!) }
  }

  it('draw one dot with its interval per condition, with chance', async () => {
    await step(page, 'Data').click()
    await page.locator('footer').getByText('1 running').click()
    await page.getByRole('dialog').getByRole('button', { name: 'e-01' }).click()
    await button(page, 'Chart').click()
    await expect(plot().locator('[data-condition]').count()).resolves.toBe(15)
    await expect(plot().locator('[data-chance]').count()).resolves.toBe(1)
    await inspect(page, 'experiment-dots')
  })

  it('draw a curve over the budget with the annotated ROI as a line, and save it', async () => {
    const { runs } = served.engine
    const request: RunRequest = {
      ...{
        kind: 'experiment',
        experiment: 'budget',
        subject: ids.newSubject,
        backbone: ids.backbone,
        seeds: [0, 1, 2],
      },
      ...{ mask: { ...maskPresets.troi, budget: 320 }, decoder: defaultDecoderSettings },
    }
    runs.set(ids.demo, [...runs.get(ids.demo)!, makeRun({ id: id(0x60), name: 'e-02', request })])
    await step(page, 'Decoder').click()
    await button(page, 'e-02').click()
    await expect.poll(() => plot().locator('[data-curve="TROI"] [data-condition]').count()).toBe(4)
    await expect(plot().locator('[data-control="annotated"]').count()).resolves.toBe(1)
    await inspect(page, 'experiment-curve')
    const csv = await saved('Save CSV')
    expect(csv.name).toBe('e-02-brainToImage.csv')
    expect(csv.content.toString().split('\n')[1]).toMatch(/^troi@V\/3,,107,0\.\d+,/)
    const svg = (await saved('Save SVG')).content.toString()
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"')
    expect(svg).not.toContain('var(')
    const png = decodePng((await saved('Save PNG')).content)
    expect([png.width, png.height]).toEqual([1280, 748])
  })
})

describe('packs', () => {
  const dialog = () => page.getByRole('dialog', { name: 'Packs: networks of your own' })
  const install = async (folder: string | null) => {
    await dialog().getByRole('button', { name: 'Install from a folder…' }).click()
    const picker = page.getByRole('dialog', { name: 'Folder of the pack' })
    if (folder !== null) await picker.getByRole('button', { name: folder }).click()
    await picker.getByRole('button', { name: 'Choose this folder' }).click()
  }

  it('are listed with what their outputs stand for, installed from a folder, or refused with the reason', async () => {
    await step(page, 'Backbone').click()
    await button(page, 'Packs…').click()
    await dialog()
      .getByRole('cell', { name: /Mean of the last map of channels/ })
      .waitFor()
    await dialog().getByText('stand-in').waitFor()
    await install(null)
    await dialog().getByText('This folder has no manifest.json.').waitFor()
    // A large pack shows how far it is, and can be cancelled; nothing comes of it then.
    served.engine.installHolds = true
    await install('incoming')
    await dialog()
      .getByText(/Copying and checking the files: .* of /)
      .waitFor()
    await expect.poll(() => dialog().getByRole('progressbar').getAttribute('value')).toMatch(/^\d+$/)
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await dialog().getByRole('button', { name: 'Install from a folder…' }).waitFor()
    expect(served.engine.packs).toHaveLength(1)
    served.engine.installHolds = false
    await install('incoming')
    await dialog().getByRole('heading', { name: 'Network of the lab' }).waitFor()
    const box = (await dialog().boundingBox())!
    expect(box.height).toBeGreaterThan(300)
    expect(box.y + box.height).toBeLessThan(800)
  })

  it('give their embedding to a backbone', async () => {
    await dialog().getByRole('button', { name: 'Close' }).click()
    await page.getByLabel('Picture embedding').selectOption({ label: 'Network of the lab: features' })
    await inspect(page, 'embedding')
    await button(page, 'Pretrain').click()
    await eventually(() => served.engine.started.at(-1)).toMatchObject({
      kind: 'pretrain',
      settings: { embedding: { pack: 'lab-net', output: 'features' } },
    })
  })

  it('are removed after asking; what comes with the program stays', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('packs')
    await page.keyboard.press('Enter')
    await dialog().getByRole('button', { name: 'Remove Network of the lab' }).click()
    await dialog().getByRole('alert').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => dialog().getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(['Small network'])
    await expect(
      dialog()
        .getByRole('button', { name: /^Remove/ })
        .count(),
    ).resolves.toBe(0)
  })
})

describe('two masks of a subject', () => {
  it('lie beside each other as outlines and as counts that lead to their place', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await step(page, 'Review').click()
    await button(page, 'Mask').click()
    await openMask(page)
    await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'm-marker' })
    const rows = page.getByRole('region', { name: 'Two masks' })
    await rows.getByText('Only in m-marker').waitFor()
    const here = head.count(head.mask.map((value, at) => (value > 0 && head.markerMask[at]! === 0 ? 1 : 0)))
    await rows.getByText(here.toLocaleString('en-US'), { exact: true }).first().waitFor()
    await button(page, 'Hide Other mask').waitFor()
    await inspect(page, 'two-masks')
    await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'none' })
    await expect(button(page, 'Hide Other mask').count()).resolves.toBe(0)
  })
})

describe('all of it', () => {
  it('makes no error, no violation of the content policy and no request that leaves this computer', async () => {
    await context.close()
    expect(chromium.complaints).toEqual([])
  })
})
