/**
 * The windows, one per project. A window says which project it shows; one that is opened from outside (double click, second start,
 * menu) goes to its window, to a window without a project, or to a new one.
 */
import { BrowserWindow, type WebContents } from 'electron'
import { guardWindow } from './guards.ts'
import { realOf } from './launch.ts'
import { rememberWindow, restoreWindow } from './window-state.ts'

export interface Shown {
  readonly window: BrowserWindow
  /** Real folder of the project that it shows, or was asked to show; null on the first screen. */
  project: string | null
  /** Given to the page when it asks what to open. */
  wanted: string | null
  /** Its page has asked; from then on it is told. */
  asked: boolean
}

export interface WindowsParts {
  readonly origin: () => string
  /** With the token in the fragment, which is never sent. */
  readonly address: () => string
  /** The engine may read a path that the person opened. */
  readonly allow: (path: string) => Promise<void>
  /** False keeps a window open. */
  readonly mayClose: (shown: Shown) => boolean
}

/** Further windows do not hide the ones below. */
const step = 28

export class Windows {
  readonly #parts: WindowsParts
  readonly #all = new Set<Shown>()

  constructor(parts: WindowsParts) {
    this.#parts = parts
  }

  get all(): readonly Shown[] {
    return [...this.#all]
  }

  of(contents: WebContents): Shown | null {
    return this.all.find(({ window }) => window.webContents === contents) ?? null
  }

  get front(): Shown | null {
    const focused = BrowserWindow.getFocusedWindow()
    return this.all.find(({ window }) => window === focused) ?? this.all.at(-1) ?? null
  }

  async open(project: string | null = null): Promise<void> {
    const place = restoreWindow()
    const offset = step * this.#all.size
    const window = new BrowserWindow({
      ...place,
      ...(place.x === undefined || place.y === undefined ? {} : { x: place.x + offset, y: place.y + offset }),
      minWidth: 1024,
      minHeight: 680,
      show: false,
      backgroundColor: '#121518',
      title: 'TROI Workstation',
      webPreferences: {
        preload: `${__dirname}/../preload/index.cjs`,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        spellcheck: false,
      },
    })
    const shown: Shown = { window, project, wanted: project, asked: false }
    this.#all.add(shown)
    guardWindow(window.webContents, this.#parts.origin)
    rememberWindow(window)
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      if (!this.#parts.mayClose(shown)) event.preventDefault()
    })
    window.on('closed', () => this.#all.delete(shown))
    window.webContents.on('render-process-gone', () => this.#load(shown))
    await this.#load(shown)
  }

  /** Loads the page anew: at first, after its process died, and when the engine was started again. */
  async #load(shown: Shown): Promise<void> {
    shown.wanted = shown.project
    shown.asked = false
    if (shown.project !== null) await this.#parts.allow(shown.project)
    if (!shown.window.isDestroyed()) await shown.window.loadURL(this.#parts.address())
  }

  async reload(): Promise<void> {
    await Promise.all(this.all.map((shown) => this.#load(shown)))
  }

  focus({ window }: Shown): void {
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  /** A project opened from outside the page. */
  async openProject(folder: string): Promise<void> {
    const there = this.all.find(({ project }) => project === folder)
    if (there !== undefined) return this.focus(there)
    const free = this.all.find(({ project }) => project === null)
    if (free === undefined) return this.open(folder)
    free.project = folder
    await this.#parts.allow(folder)
    if (free.asked) free.window.webContents.send('troi:open', folder)
    else free.wanted = folder
    this.focus(free)
  }

  /** What a fresh page is to open. */
  wantedBy(shown: Shown): string | null {
    const { wanted } = shown
    shown.asked = true
    shown.wanted = null
    return wanted
  }

  /**
   * A page says which project it shows now, by folder. False where another window shows it already, which then comes to the front.
   */
  shows(shown: Shown, folder: string | null): boolean {
    const real = folder === null ? null : realOf(folder)
    const other = real === null ? undefined : this.all.find((one) => one !== shown && one.project === real)
    shown.project = other === undefined ? real : null
    if (other !== undefined) this.focus(other)
    return other === undefined
  }
}
