/**
 * Where the files are that the engine starts as processes or threads, in both layouts: TypeScript sources, which Node 24 runs
 * as they are, and the bundle, where every entry lies in one folder and shared code in its chunks/ folder.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = import.meta.url
const fromSource = here.endsWith('.ts')

/** `source` is relative to src/engine; `bundled` is the file's name beside the bundled entries. */
export function entryPoint(source: string, bundled: string): string {
  if (fromSource) return fileURLToPath(new URL(source, here))
  for (const relative of [`./${bundled}`, `../${bundled}`]) {
    const path = fileURLToPath(new URL(relative, here))
    if (existsSync(path)) return path
  }
  throw new Error(`${bundled} is missing beside the engine; the build is incomplete`)
}

/** The project's or app's root folder, which holds resources/. */
export function productRoot(): string {
  for (const up of ['../../', '../../../']) {
    const path = fileURLToPath(new URL(up, here))
    if (existsSync(`${path}resources/examples`)) return path
  }
  throw new Error('resources/ is missing beside the engine; the installation is incomplete')
}
