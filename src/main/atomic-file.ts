/** One file for a person, whole or not at all: written beside its place, brought to the disk, then renamed over it. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** An expected failure as the page shows it; the same fields as the engine's problems. */
export interface ShellProblem {
  readonly code: string
  readonly message: string
  readonly where?: string
  readonly fix?: string
}

/** Replaces what is at `path`; on a failure nothing is left and what was there stays. Rejects with the system's error. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(beside, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

const known: Readonly<Record<string, Omit<ShellProblem, 'where'>>> = {
  ENOSPC: { code: 'DISK_FULL', message: 'The disk is full.', fix: 'Make room, or choose another disk.' },
  EACCES: { code: 'READ_ONLY', message: 'This folder cannot be written to.', fix: 'Choose another folder.' },
  EPERM: { code: 'READ_ONLY', message: 'This folder cannot be written to.', fix: 'Choose another folder.' },
  EROFS: { code: 'READ_ONLY', message: 'This disk cannot be written to.', fix: 'Choose another folder.' },
  ENOENT: { code: 'NOT_FOUND', message: 'This folder is not there.', fix: 'Choose another folder.' },
  ENOTDIR: { code: 'NOT_FOUND', message: 'This is not in a folder.', fix: 'Choose another folder.' },
  EISDIR: { code: 'ALREADY_EXISTS', message: 'There is a folder of this name.', fix: 'Choose another name.' },
}

export function writingProblem(error: unknown, path: string): ShellProblem {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const found = known[code] ?? {
    code: 'INTERNAL',
    message: `The file could not be written (${code || String(error)}).`,
  }
  return { ...found, where: path }
}
