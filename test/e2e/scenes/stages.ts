/** Data with the import, and the forms of backbone, mask and decoder. */
import { ids, project } from '../support/fake-state.ts'
import { act, button, openProject, step } from '../support/window.ts'
import { closeDialog, scene, type Walk } from './scene.ts'

export const imports: Walk = {
  name: 'data and import',
  prepare: (engine) => {
    engine.recent = [project(ids.empty, 'Empty study'), ...engine.recent]
    engine.inputs = []
  },
  scenes: [
    scene('data-empty', async ({ page }) => {
      await openProject(page, 'Empty study')
      await button(page, 'Import…').waitFor()
    }),
    scene('data', async ({ page }) => {
      await button(page, 'All projects').click()
      await openProject(page, 'Demo cohort, small')
      await page.getByRole('cell', { name: 'sub-00' }).waitFor()
    }),
    scene('import-pick', async ({ page }) => {
      await button(page, 'Import…').click()
      await button(page, 'recipe.json').waitFor()
    }),
    scene('import-question', async ({ page }) => {
      await button(page, 'recipe.json').click()
      await page.getByText('disagree about left and right').waitFor()
    }),
    scene('import-ready', async ({ page }) => {
      await button(page, 'The sform is right').click()
      await button(page, 'The sform is right').waitFor({ state: 'detached' })
    }),
    scene('import-split', async ({ page }) => {
      const pane = page.getByRole('region', { name: 'Train and test' })
      await pane.getByRole('combobox').first().selectOption({ label: 'Runs of your choice' })
      await button(page, 'Hold out 3').click()
      await pane.getByText('runs 3, 10 are held out').waitFor()
    }),
    scene('import-trials', async ({ page }) => {
      await button(page, 'Trials').click()
      await page.getByRole('list', { name: /^Run 3: 24 trials/ }).waitFor()
    }),
    scene('import-unmatched', async ({ page }) => {
      await button(page, 'Unmatched (412)').click()
      await page.getByRole('table', { name: 'What belongs to nothing' }).waitFor()
    }),
    scene('import-crop', async ({ page }) => {
      await button(page, 'Crop and ROI').click()
      await button(page, 'Occipital default').click()
      await page.getByRole('slider', { name: 'Left face, Axial', exact: true }).waitFor()
    }),
    scene('import-save', async ({ page }) => {
      await button(page, 'Save recipe…').click()
      await page.getByLabel('Name').waitFor()
    }),
    scene('import-running', async ({ page }) => {
      await closeDialog(page)
      await button(page, 'Import 240 trials').click()
      await page.getByRole('heading', { name: /^Import/ }).waitFor()
    }),
  ],
}

export const forms: Walk = {
  name: 'backbone, mask and decoder',
  scenes: [
    scene('backbone', async ({ page }) => {
      await openProject(page, 'Demo cohort, small')
      await step(page, 'Backbone').click()
      await page.getByLabel('Picture embedding').waitFor()
    }),
    scene('backbone-all-settings', async ({ page }) => page.getByRole('button', { name: /more settings$/ }).click()),
    scene('mask', async ({ page }) => {
      await step(page, 'Mask').click()
      await page.getByText('Fits this computer.').waitFor()
    }),
    scene('mask-all-settings', async ({ page }) => page.getByRole('button', { name: /more settings$/ }).click()),
    scene('mask-out-of-range', async ({ page }) => {
      await page.getByRole('button', { name: 'Fold the rest' }).click()
      await page.getByLabel('Voxel budget').fill('0')
    }),
    scene('mask-too-large', async ({ page }) => {
      await page.getByLabel('Voxel budget').fill('320')
      await button(page, /^memory/).click()
      await page.getByText('Will not fit this computer.').waitFor()
    }),
    scene('decoder', async ({ page }) => {
      await step(page, 'Decoder').click()
      await page.getByRole('heading', { name: 'Decoder', exact: true }).waitFor()
    }),
    scene('decoder-all-settings', async ({ page }) => page.getByRole('button', { name: /more settings$/ }).click()),
    scene('test-run', async ({ page, engine }) => {
      await step(page, 'Mask').click()
      await button(page, 'Test run').click()
      await page.locator('.test-run').waitFor()
      const { id } = engine.runs.get(ids.demo)!.at(-1)!
      engine.change(ids.demo, id, { status: 'done', elapsed: 41 })
      await step(page, 'Data').click()
      await act(page, 'show t-01')
      await page.getByRole('button', { name: 'Start the full run' }).waitFor()
    }),
    scene('data-moved', async ({ page }) => {
      await button(page, 'All projects').click()
      await openProject(page, 'Haxby 2001, one slice')
      await page.getByRole('table', { name: /nput/ }).waitFor()
    }),
  ],
}
