/**
 * What the window can do besides: cards of demos and experiments, test runs, the tree of results in the rail, the region at the
 * crosshair, the overlap of two masks in colour, inputs that moved, tables as CSV. Stand-in engine.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { overlapColours } from '../../src/renderer/viewer/overlap-layers.ts'
import { FakeEngine } from './fake-engine.ts'
import { ids } from './support/fake-state.ts'
import * as head from './support/generated-volumes.ts'
import { inspect } from './support/inspect.ts'
import { openFake } from './support/opened.ts'
import { button, drawn, eventually, look, near, openMask, openProject, spotOf, step } from './support/window.ts'

/** The second mask: the left half of the first one, and the marker, which lies on the left too. */
const engine = new FakeEngine()
engine.markerMask = head.mask.map((value, at) => {
  const i = Math.floor(at / (head.shape[1] * head.shape[2]))
  const left = head.affine[0]! * i + head.affine[3]! < 0
  return (value > 0 && left) || head.markerMask[at]! > 0 ? 1 : 0
})
const { chromium, served, page, context } = await openFake(engine)

const started = () => served.engine.started.at(-1)

describe('the card of a demo', () => {
  const card = () => page.getByRole('region', { name: 'Before the start' })

  it('says what fits, how many rows that is, and offers a smaller size with one press', async () => {
    await card().getByText('Fits this computer.').waitFor()
    await card().getByText('12 conditions × 1 seed = 12 in all. One at a time.').waitFor()
    await button(page, 'Full').click()
    await card().getByText('Will not fit this computer.').waitFor()
    await inspect(page, 'demo-card')
    await card().getByRole('button', { name: 'Take instead: Size medium' }).click()
    await expect(button(page, 'Medium').getAttribute('aria-pressed')).resolves.toBe('true')
    await card().getByText('Fits this computer.').waitFor()
  })
})

describe('experiments', () => {
  it('are chosen, counted over seeds, made smaller with one press, and started', async () => {
    await openProject(page, 'Demo cohort, small')
    await step(page, 'Decoder').click()
    await button(page, 'Compare…').click()
    const dialog = page.getByRole('dialog', { name: 'Compare conditions on one subject' })
    await dialog.getByRole('button', { name: /^Ablation/ }).click()
    await dialog.getByLabel('Seeds').fill('3')
    await dialog.getByText('12 conditions × 3 seeds = 36 in all. One at a time.').waitFor()
    await dialog.getByText('Will not fit this computer.').waitFor()
    await dialog.getByRole('button', { name: 'Take instead: One seed' }).click()
    await dialog.getByText('Fits this computer.').waitFor()
    await dialog.getByRole('button', { name: 'Start' }).click()
    await eventually(started).toMatchObject({ kind: 'experiment', experiment: 'ablation', seeds: [0] })
  })
})

describe('a test run', () => {
  it('is started beside the full run, is called one wherever it is listed, and leads to the full run', async () => {
    await step(page, 'Mask').click()
    await button(page, 'Test run').click()
    await eventually(started).toMatchObject({ kind: 'mask', testRun: true })
    const note = page.getByRole('region', { name: 'Test run' })
    await note.getByText(/This is a test run/).waitFor()
    await page.getByText('Mask run, no result').waitFor()
    const run = served.engine.runs.get(ids.demo)!.at(-1)!
    served.engine.change(ids.demo, run.id, { status: 'done' })
    // The stand-in tells the end of a run to whoever opens its page.
    await step(page, 'Data').click()
    await page.locator('footer').getByText('1 running').click()
    const row = page.getByRole('dialog').getByRole('row').filter({ hasText: 't-01' })
    await row.getByText('mask, test run').waitFor()
    await row.getByRole('button', { name: 't-01' }).click()
    await note.getByText('The test run went through. It is no result, and nothing of it was kept.').waitFor()
    await note.getByText(/160 of 600 training trials/).waitFor()
    await expect(button(page, 'Look at the mask').count()).resolves.toBe(0)
    await inspect(page, 'test-run')
    await note.getByRole('button', { name: 'Start the full run' }).click()
    await eventually(started).toMatchObject({ kind: 'mask' })
    expect(started()).not.toHaveProperty('testRun')
  })
})

