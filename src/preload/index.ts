/** The whole native surface of the page: seven functions, plain values in and out, no event object crosses. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

/**
 * Of a file that the system gave; '' for one that a page made and for anything that is no file: an object with a `path` that the page
 * wrote into it must not pass. Electron before 32 has no webUtils but tells the path itself, out of the page's reach.
 */
function systemPath(file: File & { readonly path?: string }): string {
  if (!(file instanceof File)) return ''
  return (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ?? file.path ?? ''
}

const native = {
  /** Absolute path of a dropped or picked file or folder, which the engine may read from then on; null for one without a path. */
  pathOf: async (file: File): Promise<string | null> => {
    const path = systemPath(file)
    return path === '' ? null : ipcRenderer.invoke('troi:dropped', path)
  },
  /** Native dialog; null when the user closed it. */
  choose: (kind: 'file' | 'folder'): Promise<string | null> => ipcRenderer.invoke('troi:choose', kind),
  /** Saves a report's page, named by its SHA-256, as PDF where the person says; null when the dialog was closed. */
  savePdf: (report: string, name: string): Promise<unknown> => ipcRenderer.invoke('troi:save-pdf', { report, name }),
  /** The project's folder that this window is to open at its start; null for the first screen. */
  wanted: (): Promise<string | null> => ipcRenderer.invoke('troi:wanted'),
  /** Tells which project's folder this window shows; false where another window shows it, which then comes to the front. */
  shows: (folder: string | null): Promise<boolean> => ipcRenderer.invoke('troi:shows', folder),
  /** The shell asks for a project, by folder. */
  onOpen: (act: (folder: string) => void): void => listen('troi:open', act),
  /** The application menu asks for an action. */
  onMenu: (act: (action: string) => void): void => listen('troi:menu', act),
}

function listen(channel: string, act: (text: string) => void): void {
  ipcRenderer.on(channel, (_event, text: unknown) => {
    if (typeof text === 'string') act(text)
  })
}

export type TroiNative = typeof native

contextBridge.exposeInMainWorld('troiNative', native)
