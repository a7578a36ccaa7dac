/**
 * What a command adds to a folder when it makes a project there, so that a command that comes to nothing can take it away again.
 * Only the project's own files are removed, and only folders that are empty then: whatever else came into the folder stays.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { projectMark } from '../engine/project/project-mark.ts'

/** Everything that a project keeps at the top of its folder. */
const parts = [
  ...['runs', 'blobs', 'bin', 'embeddings', projectMark],
  ...['project.lock', 'project.sqlite', 'project.sqlite-wal', 'project.sqlite-shm'],
]

export class NewProject {
  readonly #folder: string
  /** Folders that were not there, the innermost first. */
  readonly #missing: readonly string[]
  /** Whether there was nothing, or an empty folder: only then can a project be made here. */
  readonly isNew: boolean

  /** Remembers what is there before the command makes anything. */
  constructor(folder: string) {
    this.#folder = resolve(folder)
    const missing: string[] = []
    for (let at = this.#folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at)
    this.#missing = missing
    this.isNew = missing.length > 0 || isEmpty(this.#folder)
  }

  /** Takes the project away again. The project must be closed. What cannot be removed stays, without a word. */
  remove(): void {
    if (!this.isNew) return
    try {
      for (const part of parts) rmSync(join(this.#folder, part), { recursive: true, force: true })
      for (const folder of this.#missing) rmdirSync(folder)
    } catch {
      // Not empty, or not ours to remove: what the command failed of is said, not this.
    }
  }
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0
  } catch {
    return false
  }
}