describe('the tree of results in the rail', () => {
  it('stands below the steps where there is room, and opens from a glyph where there is not', async () => {
    await page
      .getByRole('navigation', { name: 'Steps' })
      .getByRole('button', { name: 'What was made from what' })
      .click()
    const dialog = page.getByRole('dialog', { name: 'What was made from what' })
    await dialog.getByRole('button', { name: 'd-demo' }).click()
    await page.getByRole('heading', { name: 'Review', exact: true }).waitFor()
    await page.setViewportSize({ width: 1680, height: 950 })
    const tree = page.locator('nav.rail').getByRole('list', { name: 'What was made from what' })
    await expect(tree.locator('li li').getByRole('button', { name: 'd-demo' }).count()).resolves.toBe(1)
    await inspect(page, 'lineage-rail')
    await tree.getByRole('button', { name: 'm-marker' }).click()
    await page.getByRole('heading', { name: 'Review m-marker' }).waitFor()
    await tree.getByRole('button', { name: 'b-02' }).click()
    await page.getByRole('heading', { name: 'Backbone b-02' }).waitFor()
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})

describe('the region at the crosshair', () => {
  const region = () => page.locator('[data-region]').getAttribute('data-region')
  const press = async (plane: string, key: string, times: number) => {
    await page.locator(`[data-plane="${plane}"] canvas`).focus()
    for (let time = 0; time < times; time++) await page.keyboard.press(key)
    await drawn(page)
  }

  it('is named by an atlas of another grid: left and right twins, a name with a number, and none', async () => {
    await step(page, 'Review').click()
    await button(page, 'Mask').click()
    await openMask(page, 'm-demo, troi')
    await expect(region()).resolves.toBe('no atlas chosen')
    await button(page, 'Compare with an atlas…').click()
    await page.getByRole('dialog').getByRole('button', { name: 'betas_session01.nii.gz' }).click()
    await eventually(region).not.toBe('no atlas chosen')
    const place = async () =>
      ((await page.getByRole('region', { name: 'At the crosshair' }).locator('dd').nth(1).innerText()) ?? '')
        .split(',')
        .map((value) => Number(value.trim().replace('−', '-')))
    const [x, y, z] = (await place()) as [number, number, number]
    expect(y).toBeLessThan(-45)
    const twin = (side: number) =>
      z < 14 ? `Calcarine, label ${side < 0 ? 1 : 2}` : `Cuneus ${side < 0 ? 'left' : 'right'}`
    await expect(region()).resolves.toBe(twin(x))
    // To the mirrored place: voxels are 3 mm wide, x rises with ArrowUp.
    await press('sagittal', x < 0 ? 'ArrowUp' : 'ArrowDown', Math.round((2 * Math.abs(x)) / 3))
    expect(Math.sign((await place())[0]!)).toBe(-Math.sign(x))
    await expect(region()).resolves.toBe(twin(-x))
    await press('coronal', 'ArrowUp', Math.ceil((-35 - y) / 3))
    await expect(region()).resolves.toBe('outside all regions')
    await inspect(page, 'region')
  })
})

describe('the overlap of two masks', () => {
  const colour = async (view: 'axial' | '3d', name: keyof typeof overlapColours) =>
    spotOf(await look(page, view), near(overlapColours[name], 3))

  it('has a colour for here, there and both, each on its own side, in every slice', async () => {
    await button(page, 'Centre of the mask').click()
    await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'm-marker' })
    const masks = page.getByRole('region', { name: 'Two masks' })
    await masks.getByText('Only in m-marker').waitFor()
    const outlined = await colour('axial', 'both')
    expect(outlined.count).toBe(0)
    await masks.getByRole('button', { name: 'Overlap in colour' }).click()
    await button(page, 'Hide In both masks').waitFor()
    const [here, both] = [await colour('axial', 'onlyHere'), await colour('axial', 'both')]
    expect(here.count).toBeGreaterThan(100)
    expect(both.count).toBeGreaterThan(100)
    // Left of picture is left of subject: the shared half lies on the left, what is only here on the right.
    expect(both.x).toBeLessThan(0.5)
    expect(here.x).toBeGreaterThan(0.5)
    await inspect(page, 'overlap')
  })

  it('shows the marker, which is only there, on its slice, and hides what is switched off', async () => {
    await page
      .getByRole('region', { name: 'Two masks' })
      .locator('dl > div')
      .filter({ hasText: 'Only in m-marker' })
      .getByRole('button')
      .click()
    const there = await colour('axial', 'onlyThere')
    expect(there.count).toBeGreaterThan(50)
    expect(there.x).toBeLessThan(0.5)
    await button(page, 'Hide Only in the other').click()
    await expect(colour('axial', 'onlyThere')).resolves.toMatchObject({ count: 0 })
    await button(page, 'Show Only in the other').click()
  })

  it('is solid in 3D in the same three colours', async () => {
    const hues = (picture: Awaited<ReturnType<typeof look>>) => ({
      blue: spotOf(picture, (r, g, b) => b > 80 && g > 1.4 * r && b > 1.5 * r).count,
      orange: spotOf(picture, (r, g, b) => r > 60 && r > 1.6 * g && r > 3 * b).count,
      violet: spotOf(picture, (r, g, b) => b > 60 && b > 2 * g && r > 1.2 * g).count,
    })
    const { blue, orange, violet } = hues(await look(page, '3d'))
    expect(blue).toBeGreaterThan(30)
    expect(orange).toBeGreaterThan(30)
    expect(violet).toBeGreaterThan(30)
    await page.getByRole('region', { name: 'Two masks' }).getByRole('button', { name: 'Outlines' }).click()
    await expect(colour('axial', 'both')).resolves.toMatchObject({ count: 0 })
    await page.getByLabel('Beside another mask', { exact: true }).selectOption({ label: 'none' })
  })
})

