/**
 * A real Electron under a screen of its own, driven like a browser: the pinned one where its binary is there, else an older real one.
 * Everything it reads and writes lies in a home of its own. Native dialogs are answered in the main process.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { takeTurn } from '../../e2e/support/turn.ts'
import { childrenOf } from '../../journeys/host.ts'
import { anyElectron } from '../fetch-electron.mjs'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
const found = anyElectron()
const built = existsSync(join(root, 'out', 'main', 'index.cjs'))

/** Why the lane cannot run here, in words; null where it can. */
export const missing =
  found === null
    ? 'no Electron binary'
    : process.platform !== 'linux' || !existsSync('/usr/bin/Xvfb')
      ? 'no Xvfb'
      : built
        ? null
        : 'no build'
export const kind = found?.kind ?? null
if (missing !== null) console.log(`skipped: ${missing}; the journeys in Electron did not run`)

/** A screen for windows; `free` takes it away. Files take turns, since drawing in software takes whole processors. */
export async function openScreen(): Promise<{ display: string; free(): void }> {
  const done = await takeTurn('browser')
  const screen: ChildProcess = spawn(
    '/usr/bin/Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  const number = await new Promise<string>((resolve, reject) => {
    screen.stdio[3]!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    screen.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)))
  })
  return {
    display: `:${number}`,
    free() {
      screen.kill()
      done()
    },
  }
}

/** A packaged build takes no app path; it loads resources/app beside its program. */
function linkApp(program: string): void {
  const link = join(program, '..', 'resources', 'app')
  try {
    if (realpathSync(readlinkSync(link)) === realpathSync(root)) return
  } catch {
    // Not there, or no link.
  }
  rmSync(link, { recursive: false, force: true })
  symlinkSync(root, link)
}

/** Program and arguments of a start; `words` as a person or the system would add them. */
export function startOf(home: string, words: readonly string[] = []): { program: string; args: string[] } {
  const { program, kind } = found!
  if (kind === 'carried') linkApp(program)
  return {
    program,
    args: [
      ...(kind === 'pinned' ? [root] : []),
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      `--user-data-dir=${join(home, 'profile')}`,
      `--workspace=${join(home, 'workspace')}`,
      ...words,
    ],
  }
}

export function environmentOf(home: string, display: string): Record<string, string> {
  return { ...process.env, DISPLAY: display, HOME: home } as Record<string, string>
}

export class Shell {
  readonly app: ElectronApplication
  readonly page: Page
  readonly home: string
  /** What must never happen and did. */
  readonly complaints: string[]

  private constructor(app: ElectronApplication, page: Page, home: string, complaints: string[]) {
    this.app = app
    this.page = page
    this.home = home
    this.complaints = complaints
  }

  static freshHome(): string {
    return mkdtempSync(join(tmpdir(), 'troi-electron-'))
  }

  static async launch(display: string, home: string, words: readonly string[] = []): Promise<Shell> {
    const { program, args } = startOf(home, words)
    const app = await _electron.launch({ executablePath: program, args, env: environmentOf(home, display) })
    const complaints: string[] = []
    const watched = new Set<Page>()
    const watch = (page: Page) => {
      if (watched.has(page)) return
      watched.add(page)
      // Violations of the content policy are errors on the console.
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
      })
      page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`))
      page.on('websocket', (socket) => {
        if (new URL(socket.url()).hostname !== '127.0.0.1') complaints.push(`socket to ${socket.url()}`)
      })
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url())
        if (protocol !== 'data:' && protocol !== 'blob:' && hostname !== '127.0.0.1')
          complaints.push(`request to ${request.url()}`)
      })
    }
    app.on('window', watch)
    const page = await app.firstWindow()
    watch(page)
    page.setDefaultTimeout(30_000)
    return new Shell(app, page, home, complaints)
  }

  /** Process of the engine. */
  get engine(): number {
    const child = childrenOf(this.app.process().pid!).find(({ command }) => command.includes('server.mjs'))
    if (child === undefined) throw new Error('no engine runs below the shell')
    return child.pid
  }

  /** The next dialogs for opening answer with this path, or as closed for null. */
  async answerOpen(path: string | null): Promise<void> {
    await this.app.evaluate(({ dialog }, chosen) => {
      const answer = { canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] }
      dialog.showOpenDialog = (async () => answer) as typeof dialog.showOpenDialog
    }, path)
  }

  async answerSave(path: string | null): Promise<void> {
    await this.app.evaluate(({ dialog }, chosen) => {
      const answer = chosen === null ? { canceled: true } : { canceled: false, filePath: chosen }
      dialog.showSaveDialog = (async () => answer) as typeof dialog.showSaveDialog
    }, path)
  }

  /** The next file that a page hands out is saved here, as if chosen in the system's dialog. */
  async answerDownload(path: string): Promise<void> {
    await this.app.evaluate(({ session, app }, to) => {
      const kept = app as typeof app & { downloads?: string[] }
      kept.downloads = []
      session.defaultSession.removeAllListeners('will-download')
      session.defaultSession.once('will-download', (_event, item) => {
        item.setSavePath(to)
        item.once('done', (_done, state) => kept.downloads!.push(state))
      })
    }, path)
  }

  /** How the downloads since then ended. */
  downloads(): Promise<string[]> {
    return this.app.evaluate(({ app }) => (app as typeof app & { downloads?: string[] }).downloads ?? [])
  }

  /** The next questions are answered with the button of this name, and kept with their words. */
  async answerQuestions(button: string): Promise<void> {
    await this.app.evaluate(({ dialog, app }, name) => {
      const kept = app as typeof app & { asked?: string[] }
      kept.asked ??= []
      dialog.showMessageBox = (async (...args: unknown[]) => {
        const options = args.at(-1) as { message: string; detail?: string; buttons?: string[] }
        kept.asked!.push(`${options.message} ${options.detail ?? ''}`)
        return { response: options.buttons?.indexOf(name) ?? 0, checkboxChecked: false }
      }) as typeof dialog.showMessageBox
    }, button)
  }

  /** Questions that were asked since `answerQuestions`. */
  asked(): Promise<string[]> {
    return this.app.evaluate(({ app }) => (app as typeof app & { asked?: string[] }).asked ?? [])
  }

  async close(): Promise<void> {
    await this.app.close()
  }
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(status.slice(status.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}
