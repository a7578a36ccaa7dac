/**
 * The application menu: the usual editing and window roles; everything of ours is an action of the page, called by its name
 * (src/renderer/actions/catalogue.ts), or one of the few acts of the shell.
 */
import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActs {
  /** An action of the page in front. */
  readonly page: (action: string) => void
  readonly newWindow: () => void
  /** A project from the system's dialog. */
  readonly openProject: () => void
}

export function buildMenu(acts: MenuActs): MenuItemConstructorOptions[] {
  const isMac = process.platform === 'darwin'
  const mac: MenuItemConstructorOptions[] = isMac ? [{ role: 'appMenu' }] : []
  const page = (label: string, action: string, id: string): MenuItemConstructorOptions => ({
    ...{ label, id, click: () => acts.page(action) },
  })
  return [
    ...mac,
    {
      label: 'File',
      submenu: [
        { label: 'New window', id: 'new-window', accelerator: 'CmdOrCtrl+Shift+N', click: acts.newWindow },
        { label: 'Open project…', id: 'open-project', accelerator: 'CmdOrCtrl+O', click: acts.openProject },
        page('All projects', 'go.projects', 'projects'),
        { type: 'separator' },
        page('Export', 'go.export', 'export'),
        { type: 'separator' },
        { role: 'close' },
        ...(isMac ? [] : [{ role: 'quit' } as const]),
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        page('Go to or do…', 'palette.open', 'palette'),
        page('Dark or light colours', 'theme.switch', 'theme'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        page('Keys', 'keys.open', 'keys'),
        page('Networks of your own', 'packs.open', 'packs'),
        page('Save a diagnostics file…', 'diagnostics.save', 'diagnostics'),
      ],
    },
  ]
}
