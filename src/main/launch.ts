/** What the system hands over at a start, a second start or a double click: which words go to the engine, and which project is meant. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** The file in every project that systems open with this app; it stands for its folder. */
const standsForFolder = /^(project\.sqlite|.+\.troi)$/

/** A path as it really is, or null where there is nothing. */
export function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** The project's folder that a path means: the folder itself or a file that stands for it. Null for anything else. */
export function projectFolderOf(path: string): string | null {
  const real = realOf(path)
  if (real === null) return null
  const folder = statSync(real).isDirectory() ? real : standsForFolder.test(basename(real)) ? dirname(real) : null
  return folder !== null && existsSync(join(folder, 'project.sqlite')) ? folder : null
}

/** The first project named among the words of a start, as `--project=FOLDER` or bare; relative to where it was started. */
export function projectInWords(words: readonly string[], from: string): string | null {
  for (const word of words) {
    const path = word.startsWith('--project=') ? word.slice('--project='.length) : word
    if (path === '' || path.startsWith('-')) continue
    const folder = projectFolderOf(resolve(from, path))
    if (folder !== null) return folder
  }
  return null
}

/** What the engine may be told from outside. */
export function engineWords(words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith('--workspace='))
}
