/**
 * The engine: open projects with their queues. Everything a client can ask ends in a plain function here or beside it; transports
 * and command line only carry the questions.
 */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../core/contract/common.ts'
import type { Project } from '../core/contract/contract.ts'
import type { Estimate } from '../core/contract/estimate.ts'
import type { Run, RunRequest } from '../core/contract/run.ts'
import { ProblemError, unwrap } from '../core/problem.ts'
import { productRoot } from './entry-point.ts'
import {
  checkDemoRoom,
  checkRoom,
  estimateDemo,
  estimateOf,
  type FreeRoom,
  freeRoom,
  sizesOf,
} from './estimate/estimate-request.ts'
import { Packs } from './packs/packs.ts'
import type { Places } from './places.ts'
import { UserPreferences } from './project/preferences.ts'
import { ProjectStore } from './project/project-store.ts'
import { RecentProjects } from './project/recent-projects.ts'
import { nextStep, peekState } from './project/waiting.ts'
import { settleEmbedding } from './runs/embedding-of-run.ts'
import { checkRequest, inputsOf, relatedTo } from './runs/run-inputs.ts'
import { type QueueOptions, RunQueue } from './runs/run-queue.ts'
import { slurmHere } from './slurm/commands.ts'
import { fullSettings } from './slurm/defaults.ts'
import type { BackendChoice } from './tensor/backend-names.ts'
import { engineFolders } from './tensor/extras.ts'
import { TrainingBackend } from './tensor/training-backend.ts'
import { program, version } from './version.ts'

export { version }

type DemoSize = Extract<RunRequest, { kind: 'demo' }>['size']

export interface EngineOptions {
  readonly places: Places
  /** Folder for the list of recent projects and the user's preferences. */
  readonly userData: string
  readonly threads?: number
  /** The engine that trains; TROI_BACKEND or the user's preference without it, else the first that can be used. */
  readonly backend?: BackendChoice | undefined
  /** What is free for a project in a folder; tests say other numbers. */
  readonly freeRoom?: FreeRoom
}

export interface OpenProject {
  readonly store: ProjectStore
  readonly queue: RunQueue
}

export class Engine {
  readonly places: Places
  readonly preferences: UserPreferences
  readonly packs: Packs
  readonly backend: TrainingBackend
  readonly #recent: RecentProjects
  readonly #open = new Map<string, OpenProject>()
  readonly #queueOptions: QueueOptions
  readonly #freeRoom: FreeRoom
  #told: (project: ProjectStore, run: Run) => void = () => {}

