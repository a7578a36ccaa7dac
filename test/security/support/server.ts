/** A server to attack, with a stand-in for the engine, one blob and a small window; and the real one as a process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadAssets } from '../../../src/server/assets.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../../src/server/server.ts'
import { createFakeRouter, FakeEngine } from '../../contract/fake-router.ts'
import { post } from './raw-http.ts'

export interface Victim {
  readonly server: RunningServer
  readonly fake: FakeEngine
  readonly origin: string
  /** Everything that the server logged. */
  readonly logged: string[]
  readonly blob: { readonly id: string; readonly path: string; readonly text: string }
  /** The Cookie header line of a page that logged in. */
  login(): Promise<string>
  close(): Promise<void>
}

const page =
  '<!doctype html><html><head><title>victim</title></head><body><p id="here">here</p><script>window.inlineRan = true</script></body></html>'

export async function openVictim(options: Partial<ServerOptions> = {}): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), 'victim-'))
  const text = 'raw numbers of a mask'
  const id = createHash('sha256').update(text).digest('hex')
  const path = join(folder, id)
  writeFileSync(path, text)
  const window = join(folder, 'window')
  mkdirSync(join(window, 'assets'), { recursive: true })
  writeFileSync(join(window, 'index.html'), page)
  writeFileSync(join(window, 'assets', 'index-abcd1234.js'), 'window.ours = true')
  writeFileSync(join(window, '.secret'), 'hidden')
  writeFileSync(join(folder, 'beside.txt'), 'beside the window')
  const logged: string[] = []
  const fake = new FakeEngine()
  const server = await startServer({
    router: createFakeRouter(fake),
    findBlob: (wanted) => (wanted === id ? path : null),
    assets: loadAssets(window),
    port: 0,
    write: (line) => logged.push(line),
    ...options,
  })
  const origin = `http://127.0.0.1:${server.port}`
  return {
    server,
    fake,
    origin,
    logged,
    blob: { id, path, text },
    async login() {
      const answer = await post(server.port, '/session', JSON.stringify({ token: server.token }), [`Origin: ${origin}`])
      const cookie = answer.headers['set-cookie']?.split(';')[0]
      if (cookie === undefined) throw new Error(`no cookie: ${answer.text}`)
      return `Cookie: ${cookie}`
    },
    async close() {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const source = (path: string) => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url))

export interface Process {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
}

/** Starts one of our programs from its source, in a home folder of its own. */
export function start(
  path: 'server/index.ts' | 'cli/index.ts',
  args: readonly string[],
  home: string,
  ipc = false,
): Process {
  const child = spawn(process.execPath, [source(path), ...args], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, TROI_USER_DATA: join(home, 'data'), TMPDIR: home },
    stdio: ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk) => (out += String(chunk)))
  child.stderr?.on('data', (chunk) => (err += String(chunk)))
  return {
    child,
    out: () => out,
    err: () => err,
    // After a disconnect by us Node tells of the exit, but not of the closed streams.
    exit: new Promise((resolve) => child.on(ipc ? 'exit' : 'close', (code: number | null) => resolve(code))),
  }
}

/** Port and token from the address that a started server prints. */
export async function addressOf(started: Process): Promise<{ port: number; token: string }> {
  for (;;) {
    const found = /http:\/\/127\.0\.0\.1:(\d+)\/#t=([\w-]+)/.exec(started.out())
    if (found !== null) return { port: Number(found[1]), token: found[2]! }
    if (started.child.exitCode !== null) throw new Error(`the server ended: ${started.err()}`)
    await new Promise((resolve) => started.child.stdout?.once('data', resolve))
  }
}
