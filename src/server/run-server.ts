/**
 * A server as a process of its own: opens the engine, says where it can be reached, and ends with whoever started it. It
 * ends when its standard input closes (a killed parent closes it), when the parent's message channel does, on a signal, or
 * after a time of no use.
 */
import { fstatSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { unwrap } from '../core/problem.ts'
import { productRoot } from '../engine/entry-point.ts'
import { openEngine } from '../engine/open-engine.ts'
import type { Places } from '../engine/places.ts'
import { loadAssets } from './assets.ts'
import { IdleWatch } from './idle.ts'
import { openBrowser } from './open-browser.ts'
import type { ServeOptions } from './options.ts'
import { type RunningServer, startServer } from './server.ts'

export interface Ready {
  readonly server: RunningServer
  /** Resolves when the server has ended and everything is closed. */
  readonly ended: Promise<void>
  /** Ends it. */
  end(reason: string): void
}

/** Starts and returns as soon as it can be reached. ProblemError where the project or a folder cannot be opened. */
export async function runServer(options: ServeOptions): Promise<Ready> {
  let tell = (text: string) => console.error(text)
  const { engine, router } = openEngine({
    workspace: options.workspace,
    roots: [...options.roots, ...(options.project === undefined ? [] : [options.project])],
    userData: options.userData,
    backend: options.backend,
    log: (text) => tell(text),
  })
  if (options.project !== undefined) {
    const place = unwrap(engine.places.locate(options.project))
    await engine.open(engine.resolve(place, true))
  }
  const server = await startServer({
    router,
    findBlob: (id) => engine.findBlob(id),
    assets: loadAssets(join(productRoot(), 'out', 'renderer')),
    port: options.port,
    host: options.host,
  })
  tell = server.log

  let finish: () => void = () => {}
  const ended = new Promise<void>((resolve) => (finish = resolve))
  let ending = false
  const end = (reason: string) => {
    if (ending) return
    ending = true
    server.log(`Ending: ${reason}`)
    void Promise.allSettled([server.close(), engine.close()]).then(finish)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal))
  if (process.send !== undefined) {
    process.on('disconnect', () => end('the window is gone'))
    process.on('message', (message) => allowChosen(message, engine.places))
    engine.onRun(({ name: project, folder }, { id, name, status }) =>
      tellParent({ type: 'run', ...{ id, name, status, project, folder } }),
    )
  }
  if (stdinIsPipe()) {
    process.stdin.on('end', () => end('standard input closed'))
    process.stdin.on('error', () => end('standard input closed'))
    process.stdin.resume()
  }
  if (options.idleHours > 0)
    new IdleWatch({
      hours: options.idleHours,
      inUse: () => server.sockets > 0 || engine.busy,
      end: () => end(`not used for ${options.idleHours} h`),
    }).start()
  if (options.open && !(await openBrowser(server.address))) server.log('No browser could be opened.')
  return { server, ended, end }
}

const allowSchema = z.object({ type: z.literal('allow'), path: z.string() })

function tellParent(message: object): void {
  if (process.connected) process.send?.(message)
}

/**
 * The shell tells what the user chose in a native dialog or dropped on the window: it may be used from then on, the folder
 * itself or the folder of the file. Only the parent process can say so, never a page. It is answered, so that the page asks only then.
 */
function allowChosen(message: unknown, places: Places): void {
  const parsed = allowSchema.safeParse(message)
  if (!parsed.success) return
  const { path } = parsed.data
  if (isAbsolute(path) && !places.locate(path).ok) {
    const info = statSync(path, { throwIfNoEntry: false })
    if (info !== undefined) places.add(info.isDirectory() ? path : dirname(path))
  }
  tellParent({ type: 'allowed', path })
}

/** A pipe or socket ends with whoever holds its other side; a terminal or /dev/null says nothing about anybody. */
function stdinIsPipe(): boolean {
  try {
    const info = fstatSync(0)
    return info.isFIFO() || info.isSocket()
  } catch {
    return false
  }
}
