/** Runs in each of their states, experiments, runs side by side. */
import type { RunRequest } from '../../../src/core/contract/run.ts'
import { defaultDecoderSettings, maskPresets } from '../../../src/core/contract/settings.ts'
import { id, ids, makeRun } from '../support/fake-state.ts'
import { act, button, drawn, openProject } from '../support/window.ts'
import { type Stage, scene, type Walk } from './scene.ts'

const sweep: RunRequest = {
  kind: 'experiment',
  ...{ experiment: 'budget', subject: ids.newSubject, backbone: ids.backbone, seeds: [0, 1, 2] },
  ...{ mask: { ...maskPresets.troi, budget: 320 }, decoder: defaultDecoderSettings },
}

const failure = {
  ...{
    code: 'DISK_FULL' as const,
    message: 'The disk is full; the run was stopped before its checkpoint was damaged.',
  },
  ...{ where: 'runs/m-07/checkpoint-10.data, 38 MB', expected: 'at least 38 MB free, found 2.1 MB' },
  fix: 'Make room, then resume. The checkpoint of epoch 9 is whole.',
}

async function show({ page }: Stage, name: string): Promise<void> {
  await act(page, `show ${name}`)
  await page.locator('.run-header').waitFor()
}

export const runs: Walk = {
  name: 'runs',
  prepare: (engine) => {
    engine.runs.set(ids.demo, [...engine.runs.get(ids.demo)!, makeRun({ id: id(0x60), name: 'e-02', request: sweep })])
  },
  scenes: [
    scene('run', async (at) => {
      await openProject(at.page, 'Demo cohort, small')
      await at.page.getByRole('cell', { name: 'sub-00' }).waitFor()
      await show(at, 'm-07')
      await at.page.locator('[data-plane="3d"] canvas').waitFor()
      await at.page.getByRole('region', { name: 'Past epochs' }).waitFor()
      await drawn(at.page)
    }),
    scene('run-past-epoch', async ({ page }) => {
      await page.getByRole('region', { name: 'Past epochs' }).getByRole('button').nth(2).click()
      await page.getByRole('region', { name: 'Mask then' }).waitFor()
    }),
    scene('run-paused', async ({ page }) => {
      await button(page, 'Pause').click()
      await button(page, 'Go on').waitFor()
    }),
    scene('run-discard', async ({ page }) => {
      await button(page, 'Stop and keep').click()
      await button(page, 'Discard…').click()
      await page.getByText('go to the bin').waitFor()
    }),
    scene('run-failed', async ({ page, engine }) => {
      await button(page, 'Keep').click()
      engine.change(ids.demo, ids.maskRun, { status: 'failed', remaining: null, problem: failure })
      await act(page, 'show d-11')
      await act(page, 'show m-07')
      await page.getByRole('alert').waitFor()
    }),
    scene('run-queued', (at) => show(at, 'd-11')),
    scene('run-done', (at) => show(at, 'b-02')),
    scene('experiment-table', async (at) => {
      await show(at, 'e-01')
      await at.page.locator('table.dots').waitFor()
    }),
    scene('experiment-dots', async ({ page }) => {
      await button(page, 'Chart').click()
      await page.locator('svg.experiment-plot').waitFor()
    }),
    scene('experiment-curve', async (at) => {
      await show(at, 'e-02')
      await at.page.locator('svg.experiment-plot [data-curve]').first().waitFor()
    }),
    scene('compare', async ({ page }) => {
      await act(page, 'compare')
      await page.getByRole('table', { name: 'Compare runs' }).waitFor()
    }),
    scene('compare-everything', async ({ page }) => {
      await button(page, 'Everything').click()
      await page.getByLabel(/^e-01/).check()
      await page.getByText('brain → image ↑').first().waitFor()
    }),
    scene('compare-none', async ({ page }) => {
      while ((await page.locator('.compare-list input:checked').count()) > 0)
        await page.locator('.compare-list input:checked').first().uncheck()
      await page.locator('.empty').waitFor()
    }),
    scene('run-interrupted', async (at) => {
      await button(at.page, 'All projects').click()
      await openProject(at.page, 'Haxby 2001, one slice')
      await show(at, 'm-02')
      await at.page.getByRole('alert').waitFor()
    }),
    scene('run-import', (at) => show(at, 'i-01')),
  ],
}
