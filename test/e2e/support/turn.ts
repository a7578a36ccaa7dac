/** One at a time across test files, which run in processes of their own: a folder is the turn, its owner's number inside. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds after which a turn without a number belongs to nobody. */
const nameless = 30_000

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits for the turn of this name and returns how to give it back. A turn whose owner has died is free. */
export async function takeTurn(name: string): Promise<() => void> {
  const folder = join(tmpdir(), `troi-turn-${name}`)
  const free = () => rmSync(folder, { recursive: true, force: true })
  for (;;) {
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, 'pid'), String(process.pid))
      return free
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    let owner = 0
    let since = Date.now()
    try {
      since = statSync(folder).mtimeMs
      owner = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    } catch {
      // The owner is about to write its number, or has just left; unless it was killed in between.
    }
    if (owner > 0 ? !alive(owner) : Date.now() - since > nameless) free()
    else await pause(250)
  }
}
