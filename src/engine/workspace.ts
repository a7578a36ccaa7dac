/** A folder for a new project in the workspace: the first free name. */
import { existsSync } from 'node:fs'
import type { Engine } from './engine.ts'

export function freeFolder(engine: Engine, name: string): string {
  for (let number = 1; ; number++) {
    const folder = engine.resolve({ root: 'workspace', path: number === 1 ? name : `${name} ${number}` }, true)
    if (!existsSync(folder)) return folder
  }
}
