/** What a window loads before it can be used: scripts and styles, gzipped. Fonts come when letters need them and are left out. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface WindowSize {
  readonly gzippedBytes: number
  readonly files: readonly { readonly name: string; readonly gzippedBytes: number }[]
}

/** `folder` is the built window, out/renderer. */
export function windowSize(folder: string): WindowSize {
  const files = readdirSync(join(folder, 'assets'))
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => ({ name, gzippedBytes: gzipSync(readFileSync(join(folder, 'assets', name))).length }))
  return { gzippedBytes: files.reduce((sum, file) => sum + file.gzippedBytes, 0), files }
}
