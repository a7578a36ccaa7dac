/**
 * The engine in this process, one project in it, and its items by the names that people use. Everything goes through the
 * contract's client, as a window's questions do.
 */
import { basename, resolve } from 'node:path'
import type { Place } from '../core/contract/common.ts'
import type { Project } from '../core/contract/contract.ts'
import { type EmbeddingChoice, embeddingName } from '../core/contract/pack.ts'
import type { Subject } from '../core/contract/result.ts'
import type { Run, RunRequest } from '../core/contract/run.ts'
import { type Problem, ProblemError, unwrap } from '../core/problem.ts'
import { type Client, problemOf } from '../core/transport/client.ts'
import { inProcessClient } from '../core/transport/in-process.ts'
import { type OpenedEngine, openEngine } from '../engine/open-engine.ts'
import { everywhere, type Places } from '../engine/places.ts'
import { Interrupts } from './interrupts.ts'
import { progressOf } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** Ends after which a run can be gone on with. */
const unfinishedEnds: readonly Run['status'][] = ['interrupted', 'cancelled', 'failed']

export interface Named {
  readonly id: string
  readonly name: string
}

export class Session {
  readonly client: Client
  readonly #places: Places
  readonly #opened: OpenedEngine
  readonly #terminal: Terminal
  readonly #interrupts: Interrupts
  readonly #onSignal = () => this.#interrupts.signal()
  #tidy: () => void = () => {}

