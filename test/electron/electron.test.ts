/**
 * What a page must not be able to do in a real Electron, each tried: reaching Node, leaving its origin, naming paths; and what a report
 * with hostile content must not be able to do while it is printed.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProjectStore } from '../../src/engine/project/project-store.ts'
import { pagesOf, wordsOf } from '../journeys/pdf.ts'
import { isAlive, kind, missing, openScreen, root, Shell } from './support/shell.ts'

let screen: Awaited<ReturnType<typeof openScreen>>
let shell: Shell
let page: Page
const home = Shell.freshHome()
const elsewhere = mkdtempSync(join(tmpdir(), 'troi-elsewhere-'))
const project = join(elsewhere, 'project')
const saved = join(elsewhere, 'saved')

/** A server that nobody may ask. */
let bait: Server
const hits: string[] = []
const reports = { hostile: '', long: '', frames: [''] }

function hostile(port: number): string {
  const away = `http://127.0.0.1:${port}`
  return `<!doctype html><html><head><title>Report</title><meta http-equiv="refresh" content="0; url=${away}/refresh">
<link rel="stylesheet" href="${away}/style.css"><style>@import url(${away}/import.css); body { background: url(${away}/back.png) }</style>
<script>document.title = 'OWNED'; document.write('OWNED'); fetch('${away}/fetch'); location = '${away}/go'</script></head>
<body><h1>Honest words</h1><img src="${away}/pixel.png"><img src="x" onerror="document.body.textContent = 'OWNED'">
<svg onload="document.body.textContent = 'OWNED'"><script>document.body.textContent = 'OWNED'</script></svg>
<img src="file:///etc/hostname">
<form action="${away}/form"><input autofocus onfocus="this.form.submit()"></form><a href="javascript:document.body.textContent='LINKED'">link</a>
<base href="${away}/base/"><img src="relative.png"><noscript>No script runs here</noscript></body></html>`
}

function savePdf(report: string, name: string): Promise<unknown> {
  return page.evaluate(
    (asked) =>
      (
        window as unknown as { troiNative: { savePdf(report: string, name: string): Promise<unknown> } }
      ).troiNative.savePdf(...asked),
    [report, name] as const,
  )
}

