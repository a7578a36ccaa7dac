/** The whole native surface of the page: five functions, plain values in and out, no event object crosses. */
import { contextBridge, ipcRenderer, webUtils } from 'electron'

const native = {
  /** Absolute path of a dropped or picked file. */
  pathOf: (file: File): string => webUtils.getPathForFile(file),
  /** Native dialog; null when the user closed it. */
  choose: (kind: 'file' | 'folder'): Promise<string | null> => ipcRenderer.invoke('troi:choose', kind),
  /** Keeps the computer awake while a run is going. */
  keepAwake: (wanted: boolean): Promise<boolean> => ipcRenderer.invoke('troi:keep-awake', wanted),
  /** A system notification, shown only when the window is not in front. */
  notify: (text: string): Promise<boolean> => ipcRenderer.invoke('troi:notify', text),
  /** The application menu asks for a page. */
  onMenu: (act: (page: string) => void): void => {
    ipcRenderer.on('troi:menu', (_event, page: unknown) => {
      if (typeof page === 'string') act(page)
    })
  },
}

export type TroiNative = typeof native

contextBridge.exposeInMainWorld('troiNative', native)
