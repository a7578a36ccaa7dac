/** Servers for journeys: the stand-in engine behind the real server's front, and the real server as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { loadAssets } from '../../../src/server/assets.ts'
import { startServer } from '../../../src/server/server.ts'
import { FakeEngine } from '../fake-engine.ts'
import { takeTurn } from './turn.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const window = join(root, 'out', 'renderer')

function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** The window as it is in the sources: built here where out/ has none or an older one. */
export async function ensureWindow(): Promise<string> {
  const page = join(window, 'index.html')
  const wanted = Math.max(newest(join(root, 'src', 'renderer')), newest(join(root, 'src', 'core')))
  const environment = process.env.NODE_ENV
  const free = await takeTurn('build')
  try {
    if (!existsSync(page) || statSync(page).mtimeMs < wanted) {
      // A test runner says "test" here; the window that people get is built for production, and a third smaller.
      process.env.NODE_ENV = 'production'
      await build({ configFile: join(root, 'vite.renderer.config.ts'), logLevel: 'error' })
    }
  } finally {
    if (environment !== undefined) process.env.NODE_ENV = environment
    else delete process.env.NODE_ENV
    free()
  }
  return window
}

export interface Served {
  readonly address: string
  close(): Promise<void>
}

export async function serveFake(engine = new FakeEngine()): Promise<Served & { readonly engine: FakeEngine }> {
  const server = await startServer({
    router: engine.router(),
    findBlob: (id) => engine.blobs.find(id),
    assets: loadAssets(await ensureWindow()),
    port: 0,
    write: () => {},
  })
  return {
    engine,
    address: server.address,
    async close() {
      await server.close()
      engine.close()
    },
  }
}

export interface ServedReal extends Served {
  readonly workspace: string
  /** Folder of everything that the server keeps. */
  readonly home: string
  readonly pid: number
  /** Ends it as a crash would; its home stays. */
  kill(): Promise<void>
}

/** The server that Electron starts, from its sources, on a workspace of its own; or again on the home of one that was killed. */
export async function serveReal(home = mkdtempSync(join(tmpdir(), 'troi-e2e-'))): Promise<ServedReal> {
  await ensureWindow()
  const projects = join(home, 'TROI Workstation')
  const child: ChildProcess = spawn(
    process.execPath,
    [
      join(root, 'src', 'server', 'index.ts'),
      '--port=0',
      `--workspace=${projects}`,
      `--user-data=${join(home, 'user data')}`,
    ],
    // A home of its own, so that nothing of this computer is read, written or shown.
    { stdio: ['pipe', 'ignore', 'pipe', 'ipc'], env: { ...process.env, HOME: home, USERPROFILE: home } },
  )
  const lines: string[] = []
  child.stderr!.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ready = await new Promise<{ port: number; token: string }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as { port: number; token: string }))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${lines.join('')}`)))
  })
  return {
    workspace: projects,
    home,
    pid: child.pid!,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    address: `http://127.0.0.1:${ready.port}/#t=${ready.token}`,
    async close() {
      child.stdin!.end()
      await exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}
