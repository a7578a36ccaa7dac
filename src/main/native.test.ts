import { describe, expect, it, vi } from 'vitest'

const shown: string[] = []
vi.mock('electron', () => ({
  Notification: class {
    static isSupported() {
      return true
    }
    constructor(readonly options: { body: string }) {}
    show() {
      shown.push(this.options.body)
    }
  },
}))

const { isTrustedSender, registerNative } = await import('./native.ts')

const origin = 'http://127.0.0.1:41234'
type Handler = (event: unknown, argument: unknown) => unknown

function parts() {
  const handlers = new Map<string, Handler>()
  const mainFrame = { url: `${origin}/` }
  const webContents = { mainFrame }
  const window = { webContents, isFocused: () => false }
  const started: string[] = []
  const allowed: string[] = []
  registerNative({
    ipcMain: { handle: (name: string, handler: Handler) => handlers.set(name, handler), removeHandler: () => {} },
    dialog: { showOpenDialog: async () => ({ canceled: false, filePaths: ['/chosen'] }) },
    powerSaveBlocker: { start: (kind: string) => started.push(kind), stop: () => started.pop() !== undefined },
    window,
    origin,
    allow: (path: string) => allowed.push(path),
  } as never)
  const trusted = { sender: webContents, senderFrame: mainFrame }
  return { handlers, window, webContents, mainFrame, trusted, started, allowed }
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
    const { handlers } = parts()
    expect([...handlers.keys()].sort()).toEqual(['troi:choose', 'troi:keep-awake', 'troi:notify'])
    for (const handler of handlers.values())
      expect(() => handler({ sender: {}, senderFrame: { url: origin } }, 'folder')).toThrow('not allowed')
  })

  it('choose, keep awake and notify', async () => {
    const { handlers, trusted, started, allowed } = parts()
    expect(await handlers.get('troi:choose')!(trusted, 'folder')).toBe('/chosen')
    expect(allowed).toEqual(['/chosen'])
    expect(handlers.get('troi:keep-awake')!(trusted, true)).toBe(true)
    expect(started).toEqual(['prevent-app-suspension'])
    expect(handlers.get('troi:keep-awake')!(trusted, 'yes')).toBe(false)
    expect(started).toEqual([])
    expect(handlers.get('troi:notify')!(trusted, { html: '<b>' })).toBe(false)
    expect(handlers.get('troi:notify')!(trusted, 'Mask found')).toBe(true)
    expect(shown).toEqual(['Mask found'])
  })
})