describe('tables', () => {
  async function saved(on: Page, name: string) {
    const [download] = await Promise.all([on.waitForEvent('download'), button(on, name).click()])
    return {
      name: download.suggestedFilename(),
      lines: readFileSync((await download.path())!, 'utf8')
        .trimEnd()
        .split('\n'),
    }
  }

  it('of a mask’s numbers, of conditions and of metrics are saved as CSV', async () => {
    const numbers = await saved(page, 'Save the numbers as CSV')
    expect(numbers.name).toBe('m-demo numbers.csv')
    expect(numbers.lines[0]).toBe('\uFEFFwhat,value,chance')
    await button(page, 'Results').click()
    const conditions = await saved(page, 'Save the conditions as CSV')
    expect(conditions.lines).toHaveLength(1 + 15 * 3)
    const metrics = await saved(page, 'Save the metrics as CSV')
    expect(metrics.lines[0]).toBe('\uFEFFmetric,value,direction,chance,n,interval_low,interval_high')
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await button(page, 'Copy the metrics').click()
    await button(page, 'Copied the metrics').waitFor()
    const text = await page.evaluate(() => navigator.clipboard.readText())
    expect(text.split('\n')[0]!.split('\t')).toHaveLength(7)
    await inspect(page, 'results-tables')
  })
})

describe('input files that moved', () => {
  it('are named; a search finds by content, and refuses by name what is another file', async () => {
    await button(page, 'All projects').click()
    await openProject(page, 'Haxby 2001, one slice')
    await step(page, 'Data').click()
    const pane = page.getByRole('region', { name: 'Input files', exact: true })
    await pane.getByText('2 of 3 are not where they were').waitFor()
    await inspect(page, 'inputs')
    await pane.getByRole('button', { name: 'Look in a folder…' }).click()
    const picker = page.getByRole('dialog', { name: 'In which folder are the files now?' })
    await picker.getByRole('button', { name: 'incoming' }).click()
    await picker.getByRole('button', { name: 'Choose this folder' }).click()
    await pane.getByText('1 file was found among 12.').waitFor()
    await pane.getByText(/attributes_literal.txt has other content/).waitFor()
    await pane.getByText('1 of 3 are not where they were').waitFor()
  })
})

describe('all of it', () => {
  it('makes no error, no violation of the content policy and no request that leaves this computer', async () => {
    await context.close()
    expect(chromium.complaints).toEqual([])
  })
})
