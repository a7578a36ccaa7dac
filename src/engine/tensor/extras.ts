/**
 * Where the two graphics engines lie: extras that a command installs and nothing needs. Looked for in the folders that TROI_ENGINES names,
 * else in `engines` of the user's data folder (a packaged app finds them there) and of the project.
 */
import { existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** The file by which an extra is recognised, relative to the folder of engines. */
const marks = {
  webgpu: ['webgpu', 'node_modules', 'webgpu', 'index.js'],
  tensorflow: ['tensorflow', 'engine.json'],
} as const
export type ExtraName = keyof typeof marks

/** Folders of engines, the first that holds an extra counts. `standard` is where to look when nothing else is said. */
export function engineFolders(standard: readonly string[]): readonly string[] {
  const named = process.env.TROI_ENGINES
  return named === undefined || named === ''
    ? standard
    : named
        .split(delimiter)
        .filter((folder) => folder !== '')
        .map((folder) => resolve(folder))
}

/** The folder of an extra, or null where it is not installed. */
export function findExtra(name: ExtraName, folders: readonly string[]): string | null {
  const found = folders.find((folder) => existsSync(join(folder, ...marks[name])))
  return found === undefined ? null : join(found, name)
}

export function anyExtra(folders: readonly string[]): boolean {
  return (['webgpu', 'tensorflow'] as const).some((name) => findExtra(name, folders) !== null)
}
