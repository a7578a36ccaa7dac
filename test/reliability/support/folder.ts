/** A folder of its own for every test, removed afterwards; its name has a blank and letters beyond ASCII on purpose. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export function freshFolder(): () => string {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troi prüfung '))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return () => folder
}

/** One folder for a whole file of tests; the caller removes it. */
export function ownFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'troi prüfung '))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
