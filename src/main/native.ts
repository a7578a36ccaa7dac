/** The native things the page may ask for, each checked: one of our windows, its main frame, the engine's origin, known arguments. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { BrowserWindow, Dialog, IpcMain, IpcMainInvokeEvent } from 'electron'
import { mayNavigate } from './guards.ts'
import { type SavedPdf, savePdf, type WantedPdf, wantedPdf } from './pdf.ts'
import type { Shown, Windows } from './windows.ts'

export interface NativeParts {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly dialog: Pick<Dialog, 'showOpenDialog' | 'showSaveDialog'>
  readonly windows: Pick<Windows, 'of' | 'wantedBy' | 'shows'>
  readonly origin: () => string
  /** Tells the engine that the person chose this path, so that it may be read although it is outside every root. */
  readonly allow: (path: string) => Promise<void>
  /** The folder in which the dialog for new files starts. */
  readonly documents: () => string
  readonly read: (id: string) => Promise<string>
  readonly print: (html: string) => Promise<Uint8Array>
}

/** A call counts only from the main frame of the window, showing our origin. */
export function isTrustedSender(
  event: Pick<IpcMainInvokeEvent, 'senderFrame' | 'sender'>,
  window: Pick<BrowserWindow, 'webContents'>,
  origin: string,
): boolean {
  const frame = event.senderFrame
  if (!frame || event.sender !== window.webContents || frame !== window.webContents.mainFrame) return false
  return mayNavigate(frame.url, origin)
}

const text = (value: unknown): string | null => (typeof value === 'string' && value.length <= 4096 ? value : null)

/** Engines tell folders with the home as ~. */
function longPath(path: string): string {
  return path === '~' || /^~[\\/]/.test(path) ? join(homedir(), path.slice(1)) : path
}

export function registerNative(parts: NativeParts): void {
  const { ipcMain, dialog, windows, origin, allow } = parts

  const handle = (channel: string, act: (shown: Shown, argument: unknown) => unknown) =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      const shown = windows.of(event.sender)
      if (shown === null || !isTrustedSender(event, shown.window, origin())) throw new Error('not allowed')
      return act(shown, argument)
    })

  handle('troi:choose', async ({ window }, kind) => {
    const properties: ('openFile' | 'openDirectory' | 'createDirectory')[] =
      kind === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile']
    const answer = await dialog.showOpenDialog(window, { properties })
    const path = answer.canceled ? undefined : answer.filePaths[0]
    if (path !== undefined) await allow(path)
    return path ?? null
  })

  // Sent by the preload alone, with the path that the system gave to a dropped file; the page cannot name one.
  handle('troi:dropped', async (_shown, argument) => {
    const path = text(argument)
    if (path === null || !isAbsolute(path)) return null
    await allow(path)
    return path
  })

  handle('troi:save-pdf', (shown, argument): Promise<SavedPdf> | null => {
    const wanted: WantedPdf | null = wantedPdf(argument)
    if (wanted === null) return null
    return savePdf(wanted, {
      ...{ read: parts.read, print: parts.print },
      async choose(suggested) {
        const answer = await dialog.showSaveDialog(shown.window, {
          defaultPath: join(parts.documents(), suggested),
          filters: [{ name: 'PDF', extensions: ['pdf'] }],
          properties: ['createDirectory', 'showOverwriteConfirmation'],
        })
        return answer.canceled ? null : (answer.filePath ?? null)
      },
    })
  })

  handle('troi:wanted', (shown) => windows.wantedBy(shown))

  handle('troi:shows', (shown, argument) => {
    const folder = text(argument)
    return windows.shows(shown, folder === null ? null : longPath(folder))
  })
}