  constructor(terminal: Terminal, paths: readonly string[] = []) {
    this.#terminal = terminal
    this.#places = everywhere(paths)
    this.#opened = openEngine({
      places: this.#places,
      backend: terminal.backend,
      log: (text) => terminal.say(text),
    })
    this.client = inProcessClient(this.#opened.router)
    this.#interrupts = new Interrupts(() => {
      terminal.say('Stopped at once.')
      const leave = () => {
        this.#tidy()
        process.exit(130)
      }
      // Closing the engine ends the job's process too; whatever comes of it, this one ends now.
      setTimeout(leave, 1000)
      void this.#opened.engine.close().finally(leave)
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onSignal)
  }

  place(path: string): Place {
    return unwrap(this.#places.locate(resolve(path)))
  }

  /** The project in a folder. NOT_FOUND where there is none. */
  open(folder: string): Promise<Project> {
    return this.client.projects.open({ place: this.place(folder) })
  }

  /** The project in a folder, made if the folder is missing or empty. */
  async openOrCreate(folder: string): Promise<Project> {
    const place = this.place(folder)
    try {
      return await this.client.projects.open({ place })
    } catch (error) {
      if (problemOf(error).code !== 'NOT_FOUND') throw error
      await this.#refuseOthersFolder(place, folder)
      return this.client.projects.create({ place, name: basename(resolve(folder)) || 'Project' })
    }
  }

  /** A project is not scattered over a folder that holds something else. */
  async #refuseOthersFolder(place: Place, folder: string): Promise<void> {
    const inside = await this.client.system.list(place).catch(() => [])
    if (inside.length === 0) return
    throw new ProblemError({
      code: 'ALREADY_EXISTS',
      message: 'This folder is not empty and holds no project.',
      where: folder,
      expected: 'a project, an empty folder, or one that is not there yet',
      fix: 'Name another folder.',
    })
  }

  async subject(project: Project, name: string): Promise<Subject> {
    return pick('subject', name, await this.client.data.subjects({ project: project.id }))
  }

  /**
   * The backbone asked for; without a word for it the newest that was trained on the same kind of targets, and with `embedding` where
   * one is asked for; null for `none`.
   */
  async backbone(
    project: Project,
    subject: Subject,
    name: string | undefined,
    embedding?: EmbeddingChoice,
  ): Promise<Named | null> {
    if (name === 'none') return null
    const backbones = await this.client.results.backbones({ project: project.id })
    if (name !== undefined) return pick('backbone', name, backbones)
    const subjects = await this.client.data.subjects({ project: project.id })
    const sameTargets = (other: string) =>
      subjects.some(
        (one) =>
          one.name === other &&
          one.origin === subject.origin &&
          one.targets === subject.targets &&
          one.labels.join('\n') === subject.labels.join('\n'),
      )
    const fitting = backbones.filter(
      (one) =>
        one.subjects.length > 0 &&
        one.subjects.every(sameTargets) &&
        (embedding === undefined || embeddingName(one.embedding ?? 'built-in') === embeddingName(embedding)),
    )
    return fitting.at(-1) ?? null
  }

  async start(project: Project, request: RunRequest): Promise<Run> {
    return this.follow(project, await this.client.runs.start({ project: project.id, request }))
  }

  /** The run that did, or did not finish, what is asked: used where it is done, else gone on with; null where there is none. */
  async again(project: Project, isSame: (request: RunRequest) => boolean): Promise<Run | null> {
    const ids = { project: project.id }
    const runs = (await this.client.runs.list(ids)).filter(({ request }) => isSame(request))
    const done = runs.filter(({ status }) => status === 'done').at(-1)
    if (done !== undefined) return done
    const unfinished = runs.at(-1)
    if (unfinished === undefined) return null
    // One that still waits begins by itself.
    if (!unfinishedEnds.includes(unfinished.status)) return this.follow(project, unfinished)
    this.#terminal.say(`${unfinished.name} goes on from where it was ${unfinished.status}.`)
    return this.follow(project, await this.client.runs.resume({ ...ids, run: unfinished.id }))
  }

  /** Work that Ctrl-C cancels by its signal. */
  cancellable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const asked = new AbortController()
    const ask = () => {
      this.#terminal.say('Cancelling. Ctrl-C again ends at once.')
      asked.abort()
    }
    return this.#interrupts.during(ask, work(asked.signal))
  }

  /** What is to be taken away again where everything ends at once, with the project closed as far as it could be. */
  onForcedEnd(tidy: () => void): void {
    this.#tidy = tidy
  }

  /** Work of many steps: after Ctrl-C, the step that goes on is asked to stop, and `next` lets no other begin: it throws CANCELLED. */
  steps<T>(work: (next: () => void) => Promise<T>): Promise<T> {
    const next = () => {
      if (this.#interrupts.asked) throw new ProblemError(cancelled)
    }
    const ask = () => this.#terminal.say('Stopping after this step. Ctrl-C again ends at once.')
    return this.#interrupts.during(ask, work(next))
  }

  /**
   * Shows a run until it is done. A run that ends otherwise becomes its problem. Ctrl-C cancels it, or with `leave` only stops
   * waiting for it, with the problem that this gives.
   */
  async follow(project: Project, begun: Run, leave?: (run: Run) => Problem): Promise<Run> {
    const ids = { project: project.id, run: begun.id }
    const cancel = () => {
      this.#terminal.say('Cancelling; what was reached is kept. Ctrl-C again ends at once.')
      this.client.runs.cancel(ids).catch(() => {})
    }
    const watching = async (): Promise<Run> => {
      for await (const event of await this.client.runs.watch(ids)) this.#terminal.progress(progressOf(event.run))
      this.#terminal.endProgress()
      return this.client.runs.get(ids)
    }
    let ask = cancel
    const left = new Promise<never>((_, reject) => {
      if (leave === undefined) return
      ask = () => void this.client.runs.get(ids).then((run) => reject(new ProblemError(leave(run))), reject)
    })
    const run = await this.#interrupts.during(() => ask(), Promise.race([watching(), left]))
    if (run.status === 'done') return run
    throw new ProblemError(problemOfRun(run))
  }

  /** Takes what is open off the list of recent projects, where it is not going to stay. */
  async forgetProjects(): Promise<void> {
    for (const { store } of this.#opened.engine.openProjects()) await this.client.projects.forget({ project: store.id })
  }

  async close(): Promise<void> {
    await this.#opened.engine.close()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onSignal)
  }
}

const cancelled: Problem = {
  code: 'CANCELLED',
  message: 'Cancelled between two steps.',
  fix: 'The same command goes on where it stopped.',
}

/** Why a run is not done. */
export function problemOfRun(run: Run): Problem {
  if (run.problem !== null) return { ...run.problem, where: run.problem.where ?? run.name }
  if (run.status === 'cancelled')
    return { code: 'CANCELLED', message: `${run.name} was cancelled.`, fix: 'The same command goes on or begins anew.' }
  return { code: 'JOB_LOST', message: `${run.name} ended as ${run.status}.`, where: run.name }
}

/**
 * The one item of a name or id; "sub-" before a subject's name may be left out. NOT_FOUND lists what there is; of several with
 * one name one must be named by its id.
 */
export function pick<T extends Named>(what: string, name: string, items: readonly T[]): T {
  const plain = (text: string) => text.toLowerCase().replace(/^sub-/, '')
  const exact = items.filter((item) => item.id === name || item.name === name)
  const found = exact.length > 0 ? exact : items.filter((item) => plain(item.name) === plain(name))
  const [first, ...others] = found
  if (first === undefined) {
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: `This project has no ${what} called "${name}".`,
      expected: items.length === 0 ? `a ${what}; there is none yet` : items.map((item) => item.name).join(', '),
    })
  }
  if (others.length > 0) {
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `This project has ${found.length} items called "${name}".`,
      expected: `one of the ids ${found.map((item) => item.id).join(', ')}`,
    })
  }
  return first
}
