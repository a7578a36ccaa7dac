/**
 * What a desktop program is expected to do, tried in a real Electron: menus, dialogs, drops, windows, second starts, power, the end of
 * runs, and quitting. On the real engine; native dialogs and questions are answered in the main process.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProjectStore } from '../../src/engine/project/project-store.ts'
import { button, eventually, step } from '../e2e/support/window.ts'
import { environmentOf, missing, openScreen, root, Shell, startOf } from './support/shell.ts'

const longest = 180_000
const home = Shell.freshHome()
/** Outside every folder that the engine offers by itself. */
const elsewhere = mkdtempSync(join(tmpdir(), 'troi-elsewhere-'))
const second = join(elsewhere, 'Second project')
let screen: Awaited<ReturnType<typeof openScreen>>
let shell: Shell
let page: Page

const titles = () => Promise.all(shell.app.windows().map((window) => window.title()))
const bounds = () => shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds())

/** Presses an item of the application menu, as its own click does. */
function menu(id: string): Promise<void> {
  return shell.app.evaluate(({ Menu }, name) => {
    const item = Menu.getApplicationMenu()!.getMenuItemById(name)!
    item.click(undefined, undefined, undefined)
  }, id)
}

/** Drops a file or folder of this computer onto an element, as the window system does. */
async function drop(onto: Page, selector: string, path: string): Promise<void> {
  const box = (await onto.locator(selector).boundingBox())!
  const session = await onto.context().newCDPSession(onto)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      ...{ type, x: box.x + box.width / 2, y: box.y + 40 },
      data: { items: [], files: [path], dragOperationsMask: 1 },
    })
  await session.detach()
}

