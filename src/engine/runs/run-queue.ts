/**
 * The queue of a project: runs wait in the database, one process works on one run at a time. What a process says is kept and
 * passed on to whoever watches; when it dies, its run is interrupted and can be resumed.
 */
import { fork } from 'node:child_process'
import { isTestRun, type Run, type RunEvent, type RunStatus } from '../../core/contract/run.ts'
import type { SlurmSettings } from '../../core/contract/slurm.ts'
import { ProblemError } from '../../core/problem.ts'
import { entryPoint } from '../entry-point.ts'
import type { ProjectStore } from '../project/project-store.ts'
import { cancelLeft, keepSettings } from '../slurm/attempt.ts'
import { slurmEnvironment } from '../slurm/commands.ts'
import { SlurmFolder } from '../slurm/slurm-folder.ts'
import { type ActiveRun, activeRun } from './active-run.ts'
import { rowsSoFar } from './job.ts'
import { jobEnvironment } from './job-environment.ts'
import { type FromJob, type JobInputs, type JobMachine, plainMachine, type ToJob } from './protocol.ts'
import { RunFeed, resting } from './run-feed.ts'
import {
  checkMove,
  checkPause,
  closedWhileGoing,
  isOnSlurm,
  lost,
  notRunning,
  outOfMemory,
  slurmPatience,
} from './run-states.ts'

export interface QueueOptions {
  /** App version and runtime; a job adds the engine it found. Bits are promised only while both stay the same. */
  readonly builtBy: string
  readonly threads: number | null
  /** What a run trains on, asked when it begins. */
  readonly machine?: (run: Run) => Promise<JobMachine>
  /** Milliseconds after a cancel until SIGTERM and SIGKILL. */
  readonly patience: { readonly terminate: number; readonly kill: number }
  /** Called when a run starts, pauses, goes on or ends. */
  readonly told?: (run: Run) => void
}

export class RunQueue {
  readonly #store: ProjectStore
  readonly #options: QueueOptions
  readonly #inputsOf: (run: Run) => Promise<JobInputs>
  #active: ActiveRun | null = null
  #closing = false
  #starting: Promise<void> = Promise.resolve()
  readonly #feed: RunFeed
  readonly #ended = new Map<string, Set<(run: Run) => void>>()

  constructor(store: ProjectStore, options: QueueOptions, inputsOf: (run: Run) => Promise<JobInputs>) {
    this.#store = store
    this.#options = options
    this.#inputsOf = inputsOf
    this.#feed = new RunFeed(store, (id) => this.describe(id))
  }

  /** Runs that were going when the engine last ended are interrupted now. */
  async recover(): Promise<void> {
    for (const run of await this.#store.runs()) {
      if (run.status === 'running' || run.status === 'paused' || run.status === 'cancelling')
        await this.#store.updateRun(run.id, { status: 'interrupted', problem: lost(run) })
    }
  }

  /** Starts the next queued run if nothing is running. */
  advance(): Promise<void> {
    this.#starting = this.#starting.then(async () => {
      if (this.#closing || this.#active !== null) return
      const next = (await this.#store.runs()).find((run) => run.status === 'queued')
      if (next !== undefined) await this.#start(next)
    })
    return this.#starting
  }

  async #move(run: Run, status: RunStatus, change: Parameters<ProjectStore['updateRun']>[1] = {}): Promise<void> {
    checkMove(await this.#store.run(run.id), status)
    await this.#store.updateRun(run.id, { status, ...change })
  }

