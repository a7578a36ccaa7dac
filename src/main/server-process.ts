/**
 * The one process the window talks to. Started with the Node 24 that comes with the product, a pipe as stdin (it exits
 * when the pipe closes, so it never outlives a killed shell) and an IPC channel on which it says its port and token.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { app } from 'electron'

export interface ServerAddress {
  readonly port: number
  readonly token: string
}

/** What the engine says when a run starts, pauses or ends. */
export interface RunNews {
  readonly id: string
  readonly name: string
  readonly status: string
  /** Name and folder of its project. */
  readonly project: string
  readonly folder: string
}

type Message = { readonly [name: string]: unknown }

function isMessage(message: unknown, type: string): message is Message {
  return typeof message === 'object' && message !== null && (message as Message).type === type
}

function addressOf({ port, token }: Message): ServerAddress | null {
  return typeof port === 'number' && typeof token === 'string' ? { port, token } : null
}

function newsOf({ id, name, status, project, folder }: Message): RunNews | null {
  const texts = [id, name, status, project, folder]
  if (!texts.every((text): text is string => typeof text === 'string')) return null
  const [a, b, c, d, e] = texts
  return { id: a!, name: b!, status: c!, project: d!, folder: e! }
}

/** More than any report: those are under 10 MB. */
const mostBytes = 32_000_000

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
    'TROI_ENGINES',
    'TROI_BACKEND',
    // Where graphics drivers are described, and which cards may be used.
    'XDG_DATA_DIRS',
    'VK_DRIVER_FILES',
    'VK_ICD_FILENAMES',
    'CUDA_VISIBLE_DEVICES',
  ])
    if (from[name] !== undefined) kept[name] = from[name]
  return kept
}

export class ServerProcess {
  #child: ChildProcess | null = null
  #address: ServerAddress | null = null
  #stopping = false
  #lost: (reason: string) => void = () => {}
  #news: (news: RunNews) => void = () => {}
  readonly #allowing = new Map<string, (() => void)[]>()

  /** Called each time the server ends by itself after it was ready. */
  onLost(listener: (reason: string) => void): void {
    this.#lost = listener
  }

  onRun(listener: (news: RunNews) => void): void {
    this.#news = listener
  }

  get address(): ServerAddress {
    if (this.#address === null) throw new Error('The engine has not started.')
    return this.#address
  }

  get origin(): string {
    return `http://127.0.0.1:${this.address.port}`
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
        const address = isMessage(message, 'ready') ? addressOf(message) : null
        if (ready || address === null) return this.#receive(message)
        ready = true
        this.#address = address
        resolve(address)
      })
      child.on('error', (error) => reject(new Error(`The engine's Node (${node}) did not start: ${error.message}`)))
      child.on('exit', (code, signal) => {
        for (const path of [...this.#allowing.keys()]) this.#allowed(path)
        if (!ready) reject(new Error(`The engine ended before it was ready (${signal ?? `exit code ${code}`}).`))
        else if (!this.#stopping) this.#lost(`The engine ended unexpectedly (${signal ?? `exit code ${code}`}).`)
      })
    })
  }

  #receive(message: unknown): void {
    if (isMessage(message, 'allowed') && typeof message.path === 'string') this.#allowed(message.path)
    const news = isMessage(message, 'run') ? newsOf(message) : null
    if (news !== null) this.#news(news)
  }

  #allowed(path: string): void {
    for (const told of this.#allowing.get(path) ?? []) told()
    this.#allowing.delete(path)
  }

  /** A file or folder that the user chose in a native dialog, dropped or opened. Resolves when the engine knows it. */
  allow(path: string): Promise<void> {
    const child = this.#child
    if (child?.connected !== true) return Promise.resolve()
    return new Promise((resolve) => {
      this.#allowing.set(path, [...(this.#allowing.get(path) ?? []), resolve])
      child.send({ type: 'allow', path })
    })
  }

  /** The bytes of a blob as text, checked against its SHA-256. Throws where there is none or it is another. */
  read(id: string): Promise<string> {
    const { port, token } = this.address
    return new Promise((resolve, reject) => {
      const refuse = (why: string) => reject(new Error(`The engine did not hand out the report: ${why}.`))
      const asked = get(
        { host: '127.0.0.1', port, path: `/data/${id}`, headers: { Authorization: `Bearer ${token}` } },
        (answer) => {
          const parts: Buffer[] = []
          let bytes = 0
          answer.on('data', (part: Buffer) => {
            bytes += part.length
            if (bytes > mostBytes) asked.destroy(new Error('it is larger than 32 MB'))
            else parts.push(part)
          })
          answer.on('error', (error) => refuse(error.message))
          answer.on('end', () => {
            const whole = Buffer.concat(parts)
            if (answer.statusCode !== 200) return refuse(`status ${answer.statusCode}`)
            if (createHash('sha256').update(whole).digest('hex') !== id) return refuse('other bytes than asked for')
            resolve(whole.toString('utf8'))
          })
        },
      )
      asked.on('error', (error) => refuse(error.message))
    })
  }

  stop(): void {
    this.#stopping = true
    this.#child?.stdin?.end()
  }
}
