/** What the desktop shell offers beyond a browser; null in a browser. */
import type { Place } from '../../core/contract/common.ts'
import { engine } from './engine.ts'

interface Native {
  pathOf(file: File): string
  choose(kind: 'file' | 'folder'): Promise<string | null>
  keepAwake(wanted: boolean): Promise<boolean>
  notify(text: string): Promise<boolean>
  onMenu(act: (page: string) => void): void
}

declare global {
  interface Window {
    readonly troiNative?: Native
  }
}

export function native(): Native | null {
  return window.troiNative ?? null
}

/** The system's own dialog; null when the user closed it. A path outside every allowed folder is refused by the engine. */
export async function chooseNatively(kind: 'file' | 'folder'): Promise<Place | null> {
  const path = (await native()?.choose(kind)) ?? null
  return path === null ? null : engine.system.locate({ path })
}

/** The place of what was dropped; null in a browser, which does not tell where a file lies. */
export async function placeOfDrop(event: DragEvent): Promise<Place | null> {
  const file = event.dataTransfer?.files[0]
  const shell = native()
  return file === undefined || shell === null ? null : engine.system.locate({ path: shell.pathOf(file) })
}
