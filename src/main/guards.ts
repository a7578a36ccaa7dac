/**
 * What a page may not do: leave the server's origin, open windows, embed other content, or use any permission. Pure
 * decisions first (tested without Electron), then their wiring.
 */
import type { Session, WebContents } from 'electron'

/** True only for an address whose parsed origin is exactly the server's. A prefix test would let http://127.0.0.1:80@evil pass. */
export function mayNavigate(target: string, origin: string): boolean {
  try {
    const url = new URL(target)
    return url.origin === origin && url.username === '' && url.password === ''
  } catch {
    return false
  }
}

/** Network requests of the window: the server's own origin over http and ws, the tools, and data the page itself made. */
export function mayRequest(target: string, origin: string): boolean {
  try {
    const url = new URL(target)
    if (url.protocol === 'devtools:') return true
    if (url.protocol === 'data:' || url.protocol === 'blob:') return true
    const asHttp = url.protocol === 'ws:' ? `http://${url.host}` : url.origin
    return (url.protocol === 'http:' || url.protocol === 'ws:') && asHttp === origin
  } catch {
    return false
  }
}

/** `origin` is asked each time: an engine that was started again has another port. */
export function guardWindow(contents: WebContents, origin: () => string): void {
  const refuseOthers = (event: { preventDefault(): void }, target: string) => {
    if (!mayNavigate(target, origin())) event.preventDefault()
  }
  contents.on('will-navigate', refuseOthers)
  contents.on('will-redirect', refuseOthers)
  contents.on('will-frame-navigate', (event) => refuseOthers(event, event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

export function lockSession(session: Session, origin: () => string): void {
  denyPermissions(session)
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !mayRequest(details.url, origin()) }))
}

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}