describe.skipIf(missing !== null)('the workstation in Electron', () => {
  beforeAll(async () => {
    bait = createServer((request, response) => {
      hits.push(request.url ?? '')
      response.end()
    })
    await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve))
    const store = await ProjectStore.create(project, 'Hostile')
    const put = (html: string) => {
      const bytes = new TextEncoder().encode(html)
      return store.blobs.put(bytes, [bytes.length]).id
    }
    reports.hostile = put(hostile((bait.address() as AddressInfo).port))
    reports.long = put(`<!doctype html><h1>Long</h1>${'<p>words of a long report</p>'.repeat(4000)}<p>the end</p>`)
    const frames = [
      `src="http://127.0.0.1:${(bait.address() as AddressInfo).port}/frame"`,
      'src="file:///etc/passwd"',
      'srcdoc="<script>parent.document.body.textContent=1</script>"',
    ]
    reports.frames = [
      ...frames.map((inside) => put(`<!doctype html><h1>Framed</h1><iframe ${inside}></iframe>`)),
      put('<!doctype html><OBJECT data="file:///etc/passwd"></OBJECT>'),
      put('<!doctype html><embed src="file:///etc/passwd">'),
    ]
    await store.close()
    screen = await openScreen()
    shell = await Shell.launch(screen.display, home, [`--project=${project}`])
    page = shell.page
    await page.locator('nav.rail').waitFor()
  }, 600_000)

  afterAll(async () => {
    await shell?.close()
    screen?.free()
    bait?.close()
    for (const folder of [home, elsewhere]) rmSync(folder, { recursive: true, force: true })
  })

  it('shows the first window, drawn and without errors', async () => {
    const version = await shell.app.evaluate(
      () => `Electron ${process.versions.electron}, Chrome ${process.versions.chrome}`,
    )
    console.log(`ran in ${version} (${kind})`)
    expect(await page.title()).toContain('TROI Workstation')
    const picture = await page.screenshot({ path: join(root, '.cache', 'electron-projects.png') })
    expect(picture.length).toBeGreaterThan(10_000)
    expect(shell.complaints).toEqual([])
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
    ).toEqual(['choose', 'onMenu', 'onOpen', 'pathOf', 'savePdf', 'shows', 'wanted'])
    const address = page.url()
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
    expect(address).not.toContain('t=')
    await page.evaluate(() => {
      location.href = 'https://example.org/'
    })
    expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true)
    expect(page.url()).toBe(address)
    const preferences = await shell.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, nodeIntegration, webSecurity }
    })
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })
  })

  it('gives no permission that a page asks for', async () => {
    const asked = await page.evaluate(async () => {
      const refused = (doing: Promise<unknown>) => doing.then(() => 'given').catch((error: Error) => error.name)
      return [
        await navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
        await Notification.requestPermission(),
        await navigator.permissions.query({ name: 'microphone' as PermissionName }).then(({ state }) => state),
        await refused(navigator.clipboard.readText()),
      ]
    })
    expect(asked).toEqual(['denied', 'denied', 'denied', 'NotAllowedError'])
  })

  describe('a report that is printed', () => {
    it('runs no script, asks nobody, and reads no file, whatever it holds', async () => {
      await shell.answerSave(join(elsewhere, 'hostile.pdf'))
      expect(await savePdf(reports.hostile, 'report')).toMatchObject({ files: [{ name: 'hostile.pdf' }] })
      const pdf = readFileSync(join(elsewhere, 'hostile.pdf'))
      expect(pdf.toString('latin1', 0, 5)).toBe('%PDF-')
      expect(pdf.includes('OWNED')).toBe(false)
      const words = wordsOf(pdf)
      if (words !== null) {
        expect(words).toContain('Honest words')
        expect(words).toContain('No script runs here')
        expect(words).not.toMatch(/OWNED|root:/)
      }
      expect(hits).toEqual([])
      expect(await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    })

    it('is refused where it holds other pages, which could keep it from ever ending', async () => {
      await shell.answerSave(saved)
      for (const framed of reports.frames)
        expect(await savePdf(framed, 'report')).toMatchObject({
          problem: { code: 'UNAVAILABLE', message: expect.stringContaining('other pages within it') },
        })
      expect(existsSync(saved)).toBe(false)
      expect(hits).toEqual([])
      expect(await shell.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
    })

    it('may be long; every page is there', async () => {
      await shell.answerSave(join(elsewhere, 'long.pdf'))
      await savePdf(reports.long, 'report')
      const pdf = readFileSync(join(elsewhere, 'long.pdf'))
      expect(pagesOf(pdf)).toBeGreaterThan(40)
      expect(wordsOf(pdf) ?? 'the end').toContain('the end')
    })

    it('is written where the dialog said and nowhere else, and not at all when it was closed', async () => {
      const before = readdirSync(elsewhere).sort()
      await shell.answerSave(null)
      expect(await savePdf(reports.long, saved)).toBeNull()
      for (const id of [`../${reports.long}`, reports.long.toUpperCase(), '', '/etc/passwd'])
        expect(await savePdf(id, 'report')).toBeNull()
      await shell.answerSave(saved)
      expect(await savePdf('0'.repeat(64), join(elsewhere, 'other'))).toMatchObject({
        problem: { code: 'UNAVAILABLE' },
      })
      await shell.answerSave(join(elsewhere, 'missing', 'x.pdf'))
      expect(await savePdf(reports.long, 'report')).toMatchObject({ problem: { code: 'NOT_FOUND' } })
      expect(readdirSync(elsewhere).sort()).toEqual(before)
    })

    it('is refused where its bytes are not those that were named', async () => {
      const path = join(project, 'blobs', reports.long)
      const bytes = readFileSync(path)
      writeFileSync(path, 'other bytes')
      await shell.answerSave(saved)
      expect(await savePdf(reports.long, 'report')).toMatchObject({
        problem: { code: 'UNAVAILABLE', message: expect.stringContaining('other bytes') },
      })
      writeFileSync(path, bytes)
      expect(existsSync(saved)).toBe(false)
    })
  })

  it('ends its engine when the shell is killed', async () => {
    const { engine } = shell
    expect(isAlive(engine)).toBe(true)
    shell.app.process().kill('SIGKILL')
    await expect.poll(() => isAlive(engine), { timeout: 20_000, interval: 100 }).toBe(false)
  })
})
