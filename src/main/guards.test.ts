import { describe, expect, it, vi } from 'vitest'
import { guardWindow, lockSession, mayNavigate, mayRequest } from './guards.ts'

const origin = 'http://127.0.0.1:41234'

describe('navigation', () => {
  it.each([`${origin}/`, `${origin}/anything?x=1#y`])('stays on %s', (target) =>
    expect(mayNavigate(target, origin)).toBe(true),
  )

  it.each([
    'http://127.0.0.1:41234@evil.example/',
    'http://user:pw@127.0.0.1:41234/',
    'http://127.0.0.1:412345/',
    'http://127.0.0.1/',
    'https://127.0.0.1:41234/',
    'http://127.0.0.1.evil.example:41234/',
    'http://localhost:41234/',
    '//evil.example',
    'javascript:alert(1)',
    'data:text/html,<p>',
    'file:///etc/passwd',
    'about:blank',
    '',
  ])('refuses %s', (target) => expect(mayNavigate(target, origin)).toBe(false))
})

describe('requests', () => {
  it.each([
    `${origin}/data/abc`,
    'ws://127.0.0.1:41234/rpc',
    'data:image/png;base64,AA==',
    `blob:${origin}/1`,
    'devtools://devtools/x',
  ])('lets %s pass', (target) => expect(mayRequest(target, origin)).toBe(true))
  it.each([
    'https://example.org/',
    'http://127.0.0.1:80/',
    'ws://127.0.0.1:9/rpc',
    'wss://127.0.0.1:41234/rpc',
    'ftp://127.0.0.1:41234/',
    'file:///etc/passwd',
    'x',
  ])('cancels %s', (target) => expect(mayRequest(target, origin)).toBe(false))
})

type Handler = (...args: unknown[]) => unknown

function fakeContents() {
  const handlers = new Map<string, Handler>()
  let openHandler: Handler = () => null
  return {
    contents: {
      on: (name: string, handler: Handler) => handlers.set(name, handler),
      setWindowOpenHandler: (handler: Handler) => {
        openHandler = handler
      },
    },
    fire: (name: string, ...args: unknown[]) => handlers.get(name)?.(...args),
    open: () => openHandler({ url: 'https://example.org' }),
  }
}

describe('a guarded window', () => {
  it('prevents leaving, embedding and opening', () => {
    const fake = fakeContents()
    guardWindow(fake.contents as never, () => origin)
    for (const name of ['will-navigate', 'will-redirect']) {
      const preventDefault = vi.fn()
      fake.fire(name, { preventDefault }, 'https://evil.example/')
      expect(preventDefault).toHaveBeenCalledTimes(1)
      fake.fire(name, { preventDefault }, `${origin}/x`)
      expect(preventDefault).toHaveBeenCalledTimes(1)
    }
    const frame = vi.fn()
    fake.fire('will-frame-navigate', { preventDefault: frame, url: 'https://evil.example/' })
    expect(frame).toHaveBeenCalledTimes(1)
    const view = vi.fn()
    fake.fire('will-attach-webview', { preventDefault: view })
    expect(view).toHaveBeenCalledTimes(1)
    expect(fake.open()).toEqual({ action: 'deny' })
  })

  it('denies every permission and every foreign request', () => {
    let ask: Handler = () => null
    let checkPermission: Handler = () => null
    let device: Handler = () => null
    let beforeRequest: Handler = () => null
    lockSession(
      {
        setPermissionRequestHandler: (handler: Handler) => {
          ask = handler
        },
        setPermissionCheckHandler: (handler: Handler) => {
          checkPermission = handler
        },
        setDevicePermissionHandler: (handler: Handler) => {
          device = handler
        },
        webRequest: {
          onBeforeRequest: (handler: Handler) => {
            beforeRequest = handler
          },
        },
      } as never,
      () => origin,
    )
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'midi',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'clipboard-read',
      'hid',
      'serial',
      'usb',
    ]) {
      const answer = vi.fn()
      ask({}, permission, answer)
      expect(answer).toHaveBeenCalledWith(false)
      expect(checkPermission({}, permission)).toBe(false)
    }
    expect(device({})).toBe(false)
    const answer = vi.fn()
    beforeRequest({ url: 'https://example.org/' }, answer)
    expect(answer).toHaveBeenCalledWith({ cancel: true })
    beforeRequest({ url: `${origin}/` }, answer)
    expect(answer).toHaveBeenLastCalledWith({ cancel: false })
  })
})