  constructor(options: EngineOptions) {
    this.places = options.places
    this.preferences = new UserPreferences(options.userData)
    this.packs = new Packs({
      shipped: join(productRoot(), 'resources', 'packs'),
      installed: (forWriting) => {
        const place = this.places.resolve({ root: 'workspace', path: 'packs' }, forWriting)
        return place.ok ? place.value : null
      },
    })
    this.#recent = new RecentProjects(options.userData)
    this.#freeRoom = options.freeRoom ?? freeRoom
    const threads = options.threads ?? null
    const engines = engineFolders([join(options.userData, 'engines'), join(productRoot(), 'engines')])
    this.backend = new TrainingBackend({
      asked: options.backend,
      preferred: () => this.preferences.read().backend,
      threads,
      engines,
    })
    this.#queueOptions = {
      builtBy: program(),
      threads,
      machine: async (run) => ({ backend: await this.backend.ofRun(run), engines }),
      patience: { terminate: 2000, kill: 5000 },
    }
  }

  async #adopt(store: ProjectStore): Promise<OpenProject> {
    const options = { ...this.#queueOptions, told: (run: Run) => this.#told(store, run) }
    const queue = new RunQueue(store, options, async (run) => inputsOf(store, run, await this.packs.usable()))
    await queue.recover()
    const project = { store, queue }
    this.#open.set(store.id, project)
    this.#recent.remember({ id: store.id, name: store.name, folder: store.folder })
    void queue.advance()
    return project
  }

  async create(folder: string, name: string): Promise<OpenProject> {
    return this.#adopt(await ProjectStore.create(folder, name))
  }

  /** Opening what is open already gives the same project. */
  async open(folder: string): Promise<OpenProject> {
    for (const project of this.#open.values()) if (samePath(project.store.folder, folder)) return project
    return this.#adopt(await ProjectStore.open(folder))
  }

  project(id: string): OpenProject {
    const project = this.#open.get(id)
    if (project === undefined)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: 'This project is not open.',
        where: id,
        fix: 'Open it from the list of projects.',
      })
    return project
  }

  /** Everything that is open, in the order in which it was opened. */
  openProjects(): readonly OpenProject[] {
    return [...this.#open.values()]
  }

  async closeProject(id: string): Promise<void> {
    const project = this.project(id)
    this.#open.delete(id)
    await project.queue.close()
    await project.store.close()
  }

  async describe(project: OpenProject): Promise<Project> {
    const { id, name, folder } = project.store
    return {
      id,
      name,
      folder: shorten(folder),
      place: this.#placeOf(folder),
      opened: new Date().toISOString(),
      missing: false,
      next: await nextOf(project),
    }
  }

  #placeOf(folder: string): Place {
    const place = this.places.locate(folder)
    return place.ok ? place.value : { root: 'outside', path: '' }
  }

  async recent(): Promise<Project[]> {
    const out: Project[] = []
    for (const { id, name, folder, opened } of this.#recent.list()) {
      const open = this.#open.get(id)
      const missing = !exists(folder)
      out.push({
        id,
        name,
        folder: shorten(folder),
        place: this.#placeOf(folder),
        opened,
        missing,
        next: open === undefined ? await nextOfClosed(folder) : await nextOf(open),
      })
    }
    return out
  }

  forget(id: string): void {
    this.#recent.forget(id)
  }

  /** Checks a request against what is there, and puts it in the queue. */
  async start(project: OpenProject, request: RunRequest): Promise<Run> {
    await checkRequest(project.store, request)
    await checkRoom(project.store, request, this.#freeRoom)
    if (trainsHere(request)) await this.backend.check()
    const placed = await this.#placed(project, request)
    const settled = await settleEmbedding(project.store, await this.packs.list(), placed)
    const { subject, parents } = await relatedTo(project.store, settled)
    return project.queue.add(await project.store.addRun(settled, subject, parents))
  }

  /** A request for Slurm, with all that its jobs ask for. UNAVAILABLE where this computer has no Slurm. */
  async #placed({ store }: OpenProject, request: RunRequest): Promise<RunRequest> {
    if (request.kind !== 'experiment' || request.slurm === undefined) return request
    unwrap(slurmHere())
    const { slurm } = request
    const needsSpeed = slurm.time === undefined || slurm.memory === undefined
    const speed = needsSpeed ? await this.backend.secondsPerWeight('wasm') : 1
    return { ...request, slurm: fullSettings(slurm, request, await sizesOf(store, request), speed) }
  }

  /** What a run would need here. The speed of this computer is measured once. Throws what `start` would throw of the request. */
  async estimate(project: OpenProject, request: RunRequest): Promise<Estimate | null> {
    await checkRequest(project.store, request)
    return estimateOf(project.store, request, this.#freeRoom, await this.backend.secondsPerWeight())
  }

  /** What a demo would need in a folder of its own in the workspace. */
  async estimateDemo(size: DemoSize, seeds: readonly number[]): Promise<Estimate> {
    const folder = this.resolve({ root: 'workspace', path: '' })
    return estimateDemo(size, seeds, folder, this.#freeRoom, await this.backend.secondsPerWeight())
  }

  /** DISK_FULL before a project is made for a demo that its disk cannot keep. */
  checkDemo(size: DemoSize, seeds: readonly number[], folder: string): Promise<void> {
    return checkDemoRoom(size, seeds, folder, this.#freeRoom)
  }

  /** File of a blob of any open project, or null. */
  findBlob(id: string): string | null {
    for (const { store } of this.#open.values()) {
      const path = store.blobs.find(id)
      if (path !== null) return path
    }
    return null
  }

  /** One listener hears when a run of any project starts, pauses, goes on or ends. */
  onRun(listener: (project: ProjectStore, run: Run) => void): void {
    this.#told = listener
  }

  get busy(): boolean {
    return [...this.#open.values()].some((project) => project.queue.busy)
  }

  resolve(place: Place, forWriting = false): string {
    return unwrap(this.places.resolve(place, forWriting))
  }

  async close(): Promise<void> {
    await this.packs.close()
    for (const id of [...this.#open.keys()]) await this.closeProject(id)
  }
}

/** An import trains nothing, and jobs on Slurm bring their own engine. */
function trainsHere(request: RunRequest): boolean {
  return request.kind !== 'import' && !(request.kind === 'experiment' && request.slurm !== undefined)
}

function samePath(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b)
  } catch {
    return false
  }
}

function exists(path: string): boolean {
  return samePath(path, path)
}

/** For reading only: the user's home as ~. */
export function shorten(path: string): string {
  const home = process.env.HOME ?? process.env.USERPROFILE ?? ''
  return home !== '' && (path === home || path.startsWith(`${home}/`) || path.startsWith(`${home}\\`))
    ? `~${path.slice(home.length)}`
    : path
}

/** The same for one that is not open; null where it cannot be read. */
async function nextOfClosed(folder: string): Promise<string | null> {
  const state = await peekState(folder)
  return state === null ? null : nextStep(state)
}

/** What waits in an open project. */
async function nextOf({ store }: OpenProject): Promise<string | null> {
  const masks = await store.listMasks()
  return nextStep({
    runs: await store.runs(),
    masks: masks.map(({ name, verdict }) => ({ name, reviewed: verdict !== null })),
  })
}
