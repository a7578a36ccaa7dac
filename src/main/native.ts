/** The native things the page may ask for, each checked: right window, main frame, the server's origin, known arguments. */
import type { BrowserWindow, Dialog, IpcMain, IpcMainInvokeEvent, PowerSaveBlocker } from 'electron'
import { Notification } from 'electron'
import { mayNavigate } from './guards.ts'

export interface NativeParts {
  readonly ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>
  readonly dialog: Pick<Dialog, 'showOpenDialog'>
  readonly powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'>
  readonly window: BrowserWindow
  readonly origin: string
  /** Tells the engine that the user chose this path, so that it may be read although it is outside every root. */
  readonly allow: (path: string) => void
}

/** A call counts only from the main frame of our window, showing our origin. */
export function isTrustedSender(
  event: Pick<IpcMainInvokeEvent, 'senderFrame' | 'sender'>,
  window: Pick<BrowserWindow, 'webContents'>,
  origin: string,
): boolean {
  const frame = event.senderFrame
  if (!frame || event.sender !== window.webContents || frame !== window.webContents.mainFrame) return false
  return mayNavigate(frame.url, origin)
}

export function registerNative(parts: NativeParts): void {
  const { ipcMain, dialog, powerSaveBlocker, window, origin, allow } = parts
  let blocker: number | null = null

  const handle = (channel: string, act: (argument: unknown) => unknown) => {
    ipcMain.removeHandler(channel)
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!isTrustedSender(event, window, origin)) throw new Error('not allowed')
      return act(argument)
    })
  }

  handle('troi:choose', async (kind) => {
    const properties: ('openFile' | 'openDirectory' | 'createDirectory')[] =
      kind === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile']
    const answer = await dialog.showOpenDialog(window, { properties })
    const path = answer.canceled ? undefined : answer.filePaths[0]
    if (path !== undefined) allow(path)
    return path ?? null
  })

  handle('troi:keep-awake', (wanted) => {
    if (wanted === true && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (wanted !== true && blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
    return blocker !== null
  })

  handle('troi:notify', (text) => {
    if (typeof text !== 'string' || text.length > 200 || window.isFocused() || !Notification.isSupported()) return false
    new Notification({ title: 'TROI Workstation', body: text }).show()
    return true
  })
}
