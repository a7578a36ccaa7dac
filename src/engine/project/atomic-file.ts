/**
 * Files that are either the old or the new one, whatever happens: written beside their place, forced to the disk, renamed
 * over, and the folder forced too. What a crash leaves behind has a name of its own and is swept away at the next start.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileProblem } from './file-problem.ts'

const temporaryMark = '.troi-writing-'

/** Writes all parts one after the other as one file. Throws ProblemError DISK_FULL or READ_ONLY and leaves nothing behind. */
export function writeAtomically(path: string, ...parts: readonly (Uint8Array | string)[]): void {
  const folder = dirname(path)
  const temporary = join(folder, `${temporaryMark}${process.pid}-${randomBytes(4).toString('hex')}-${basename(path)}`)
  let file: number | null = null
  try {
    file = openSync(temporary, 'wx')
    for (const part of parts) writeAll(file, typeof part === 'string' ? Buffer.from(part) : part)
    fsyncSync(file)
    closeSync(file)
    file = null
    renameSync(temporary, path)
    syncFolder(folder)
  } catch (error) {
    if (file !== null) closeSync(file)
    discard(temporary)
    throw fileProblem(error, path)
  }
}

/** What stopped the writing counts, not that there was nothing to take away. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder is no folder.
  }
}

/** A single call takes less than 2 GiB. */
const mostBytesAtOnce = 1 << 30

/** A single write may take only a part of the bytes. */
export function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; )
    done += writeSync(file, bytes, done, Math.min(mostBytesAtOnce, bytes.byteLength - done))
}

function syncFolder(folder: string): void {
  // Windows has no such call on folders; its rename is durable by itself.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Removes what an interrupted write left in this folder. */
export function sweepUnfinished(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(temporaryMark)) rmSync(join(folder, name), { force: true })
}
