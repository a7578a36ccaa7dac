/** Where the window was and how large, kept in the user-data folder; a damaged file just means the default size. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, type BrowserWindow, type Rectangle, screen } from 'electron'

const fallback = { width: 1440, height: 900 }

function file(): string {
  return join(app.getPath('userData'), 'window.json')
}

/** Number-for-number check of a stored rectangle; null if it is anything else. */
export function parseBounds(text: string): Rectangle | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { x, y, width, height } = value as Record<string, unknown>
    if (![x, y, width, height].every((number) => typeof number === 'number' && Number.isInteger(number))) return null
    return { x, y, width, height } as Rectangle
  } catch {
    return null
  }
}

export function restoreWindow(): Partial<Rectangle> {
  let text: string
  try {
    text = readFileSync(file(), 'utf8')
  } catch {
    return fallback
  }
  const bounds = parseBounds(text)
  if (bounds === null) return fallback
  // A screen may be gone since: the stored place counts only if it still overlaps one.
  const area = screen.getDisplayMatching(bounds).workArea
  const visible =
    bounds.x < area.x + area.width &&
    bounds.x + bounds.width > area.x &&
    bounds.y < area.y + area.height &&
    bounds.y + bounds.height > area.y
  return visible ? bounds : { width: bounds.width, height: bounds.height }
}

export function rememberWindow(window: BrowserWindow): void {
  window.on('close', () => {
    try {
      writeFileSync(file(), JSON.stringify(window.getNormalBounds()))
    } catch {
      // A read-only profile only loses the window's place.
    }
  })
}
