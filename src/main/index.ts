/**
 * The Electron shell: starts the workstation's server (plain Node 24) as a child, opens sandboxed windows on its loopback
 * address and offers the few native things a page cannot do. No data and no model passes through here.
 */
import { app, dialog, ipcMain, Menu, Notification, powerSaveBlocker, session } from 'electron'
import { Activity } from './activity.ts'
import { lockSession } from './guards.ts'
import { engineWords, projectFolderOf, projectInWords } from './launch.ts'
import { buildMenu } from './menu.ts'
import { registerNative } from './native.ts'
import { paperOf, printPage } from './pdf.ts'
import { type RunNews, ServerProcess } from './server-process.ts'
import { Windows } from './windows.ts'

// As root (containers, tests) Chromium starts only with --no-sandbox, and enabling the sandbox then kills every child.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()

const words = process.argv.slice(app.isPackaged ? 1 : 2)
const server = new ServerProcess()
const activity = new Activity({ powerSaveBlocker, notify })
const windows = new Windows({
  origin: () => server.origin,
  address: () => `${server.origin}/#t=${server.address.token}`,
  allow: (path) => server.allow(path),
  mayClose: () => windows.all.length > 1 || mayQuit(),
})
/** Opened before the first window was there. */
let first: string | null = null
let quitting = false
let asking = false

/** Only when nobody looks; a click leads to the project's window. */
function notify(text: string, { folder }: RunNews): void {
  if (windows.all.some(({ window }) => window.isFocused()) || !Notification.isSupported()) return
  const notification = new Notification({ title: 'TROI Workstation', body: text })
  notification.on('click', () => void windows.openProject(folder))
  notification.show()
}

/** Whether the workstation may end now. Where something runs the person is asked, and it ends after a yes. */
function mayQuit(): boolean {
  const { running } = activity
  if (quitting || running.length === 0) return true
  if (!asking) void askToQuit(running)
  return false
}

async function askToQuit(running: readonly RunNews[]): Promise<void> {
  asking = true
  const names = running.map(({ name, project }) => `${name} of ${project}`).join(', ')
  const options = {
    type: 'question' as const,
    buttons: ['Keep it running', 'Stop and quit'],
    ...{ defaultId: 0, cancelId: 0, noLink: true },
    message: running.length === 1 ? `${names} is running.` : `${running.length} runs are going: ${names}.`,
    detail: 'Quitting interrupts it at its last checkpoint. Nothing that was saved is lost; Resume goes on from there.',
  }
  const parent = windows.front?.window
  const { response } = await (parent ? dialog.showMessageBox(parent, options) : dialog.showMessageBox(options))
  asking = false
  if (response !== 1) return
  quitting = true
  app.quit()
}

/** The engine ended by itself: a person decides whether it starts again. Windows then show what they showed. */
async function engineLost(reason: string): Promise<void> {
  activity.lost()
  const { response } = await dialog.showMessageBox({
    type: 'error',
    buttons: ['Start it again', 'Quit'],
    ...{ defaultId: 0, cancelId: 1, noLink: true },
    message: 'The engine stopped.',
    detail: `${reason}\n\nNothing that was saved is lost. A run that was going can be resumed.`,
  })
  if (response === 0) {
    await server.start(engineWords(words))
    await windows.reload()
  } else {
    quitting = true
    app.quit()
  }
}

async function chooseProject(): Promise<void> {
  const options = {
    title: 'Open a project',
    properties: ['openDirectory' as const],
  }
  const parent = windows.front?.window
  const answer = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
  const chosen = answer.canceled ? undefined : answer.filePaths[0]
  if (chosen === undefined) return
  const folder = projectFolderOf(chosen)
  if (folder !== null) return windows.openProject(folder)
  await dialog.showMessageBox({
    type: 'warning',
    message: 'There is no project in this folder.',
    detail: `${chosen}\n\nChoose the folder that holds project.sqlite.`,
  })
}

async function begin(): Promise<void> {
  await server.start(engineWords(words))
  lockSession(session.defaultSession, () => server.origin)
  registerNative({
    ...{ ipcMain, dialog, windows },
    origin: () => server.origin,
    allow: (path) => server.allow(path),
    documents: () => app.getPath('documents'),
    read: (id) => server.read(id),
    print: (html) => printPage(html, paperOf(app.getLocaleCountryCode())),
  })
  const menu = buildMenu({
    page: (action) => windows.front?.window.webContents.send('troi:menu', action),
    newWindow: () => void windows.open().catch(told),
    openProject: () => void chooseProject().catch(told),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu))
  const named = projectInWords(words, process.cwd())
  await windows.open(first ?? named)
  const missing = words.find((word) => word.startsWith('--project='))
  if (missing !== undefined && named === null)
    told(new Error(`There is no project in ${missing.slice('--project='.length)}.`))
}

/** A project from outside; before the first window is there it waits for it. */
function openFromOutside(project: string): void {
  if (windows.all.length === 0) first = project
  else void windows.openProject(project).catch(told)
}

function told(error: unknown): void {
  dialog.showErrorBox('That did not work', error instanceof Error ? error.message : String(error))
}

function failed(error: unknown): void {
  dialog.showErrorBox('The workstation could not start', error instanceof Error ? error.message : String(error))
  quitting = true
  app.quit()
}

if (!app.requestSingleInstanceLock()) {
  app.quit()
} else {
  app.on('second-instance', (_event, argv, from) => {
    const project = projectInWords(argv.slice(1), from)
    if (project !== null) openFromOutside(project)
    else if (windows.front !== null) windows.focus(windows.front)
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    const project = projectFolderOf(path)
    if (project !== null) openFromOutside(project)
  })
  server.onRun((news) => activity.heard(news))
  server.onLost((reason) => void engineLost(reason).catch(failed))
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (!mayQuit()) event.preventDefault()
  })
  app.on('will-quit', () => server.stop())
  app.whenReady().then(begin).catch(failed)
}
