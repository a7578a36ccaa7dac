/** The first screen, and the dialogs that every screen has. */
import { act, button, openProject } from '../support/window.ts'
import { closeDialog, scene, type Walk } from './scene.ts'

export const firstStart: Walk = {
  name: 'a first start',
  unsettled: true,
  prepare: (engine) => {
    engine.recent = []
  },
  scenes: [
    scene('start-first', async ({ page }) => page.getByText('How do you read brain pictures?').waitFor()),
    scene('demo-card-full', async ({ page }) => button(page, 'Full').click()),
  ],
}

export const start: Walk = {
  name: 'start and dialogs',
  scenes: [
    scene('start', async ({ page }) => page.getByText('m-02 stopped').waitFor()),
    scene('start-problem', async ({ page }) => {
      await button(page, 'Open Pilot 2026').click()
      await page.getByRole('alert').waitFor()
    }),
    scene('new-project', async ({ page }) => {
      await button(page, 'New project…').click()
      await button(page, 'recipe.json').waitFor()
    }),
    scene('open-project', async ({ page }) => {
      await closeDialog(page)
      await button(page, 'Locate…').click()
      await button(page, 'Choose this folder').waitFor()
    }),
    scene('orientation', async ({ page }) => {
      await closeDialog(page)
      await page.getByTitle('How pictures are read').click()
      await page.getByRole('dialog').getByText('Sagittal pictures').waitFor()
    }),
    scene('device', async ({ page }) => {
      await closeDialog(page)
      await page.locator('footer').getByText('self-test passed').click()
      await page.getByRole('dialog', { name: 'Device' }).waitFor()
      await page.getByRole('dialog').getByText('npm run engine:tensorflow').waitFor()
    }),
    scene('device-refused', async ({ page }) => {
      const choice = page.getByLabel('Train on')
      await choice.selectOption('webgpu')
      await page.getByRole('dialog').getByText('webgpu was asked for and cannot be used.').waitFor()
      await page.locator('footer').getByText('webgpu cannot be used').waitFor()
    }),
    scene('device-again', async ({ page }) => {
      await page.getByLabel('Train on').selectOption('auto')
      await page.locator('footer').getByText('self-test passed').waitFor()
    }),
    scene('keys', async ({ page }) => {
      await closeDialog(page)
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    }),
    scene('keys-taken', async ({ page }) => {
      await button(page, 'Change the keys of “Outline or fill”').click()
      await page.keyboard.press('m')
      await page.getByText('belongs to').waitFor()
    }),
    scene('palette', async ({ page }) => {
      await closeDialog(page)
      await openProject(page, 'Demo cohort, small')
      await page.getByRole('cell', { name: 'sub-00' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('option').first().waitFor()
    }),
    scene('palette-none', async ({ page }) => {
      await page.keyboard.type('nothing like this')
      await page.getByRole('option').first().waitFor({ state: 'detached' })
    }),
    scene('runs', async ({ page }) => {
      await closeDialog(page)
      await page.locator('footer').getByText('1 running').click()
      await page.getByRole('list', { name: 'What was made from what' }).waitFor()
    }),
    scene('made-from', async ({ page }) => {
      await closeDialog(page)
      await button(page, 'What was made from what').click()
      await page.getByRole('dialog').getByRole('button', { name: 'd-demo' }).waitFor()
    }),
    scene('packs', async ({ page }) => {
      await closeDialog(page)
      await act(page, 'packs')
      await page.getByText('Small network').waitFor()
    }),
    scene('packs-problem', async ({ page }) => {
      await button(page, 'Install from a folder…').click()
      await button(page, 'Choose this folder').click()
      await page.getByText('This folder has no manifest.json.').waitFor()
    }),
    scene('diagnostics', async ({ page }) => {
      await closeDialog(page)
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog', { name: 'Go to or do' }).waitFor()
      await page.keyboard.type('diagnost')
      await page.getByRole('option').first().waitFor()
    }),
    scene('diagnostics-saved', async ({ page }) => {
      await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    }),
    scene('connection-lost', async ({ page, stopEngine }) => {
      await stopEngine()
      await page.getByRole('alert').filter({ hasText: 'connection to the engine is lost' }).waitFor()
    }),
  ],
}
