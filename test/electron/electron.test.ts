/**
 * The same workstation in a real Electron under Xvfb: the pinned one where its binary is there, else an older real one. Counted
 * as skipped, in words, where neither can be had.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anyElectron } from './fetch-electron.mjs'

const root = new URL('../../', import.meta.url).pathname
const found = anyElectron()
const ready =
  found !== null &&
  process.platform === 'linux' &&
  existsSync('/usr/bin/Xvfb') &&
  existsSync(join(root, 'out', 'main', 'index.cjs'))
if (!ready)
  console.log(
    `skipped: ${found === null ? 'no Electron binary' : 'no Xvfb or no build'}; the journeys in Electron did not run`,
  )

let screen: ChildProcess
let app: ElectronApplication
let page: Page
let home: string
const consoleErrors: string[] = []

async function startScreen(): Promise<string> {
  screen = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1400x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await new Promise<string>((resolve, reject) => {
    screen.stdio[3]!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)))
  })
  return `:${number}`
}

describe.skipIf(!ready)('the workstation in Electron', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'troi-electron-'))
    const args = [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      `--user-data-dir=${join(home, 'profile')}`,
      `--workspace=${join(home, 'workspace')}`,
    ]
    if (found!.kind === 'pinned') args.unshift(root)
    else {
      // A packaged build takes no app path; it loads resources/app beside its program.
      const link = join(found!.program, '..', 'resources', 'app')
      rmSync(link, { recursive: false, force: true })
      symlinkSync(root, link)
    }
    const display = await startScreen()
    app = await _electron.launch({
      executablePath: found!.program,
      args,
      env: { ...process.env, DISPLAY: display, HOME: home } as Record<string, string>,
    })
    page = await app.firstWindow()
    page.on('console', (message) => {
      if (message.type() === 'error') consoleErrors.push(message.text())
    })
    page.on('pageerror', (error) => consoleErrors.push(error.message))
    await page.getByRole('button', { name: 'Run the demo' }).first().waitFor()
  }, 120_000)

  afterAll(async () => {
    await app?.close()
    screen?.kill()
    rmSync(home, { recursive: true, force: true })
  })

  it('shows the first window, drawn and without errors', async () => {
    const version = await app.evaluate(() => `Electron ${process.versions.electron}, Chrome ${process.versions.chrome}`)
    console.log(`ran in ${version} (${found!.kind})`)
    expect(await page.title()).toContain('TROI Workstation')
    const picture = await page.screenshot({ path: join(root, '.cache', 'electron-projects.png') })
    expect(picture.length).toBeGreaterThan(10_000)
    expect(consoleErrors).toEqual([])
  })

  it('keeps the page away from Node, other origins and new windows', async () => {
    expect(
      await page.evaluate(() => [
        typeof (globalThis as { require?: unknown }).require,
        typeof (globalThis as { process?: unknown }).process,
      ]),
    ).toEqual(['undefined', 'undefined'])
    expect(
      await page.evaluate(() => Object.keys((globalThis as unknown as { troiNative: object }).troiNative).sort()),
    ).toEqual(['choose', 'keepAwake', 'notify', 'onMenu', 'pathOf'])
    const address = page.url()
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
    expect(address).not.toContain('t=')
    await page.evaluate(() => {
      location.href = 'https://example.org/'
    })
    expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true)
    expect(page.url()).toBe(address)
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity }
    })
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
  })

  it('ends its engine when the shell is killed', async () => {
    const engine = await app.evaluate(async () => {
      const { execFileSync } = process.mainModule!.require('node:child_process') as typeof import('node:child_process')
      return Number(
        execFileSync('pgrep', ['-P', String(process.pid), '-f', 'server.mjs'])
          .toString()
          .trim()
          .split('\n')[0],
      )
    })
    expect(engine).toBeGreaterThan(0)
    const alive = () => existsSync(`/proc/${engine}/status`)
    expect(alive()).toBe(true)
    app.process().kill('SIGKILL')
    await expect.poll(alive, { timeout: 20_000, interval: 100 }).toBe(false)
  })
})
