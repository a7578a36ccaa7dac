import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'

vi.mock('electron', () => ({}))
const { isTrustedSender, registerNative } = await import('./native.ts')

const origin = 'http://127.0.0.1:41234'
const folder = mkdtempSync(join(tmpdir(), 'troi-native-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
type Handler = (event: unknown, argument: unknown) => unknown
const report = 'a'.repeat(64)

function parts() {
  const handlers = new Map<string, Handler>()
  const mainFrame = { url: `${origin}/` }
  const webContents = { mainFrame }
  const window = { webContents }
  const allowed: string[] = []
  const asked: { defaultPath: string }[] = []
  const shows: (string | null)[] = []
  const saving = { filePath: join(folder, 'chosen.pdf') as string | undefined, canceled: false }
  registerNative({
    ipcMain: { handle: (name: string, handler: Handler) => handlers.set(name, handler) },
    dialog: {
      showOpenDialog: async () => ({ canceled: false, filePaths: ['/chosen'] }),
      showSaveDialog: async (_window: unknown, options: { defaultPath: string }) => {
        asked.push(options)
        return saving
      },
    },
    windows: {
      of: (sender: unknown) => (sender === webContents ? { window } : null),
      wantedBy: () => '/wanted',
      shows: (_shown: unknown, path: string | null) => shows.push(path) > 0,
    },
    origin: () => origin,
    allow: async (path: string) => allowed.push(path),
    documents: () => '/documents',
    read: async (id: string) => `<p>${id}`,
    print: async (html: string) => Buffer.from(`%PDF ${html}`),
  } as never)
  const trusted = { sender: webContents, senderFrame: mainFrame }
  const call = (channel: string, argument?: unknown) => handlers.get(channel)!(trusted, argument)
  return { handlers, window, webContents, mainFrame, trusted, allowed, asked, shows, saving, call }
}

describe('native calls', () => {
  it('come only from the main frame of our window at our origin', () => {
    const { window, webContents, mainFrame, trusted } = parts()
    const trust = (event: unknown) => isTrustedSender(event as never, window as never, origin)
    expect(trust(trusted)).toBe(true)
    expect(trust({ sender: webContents, senderFrame: null })).toBe(false)
    expect(trust({ sender: {}, senderFrame: mainFrame })).toBe(false)
    expect(trust({ sender: webContents, senderFrame: { url: `${origin}/` } })).toBe(false)
    mainFrame.url = 'https://evil.example/'
    expect(trust(trusted)).toBe(false)
    mainFrame.url = ''
    expect(trust(trusted)).toBe(false)
  })

  it('refuse a foreign sender on every channel', () => {
    const { handlers, webContents } = parts()
    expect([...handlers.keys()].sort()).toEqual([
      'troi:choose',
      'troi:dropped',
      'troi:save-pdf',
      'troi:shows',
      'troi:wanted',
    ])
    for (const handler of handlers.values()) {
      expect(() => handler({ sender: {}, senderFrame: { url: origin } }, 'folder')).toThrow('not allowed')
      expect(() => handler({ sender: webContents, senderFrame: { url: origin } }, 'folder')).toThrow('not allowed')
    }
  })

  it('choose and drop, and tell the engine what may be read', async () => {
    const { call, allowed } = parts()
    expect(await call('troi:choose', 'folder')).toBe('/chosen')
    expect(await call('troi:dropped', '/dropped/recipe.json')).toBe('/dropped/recipe.json')
    expect(allowed).toEqual(['/chosen', '/dropped/recipe.json'])
    for (const wrong of ['recipe.json', '', 7, null, { path: '/x' }, `/${'x'.repeat(5000)}`])
      expect(await call('troi:dropped', wrong)).toBeNull()
    expect(allowed).toHaveLength(2)
  })

  it('pass on which project is wanted and shown, the home written out', async () => {
    const { call, shows } = parts()
    expect(await call('troi:wanted')).toBe('/wanted')
    for (const path of ['~/projects/one', '/elsewhere/two', null, 7]) await call('troi:shows', path)
    expect(shows).toEqual([join(homedir(), 'projects', 'one'), '/elsewhere/two', null, null])
  })
})

describe('saving a PDF', () => {
  it('writes what was printed where the dialog said, and tells what it wrote', async () => {
    const { call } = parts()
    expect(await call('troi:save-pdf', { report, name: 'sub-01 report' })).toMatchObject({
      folder,
      files: [{ name: 'chosen.pdf', bytes: 72 }],
    })
    expect(readFileSync(join(folder, 'chosen.pdf'), 'utf8')).toBe(`%PDF <p>${report}`)
  })

  it('takes the path from the dialog alone: a name of the page is only a name', async () => {
    const { call, asked } = parts()
    for (const name of ['../../etc/passwd', '/etc/passwd', 'C:\\x\\y', '..', '\u0000', 'a/b'])
      await call('troi:save-pdf', { report, name, path: '/etc/passwd', filePath: '/etc/passwd' })
    expect(asked.map(({ defaultPath }) => defaultPath)).toEqual([
      '/documents/etc-passwd.pdf',
      '/documents/etc-passwd.pdf',
      '/documents/C-x-y.pdf',
      '/documents/report.pdf',
      '/documents/report.pdf',
      '/documents/a-b.pdf',
    ])
    expect(readdirSync(folder)).toEqual(['chosen.pdf'])
  })

  it('does nothing without a hash, after a closed dialog, or where it cannot write', async () => {
    const { call, asked, saving } = parts()
    for (const wrong of [
      null,
      'x',
      { report: '../x', name: 'n' },
      { report, name: 7 },
      { report: report.slice(1), name: '' },
    ])
      expect(await call('troi:save-pdf', wrong)).toBeNull()
    expect(asked).toEqual([])
    saving.canceled = true
    expect(await call('troi:save-pdf', { report, name: 'n' })).toBeNull()
    saving.canceled = false
    saving.filePath = join(folder, 'missing', 'x.pdf')
    expect(await call('troi:save-pdf', { report, name: 'n' })).toMatchObject({
      problem: { code: 'NOT_FOUND', where: saving.filePath },
    })
    saving.filePath = folder
    expect(await call('troi:save-pdf', { report, name: 'n' })).toMatchObject({ problem: { code: 'ALREADY_EXISTS' } })
    expect(readdirSync(folder)).toEqual(['chosen.pdf'])
  })
})
