/**
 * The one process the window talks to. Started with the Node 24 that comes with the product, a pipe as stdin (it exits
 * when the pipe closes, so it never outlives a killed shell) and an IPC channel on which it says its port and token.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

export interface ServerAddress {
  readonly port: number
  readonly token: string
}

function isAddress(message: unknown): message is ServerAddress & { type: 'ready' } {
  if (typeof message !== 'object' || message === null) return false
  const { type, port, token } = message as { type?: unknown; port?: unknown; token?: unknown }
  return type === 'ready' && typeof port === 'number' && typeof token === 'string'
}

/** Where the engine's program and its Node are: beside the sources while developing, in the app's resources when packaged. */
export function enginePaths(): { node: string; server: string; cwd: string } {
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const packaged = join(process.resourcesPath, 'node', binary)
  const base = app.getAppPath().replace(/app\.asar$/, 'app.asar.unpacked')
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const own = join(base, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary)
  const node = existsSync(packaged) ? packaged : existsSync(own) ? own : binary
  return { node, server: join(base, 'out', 'engine', 'server.mjs'), cwd: base }
}

/** Only what a Node program needs to run; a user's NODE_OPTIONS or preload settings stay out of the engine. */
export function engineEnvironment(from: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {}
  for (const name of [
    'PATH',
    'HOME',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
    'XDG_DATA_HOME',
    'XDG_CONFIG_HOME',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    'TROI_WORKSPACE',
    'TROI_USER_DATA',
    'TROI_TENSORFLOW_DIR',
  ])
    if (from[name] !== undefined) kept[name] = from[name]
  return kept
}

export class ServerProcess {
  #child: ChildProcess | null = null
  #stopping = false
  #lost: (reason: string) => void = () => {}

  /** Called once if the server ends by itself after it was ready. */
  onLost(listener: (reason: string) => void): void {
    this.#lost = listener
  }

  start(args: readonly string[]): Promise<ServerAddress> {
    const { node, server, cwd } = enginePaths()
    const child = spawn(node, [server, '--port=0', ...args], {
      cwd,
      env: engineEnvironment(process.env),
      stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
      windowsHide: true,
    })
    this.#child = child
    return new Promise((resolve, reject) => {
      let ready = false
      child.on('message', (message: unknown) => {
        if (ready || !isAddress(message)) return
        ready = true
        resolve({ port: message.port, token: message.token })
      })
      child.on('error', (error) => reject(new Error(`The engine's Node (${node}) did not start: ${error.message}`)))
      child.on('exit', (code, signal) => {
        if (!ready) reject(new Error(`The engine ended before it was ready (${signal ?? `exit code ${code}`}).`))
        else if (!this.#stopping) this.#lost(`The engine ended unexpectedly (${signal ?? `exit code ${code}`}).`)
      })
    })
  }

  /** A file or folder that the user chose in a native dialog. */
  allow(path: string): void {
    if (this.#child?.connected) this.#child.send({ type: 'allow', path })
  }

  stop(): void {
    this.#stopping = true
    this.#child?.stdin?.end()
  }
}