  async #start(run: Run): Promise<void> {
    const folder = this.#store.runFolder(run.id)
    const resume = run.started !== null
    const started = new Date().toISOString()
    try {
      folder.create()
      if (!resume)
        folder.writeJson('run.json', {
          format: 1,
          id: run.id,
          name: run.name,
          kind: run.kind,
          request: run.request,
          created: run.created,
          builtBy: this.#options.builtBy,
        })
      const inputs = await this.#inputsOf(run)
      const machine = (await this.#options.machine?.(run)) ?? plainMachine
      const child = fork(entryPoint('runs/job-process.ts', 'job-process.mjs'), [], {
        serialization: 'advanced',
        execArgv: [],
        env: isOnSlurm(run) ? slurmEnvironment() : jobEnvironment(machine.engines),
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      })
      const active = activeRun(run, child)
      // The end of a process can be told before its last messages are; only the end of the channel is the end.
      const ends = ['exit', 'disconnect'].map((event) => new Promise((resolve) => child.once(event, resolve)))
      active.over = Promise.all(ends).then(() => this.#gone(active))
      this.#active = active
      await this.#move(run, 'running', { started: run.started ?? started, ended: null, problem: null })
      child.stderr?.on('data', (chunk: Buffer) => {
        // The reason comes first; what follows it is a list of addresses.
        active.words = (active.words + chunk.toString()).slice(0, 8000)
      })
      child.on('message', (message) => {
        const received = this.#inTurn(active, () => this.#receive(active, message as FromJob))
        void received.catch((error) => this.#fail(active, error))
      })
      child.on('error', (error) => void this.#fail(active, error))
      this.#say(active, {
        type: 'start',
        project: this.#store.folder,
        run,
        resume,
        inputs,
        builtBy: this.#options.builtBy,
        threads: this.#options.threads,
        ...machine,
      })
      this.#options.told?.({ ...run, status: 'running' })
      await this.#publish(active, folder.lastSeq(), [], null)
    } catch (error) {
      this.#active = null
      if (!(error instanceof ProblemError)) throw error
      await this.#store.updateRun(run.id, {
        status: 'failed',
        started: run.started ?? started,
        ended: new Date().toISOString(),
        problem: error.problem,
      })
      await this.#tellEnd(run.id)
      void this.advance()
    }
  }

  /** One thing after the other: what a process says and what is asked of it change the same run. */
  #inTurn<T>(active: ActiveRun, work: () => Promise<T>): Promise<T> {
    const next = active.turn.then(work)
    active.turn = next.then(
      () => {},
      () => {},
    )
    return next
  }

  #say(active: ActiveRun, message: ToJob): void {
    if (active.child.connected) active.child.send(message)
  }

  #elapsed(active: ActiveRun): number {
    return active.worked + (active.since === null ? 0 : (performance.now() - active.since) / 1000)
  }

  async #receive(active: ActiveRun, message: FromJob): Promise<void> {
    const { run } = active
    switch (message.type) {
      case 'device':
        return this.#store.updateRun(run.id, { device: message.device })
      case 'phases':
        active.phases = message.phases
        active.remaining = message.remaining
        await this.#store.updateRun(run.id, { phases: message.phases, elapsed: this.#elapsed(active) })
        return this.#publish(active, 0, [], null)
      case 'points':
        return this.#publish(active, message.seq, message.points, null)
      case 'snapshot':
        return this.#publish(active, 0, [], message.epoch)
      case 'rows':
        return this.#publish(active, 0, [], null)
      case 'paused':
        active.worked = this.#elapsed(active)
        active.since = message.paused ? null : performance.now()
        // A pause that a cancel has overtaken is no news any more.
        if ((await this.#store.run(run.id)).status === 'cancelling') return
        await this.#move(run, message.paused ? 'paused' : 'running', { elapsed: active.worked })
        this.#options.told?.({ ...run, status: message.paused ? 'paused' : 'running' })
        return this.#publish(active, 0, [], null)
      case 'artifacts':
        await this.#store.addArtifacts(run.id, message.artifacts)
        return this.#publish(active, 0, [], null)
      case 'done':
        active.finished = true
        await this.#store.finishRun(
          run.id,
          message.artifacts,
          {
            status: 'done',
            ended: new Date().toISOString(),
            elapsed: this.#elapsed(active),
            phases: active.phases,
          },
          // The numbers of a test run are no results.
          isTestRun(run.request) ? [] : rowsSoFar(this.#store.runFolder(run.id)),
        )
        this.#store.runFolder(run.id).dropCheckpoints()
        return
      case 'problem': {
        active.finished = true
        const cancelled = message.problem.code === 'CANCELLED'
        await this.#move(run, cancelled ? 'cancelled' : 'failed', {
          ended: new Date().toISOString(),
          elapsed: this.#elapsed(active),
          problem: cancelled ? null : message.problem,
        })
        return
      }
      default:
        return message satisfies never
    }
  }

  async #fail(active: ActiveRun, error: unknown): Promise<void> {
    active.finished = true
    const problem =
      error instanceof ProblemError
        ? error.problem
        : { code: 'INTERNAL' as const, message: 'The result of this run could not be stored.', fix: 'Resume it.' }
    active.child.kill('SIGKILL')
    await this.#store
      .updateRun(active.run.id, { status: 'failed', ended: new Date().toISOString(), problem })
      .catch(() => {})
  }

  async #gone(active: ActiveRun): Promise<void> {
    for (const timer of active.timers) clearTimeout(timer)
    // What the process said last may still be on its way into the database.
    await active.turn
    if (this.#active === active) this.#active = null
    if (this.#closing) return
    if (!active.finished) {
      const { status } = await this.#store.run(active.run.id)
      const { signalCode, exitCode } = active.child
      const ending = `The process ended by ${signalCode ?? `exit code ${exitCode}`}. ${active.words}`
      this.#store.runFolder(active.run.id).log(ending.trim())
      const next = status === 'cancelling' ? 'cancelled' : 'interrupted'
      await this.#store.updateRun(active.run.id, {
        status: next,
        ended: new Date().toISOString(),
        elapsed: this.#elapsed(active),
        problem: next === 'cancelled' ? null : /out of memory/i.test(active.words) ? outOfMemory : lost(active.run),
      })
    }
    await this.#tellEnd(active.run.id)
    void this.advance()
  }

  async #publish(
    active: ActiveRun,
    seq: number,
    points: RunEvent['points'],
    snapshotEpoch: number | null,
  ): Promise<void> {
    await this.#feed.publish(active.run.id, seq, points, snapshotEpoch)
  }

  async #tellEnd(id: string): Promise<void> {
    const run = await this.#store.run(id)
    this.#options.told?.(run)
    this.#feed.end(run)
    for (const told of this.#ended.get(id) ?? []) told(run)
    this.#ended.delete(id)
  }

  /** A run with the clock of this moment. */
  async describe(id: string): Promise<Run> {
    const run = await this.#store.run(id)
    const active = this.#activeOf(id)
    return active === null
      ? run
      : {
          ...run,
          phases: active.phases.length > 0 ? active.phases : run.phases,
          elapsed: this.#elapsed(active),
          remaining: active.remaining,
        }
  }

  async add(run: Run): Promise<Run> {
    void this.advance()
    return run
  }

  async pause(id: string): Promise<Run> {
    // Said before anything is awaited, so that a resume right after cannot overtake it.
    const active = this.#activeOf(id) ?? notRunning(await this.#store.run(id))
    checkPause(active.run)
    this.#say(active, { type: 'pause' })
    return this.describe(id)
  }

  /** `slurm`: what is asked for from now on, of a run whose jobs are on Slurm. */
  async resume(id: string, slurm?: SlurmSettings): Promise<Run> {
    const active = this.#activeOf(id)
    if (slurm !== undefined) keepSettings(await this.#store.run(id), this.#store.runFolder(id), slurm)
    if (active?.finished === false) {
      this.#say(active, { type: 'continue' })
      return this.describe(id)
    }
    // Its process has said its last word but is not gone yet.
    await active?.over
    const run = await this.#store.run(id)
    await this.#move(run, 'queued', { problem: null, ended: null })
    void this.advance()
    return this.describe(id)
  }

  /** Acknowledged at once; the process stops at its next breath, or is stopped after a while. */
  async cancel(id: string): Promise<Run> {
    const waited = await this.#cancelWaiting(id)
    const run = await this.#store.run(id)
    const left = isOnSlurm(run) && (waited || run.status === 'interrupted')
    if (left) await cancelLeft(new SlurmFolder(this.#store.runFolder(id)))
    if (left && !waited) await this.#move(run, 'cancelled', { problem: null })
    if (left || waited) return this.describe(id)
    const active = this.#activeOf(id) ?? notRunning(run)
    await this.#inTurn(active, async () => {
      if ((await this.#store.run(id)).status !== 'cancelling') await this.#move(run, 'cancelling')
    })
    this.#say(active, { type: 'cancel' })
    const { terminate, kill } = isOnSlurm(run) ? slurmPatience : this.#options.patience
    active.timers.push(
      setTimeout(() => active.child.kill('SIGTERM'), terminate),
      setTimeout(() => active.child.kill('SIGKILL'), kill),
    )
    await this.#publish(active, 0, [], null)
    return this.describe(id)
  }

  /** Cancels a run that waits; false where it does not wait any more. Never while one is being started: it would be both. */
  #cancelWaiting(id: string): Promise<boolean> {
    const cancelled = this.#starting.then(async () => {
      const run = await this.#store.run(id)
      if (run.status !== 'queued') return false
      await this.#move(run, 'cancelled', { ended: new Date().toISOString() })
      await this.#tellEnd(id)
      return true
    })
    this.#starting = cancelled.then(
      () => {},
      () => {},
    )
    return cancelled
  }

  #activeOf(id: string): ActiveRun | null {
    return this.#active?.run.id === id ? this.#active : null
  }

  /** Everything after `since`, then what comes, until the run rests or the reader leaves. */
  watch(id: string, since: number, signal?: AbortSignal): AsyncGenerator<RunEvent> {
    return this.#feed.watch(id, since, signal)
  }

  /** Resolves when the run rests: done, failed, cancelled or interrupted. */
  async finished(id: string): Promise<Run> {
    const run = await this.#store.run(id)
    if (resting(run.status)) return run
    return new Promise((resolve) => {
      const told = this.#ended.get(id) ?? new Set()
      this.#ended.set(id, told)
      told.add(resolve)
    })
  }

  get busy(): boolean {
    return this.#active !== null
  }

  /** Ends the running process; its run can be resumed later. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#starting.catch(() => {})
    const active = this.#active
    if (active === null) return
    active.child.kill('SIGKILL')
    await active.over
    await active.turn
    if (!active.finished)
      await this.#store.updateRun(active.run.id, {
        status: 'interrupted',
        elapsed: this.#elapsed(active),
        problem: closedWhileGoing(active.run),
      })
  }
}
