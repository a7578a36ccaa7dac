/** What the desktop shell offers beyond a browser; null in a browser. */
import { z } from 'zod'
import type { Place } from '../../core/contract/common.ts'
import { exportSchema } from '../../core/contract/result.ts'
import { ProblemError, problemSchema } from '../../core/problem.ts'
import { engine } from './engine.ts'

interface Native {
  pathOf(file: File): Promise<string | null>
  choose(kind: 'file' | 'folder'): Promise<string | null>
  savePdf(report: string, name: string): Promise<unknown>
  wanted(): Promise<string | null>
  shows(folder: string | null): Promise<boolean>
  onOpen(act: (folder: string) => void): void
  onMenu(act: (action: string) => void): void
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
  const path = file === undefined ? null : ((await native()?.pathOf(file)) ?? null)
  return path === null ? null : engine.system.locate({ path })
}

const savedSchema = z.union([z.object({ problem: problemSchema }), exportSchema]).nullable()

/** Saves a report's page as PDF where the system's dialog says; null when it was closed. ProblemError where that failed. */
export async function savePdf(report: string, name: string): Promise<z.infer<typeof exportSchema> | null> {
  const saved = savedSchema.parse((await native()?.savePdf(report, name)) ?? null)
  if (saved !== null && 'problem' in saved) throw new ProblemError(saved.problem)
  return saved
}
