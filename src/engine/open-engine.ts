/** An engine with its router, as the server and the command line open it. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Engine } from './engine.ts'
import { type Places, standardPlaces } from './places.ts'
import { createRouter, type Router } from './router.ts'
import type { BackendChoice } from './tensor/backend-names.ts'

export interface OpenEngineOptions {
  /** What clients may reach; without it workspace, examples, home and `roots`. */
  readonly places?: Places
  readonly workspace?: string | undefined
  readonly roots?: readonly string[]
  /** Folder for the list of recent projects; TROI_USER_DATA or the system's place for such things without it. */
  readonly userData?: string | undefined
  /** Threads of a job; as many as there are cores without it. */
  readonly threads?: number
  /** The engine that trains; the user's preference without it. */
  readonly backend?: BackendChoice | undefined
  /** Where mistakes of the program are told. */
  readonly log?: (text: string) => void
}

export interface OpenedEngine {
  readonly engine: Engine
  readonly router: Router
}

export function openEngine(options: OpenEngineOptions = {}): OpenedEngine {
  const engine = new Engine({
    places: options.places ?? standardPlaces({ workspace: options.workspace, roots: options.roots ?? [] }),
    userData: resolve(options.userData ?? defaultUserData()),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    backend: options.backend,
  })
  return { engine, router: createRouter(engine, options.log === undefined ? {} : { log: options.log }) }
}

export function defaultUserData(): string {
  const { TROI_USER_DATA, APPDATA, XDG_DATA_HOME } = process.env
  if (TROI_USER_DATA) return TROI_USER_DATA
  const name = 'troi-workstation'
  if (process.platform === 'win32') return join(APPDATA || join(homedir(), 'AppData', 'Roaming'), name)
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', name)
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), name)
}