describe.skipIf(missing !== null)('manners in Electron', () => {
  beforeAll(async () => {
    screen = await openScreen()
    await (await ProjectStore.create(second, 'Second project')).close()
    cpSync(join(root, 'resources', 'examples', 'haxby2001'), join(elsewhere, 'data'), { recursive: true })
    shell = await Shell.launch(screen.display, home)
    page = shell.page
    await button(page, 'Run the demo').waitFor()
  }, 600_000)

  afterAll(async () => {
    await shell?.answerQuestions('Stop and quit').catch(() => {})
    await shell?.close()
    screen?.free()
    for (const folder of [home, elsewhere]) rmSync(folder, { recursive: true, force: true })
  })

  describe('the menu', () => {
    it('has an act for every item', async () => {
      const without = await shell.app.evaluate(({ Menu }) => {
        const all = (items: Electron.MenuItem[]): Electron.MenuItem[] =>
          items.flatMap((item) => [item, ...all(item.submenu?.items ?? [])])
        return all(Menu.getApplicationMenu()!.items)
          .filter(({ type, role, id, submenu }) => type === 'normal' && !role && !id && !submenu)
          .map(({ label }) => label)
      })
      expect(without).toEqual([])
    })

    it('opens the palette, the keys and the packs, and changes the colours', async () => {
      for (const [id, dialog] of [
        ['palette', 'Go to or do'],
        ['keys', 'Keys'],
        ['packs', /./],
      ] as const) {
        await menu(id)
        await page.getByRole('dialog', { name: dialog }).waitFor()
        await page.keyboard.press('Escape')
        await eventually(() => page.getByRole('dialog').count()).toBe(0)
      }
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
      const before = await theme()
      await menu('theme')
      await eventually(theme).not.toBe(before)
      await menu('theme')
      await eventually(theme).toBe(before)
    })

    it('saves a diagnostics file where one says', async () => {
      const path = join(elsewhere, 'diagnostics.json')
      await shell.answerDownload(path)
      await menu('diagnostics')
      await eventually(() => shell.downloads()).toEqual(['completed'])
      expect(JSON.parse(readFileSync(path, 'utf8'))).toBeTypeOf('object')
    })

    it('says where there is no project, and opens one that is there', async () => {
      await shell.answerQuestions('OK')
      await shell.answerOpen(home)
      await menu('open-project')
      await eventually(async () => (await shell.asked()).join()).toContain('There is no project in this folder.')
      await shell.answerOpen(second)
      await menu('open-project')
      await page.locator('nav.rail').waitFor()
      await eventually(titles).toEqual(['Second project, TROI Workstation'])
      await menu('projects')
      await button(page, 'Open Second project').waitFor()
    })
  })

  describe('what is dropped', () => {
    it('opens as a project where it is one, from outside every folder that the engine offers', async () => {
      await drop(page, '.bring', second)
      await page.locator('nav.rail').waitFor()
      await eventually(titles).toEqual(['Second project, TROI Workstation'])
    })

    it.each([
      ['a recipe', 'recipe.json', 'Import 96 trials'],
      ['a folder', '', 'Import 96 trials'],
    ])('is looked at before anything is copied: %s', async (_what, name, act) => {
      await drop(page, '.teach', join(elsewhere, 'data', name))
      await button(page, act).waitFor()
      await button(page, 'Back to subjects').click()
      await page.locator('.teach').waitFor()
    })

    it('is looked at before anything is copied: an image', async () => {
      await drop(page, '.teach', join(elsewhere, 'data', 'bold.nii.gz'))
      await page.locator('.teach').waitFor({ state: 'detached' })
      expect(await page.locator('main').innerText()).toContain('bold.nii.gz')
      await button(page, 'Back to subjects').click()
    })

    it('changes nothing beside the places for it', async () => {
      const address = page.url()
      await drop(page, 'header.title-bar', join(elsewhere, 'data', 'recipe.json'))
      await page.locator('.teach').waitFor()
      expect(page.url()).toBe(address)
    })

    it('gives no path that the page made up', async () => {
      const made = await page.evaluate(async () => {
        const shell = window as unknown as { troiNative: { pathOf(file: unknown): Promise<unknown> } }
        const lie = (value: object) => Object.defineProperty(value, 'path', { value: '/etc/passwd' })
        const tries = [new File(['x'], '/etc/passwd'), lie(new File(['x'], 'x')), lie({}), { path: '/etc/passwd' }]
        return Promise.all(tries.map((file) => shell.troiNative.pathOf(file).catch(() => null)))
      })
      expect(made).toEqual([null, null, null, null])
    })
  })

  describe('windows', () => {
    it('are one per project: what is open comes to the front, another project gets a window of its own', async () => {
      await menu('new-window')
      await eventually(() => shell.app.windows().length).toBe(2)
      const other = shell.app.windows().find((window) => window !== page)!
      await button(other, 'Open Second project').click()
      // It is open in the first window; this one stays on the first screen.
      await eventually(() => other.locator('nav.rail').count()).toBe(0)
      await button(other, 'Open Second project').waitFor()
      await eventually(() =>
        shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getFocusedWindow()?.getTitle()),
      ).toBe('Second project, TROI Workstation')
      await other.close()
      await eventually(() => shell.app.windows().length).toBe(1)
    })

    it('are opened by a second start, which ends by itself', async () => {
      const third = join(elsewhere, 'Third project')
      await (await ProjectStore.create(third, 'Third project')).close()
      for (const [word, expected] of [
        [join(second, 'project.troi'), ['Second project, TROI Workstation']],
        [third, ['Second project, TROI Workstation', 'Third project, TROI Workstation']],
      ] as const) {
        const { program, args } = startOf(home, [word])
        const start = spawn(program, args, { env: environmentOf(home, screen.display), stdio: 'ignore' })
        expect(await new Promise((resolve) => start.once('exit', resolve))).toBe(0)
        await eventually(async () => (await titles()).sort()).toEqual(expected)
      }
      for (const window of shell.app.windows()) if (window !== page) await window.close()
      await eventually(titles).toEqual(['Second project, TROI Workstation'])
    })

    it('come back where they were, at the next start with the project that is named', async () => {
      const place = { x: 120, y: 90, width: 1300, height: 760 }
      await shell.app.evaluate(({ BrowserWindow }, at) => BrowserWindow.getAllWindows()[0]!.setBounds(at), place)
      await eventually(bounds).toEqual(place)
      expect(shell.complaints).toEqual([])
      await shell.close()
      shell = await Shell.launch(screen.display, home, [`--project=${second}`])
      page = shell.page
      await eventually(titles).toEqual(['Second project, TROI Workstation'])
      await eventually(bounds).toEqual(place)
    })
  })

  describe('a run', () => {
    const awake = () =>
      shell.app.evaluate(({ app, powerSaveBlocker }) => {
        const { blockers = [] } = app as typeof app & { blockers?: number[] }
        return blockers.filter((id) => powerSaveBlocker.isStarted(id)).length
      })

    it('keeps the computer awake until it ends, although nobody looks at it', { timeout: longest }, async () => {
      await shell.app.evaluate(({ app, powerSaveBlocker }) => {
        const kept = app as typeof app & { blockers?: number[] }
        const start = powerSaveBlocker.start.bind(powerSaveBlocker)
        kept.blockers = []
        powerSaveBlocker.start = (type) => {
          const id = start(type)
          kept.blockers!.push(id)
          return id
        }
      })
      await button(page, 'All projects').click()
      await button(page, 'Open the Haxby example').click()
      await button(page, 'Find the mask').waitFor({ timeout: longest })
      await eventually(awake).toBe(0)
      await step(page, 'Mask').click()
      await page.getByLabel('Voxel budget').fill('100')
      await button(page, 'Find the mask').click()
      await button(page, 'Look at the mask').waitFor({ timeout: longest })
      await step(page, 'Decoder').click()
      await page.getByLabel('Epochs').fill('900')
      await button(page, 'Train the decoder').click()
      await button(page, 'Pause').waitFor({ timeout: longest })
      await button(page, 'All projects').click()
      await eventually(awake).toBe(1)
    })

    it('is not cut off by quitting unless one says so, and can then be resumed', { timeout: longest }, async () => {
      await shell.answerQuestions('Keep it running')
      await shell.app.evaluate(({ app }) => app.quit())
      await eventually(async () => (await shell.asked()).at(-1)).toMatch(
        /^d-01 of .*Haxby.* is running\. .*Resume goes on from there/,
      )
      await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
      await eventually(async () => (await shell.asked()).length).toBe(2)
      expect(await awake()).toBe(1)
      await button(page, 'Run the demo').waitFor()

      await shell.answerQuestions('Stop and quit')
      const ended = new Promise((resolve) => shell.app.process().once('exit', resolve))
      await shell.app.evaluate(({ app }) => app.quit())
      expect(await ended).toBe(0)
      shell = await Shell.launch(screen.display, home)
      page = shell.page
      await page.getByText('d-01 was interrupted and can be resumed').waitFor()
    })
  })

  it('did all that without an error, a violation of the content policy, or a request that leaves this computer', () => {
    expect(shell.complaints).toEqual([])
  })
})
