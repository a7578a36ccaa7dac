/**
 * The Electron shell: starts the workstation's server (plain Node 24) as a child, opens one sandboxed window on its
 * loopback address and offers the few native things a page cannot do. No data, no model, no file passes through here.
 */
import { app, BrowserWindow, dialog, ipcMain, Menu, powerSaveBlocker, session } from 'electron'
import { guardWindow, lockSession } from './guards.ts'
import { buildMenu } from './menu.ts'
import { registerNative } from './native.ts'
import { ServerProcess } from './server-process.ts'
import { rememberWindow, restoreWindow } from './window-state.ts'

// As root (containers, tests) Chromium starts only with --no-sandbox, and enabling the sandbox then kills every child.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

const server = new ServerProcess()
let window: BrowserWindow | null = null

async function openWindow(): Promise<void> {
  const address = await server.start(
    process.argv
      .slice(app.isPackaged ? 1 : 2)
      .filter((word) => word.startsWith('--workspace=') || word.startsWith('--project=')),
  )
  const origin = `http://127.0.0.1:${address.port}`
  lockSession(session.defaultSession, origin)
  window = new BrowserWindow({
    ...restoreWindow(),
    minWidth: 1024,
    minHeight: 680,
    show: false,
    backgroundColor: '#121518',
    title: 'TROI Workstation',
    webPreferences: {
      preload: `${__dirname}/../preload/index.cjs`,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  })
  guardWindow(window.webContents, origin)
  rememberWindow(window)
  window.once('ready-to-show', () => window?.show())
  window.on('closed', () => {
    window = null
  })
  window.webContents.on('render-process-gone', () => window?.webContents.reload())
  registerNative({ ipcMain, dialog, powerSaveBlocker, window, origin, allow: (path) => server.allow(path) })
  Menu.setApplicationMenu(Menu.buildFromTemplate(buildMenu(() => window)))
  // The token travels in the fragment, which is never sent; the page trades it for a cookie and removes it.
  await window.loadURL(`${origin}/#t=${address.token}`)
}

if (!app.requestSingleInstanceLock()) {
  app.quit()
} else {
  app.on('second-instance', () => {
    if (window === null) return
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  server.onLost((reason) => {
    dialog.showErrorBox(
      'The engine stopped',
      `${reason}\n\nNothing that was saved is lost. Start the workstation again to go on.`,
    )
    app.quit()
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', () => server.stop())
  app
    .whenReady()
    .then(openWindow)
    .catch((error: unknown) => {
      dialog.showErrorBox('The workstation could not start', error instanceof Error ? error.message : String(error))
      app.quit()
    })
}
