/** The application menu: the usual editing and window roles; everything of ours lives in the page. */
import type { BrowserWindow, MenuItemConstructorOptions } from 'electron'

export function buildMenu(window: () => BrowserWindow | null): MenuItemConstructorOptions[] {
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : []
  return [
    ...mac,
    {
      label: 'File',
      submenu: [
        {
          label: 'Projects',
          accelerator: 'CmdOrCtrl+O',
          click: () => window()?.webContents.send('troi:menu', 'projects'),
        },
        { type: 'separator' },
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ]
}
