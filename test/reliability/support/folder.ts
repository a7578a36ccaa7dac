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
