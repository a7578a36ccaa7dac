/** A workstation without a window for tests: the engine with one project of its own in a folder, and real job processes. */
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Run, RunEvent, RunRequest } from '../../../src/core/contract/run.ts'
import {
  type DecoderSettings,
  defaultDecoderSettings,
  defaultPretrainSettings,
  type MaskSettings,
  maskPresets,
  type PretrainSettings,
} from '../../../src/core/troi/settings.ts'
import { Engine, type OpenProject } from '../../../src/engine/engine.ts'
import { Places } from '../../../src/engine/places.ts'

// Every run starts a process or several; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 })

export class Workstation {
  readonly engine: Engine
  readonly project: OpenProject

  private constructor(engine: Engine, project: OpenProject) {
    this.engine = engine
    this.project = project
  }

  /** One thread, so that tests on a small machine do not fight over its cores. */
  static engine(folder: string): Engine {
    const root = { name: 'workspace', label: 'Workspace', folder, writable: true, everyName: true }
    return new Engine({ places: new Places([root]), userData: join(folder, 'user data'), threads: 1 })
  }

  static async create(folder: string, name = 'project'): Promise<Workstation> {
    const engine = Workstation.engine(folder)
    return new Workstation(engine, await engine.create(join(folder, name), name))
  }

  static async open(folder: string, name = 'project'): Promise<Workstation> {
    const engine = Workstation.engine(folder)
    return new Workstation(engine, await engine.open(join(folder, name)))
  }

  get store() {
    return this.project.store
  }

  get queue() {
    return this.project.queue
  }

  start(request: RunRequest): Promise<Run> {
    return this.engine.start(this.project, request)
  }

  /** Starts and waits for the end; throws what went wrong, with the run's log. */
  async complete(request: RunRequest): Promise<Run> {
    return this.finished((await this.start(request)).id)
  }

  async finished(id: string): Promise<Run> {
    const run = await this.queue.finished(id)
    if (run.status !== 'done')
      throw new Error(`${run.name} is ${run.status}: ${JSON.stringify(run.problem)}\n${this.log(id)}`)
    return run
  }

  log(run: string): string {
    return this.store.runFolder(run).readLog()
  }

  /** Number of the process that made the n-th start of a run, from the run's own log; waits until it has started. */
  async processOf(run: string, start = 1): Promise<number> {
    return vi.waitFor(
      () => {
        const starts = [...this.log(run).matchAll(/(?:Started|Resumed) by process (\d+)/g)]
        const found = starts[start - 1]
        if (found === undefined) throw new Error(`start ${start} of ${run} has not come yet`)
        return Number(found[1])
      },
      { timeout: 30_000, interval: 2 },
    )
  }

  /** Watches a run until an event fits; returns it. */
  async until(run: string, fits: (event: RunEvent) => boolean): Promise<RunEvent> {
    for await (const event of this.queue.watch(run, 0)) if (fits(event)) return event
    throw new Error(`${run} ended before it came to that\n${this.log(run)}`)
  }

  /** The tiny cohort; returns its new subject. */
  async simulated(): Promise<string> {
    await this.complete({ kind: 'simulate', size: 'tiny', seed: 0 })
    return (await this.store.subjects()).find(({ role }) => role === 'new')!.id
  }

  /** The tiny cohort, and on it a backbone. */
  async prepared(): Promise<{ subject: string; backbone: string }> {
    const subject = await this.simulated()
    const subjects = await this.store.subjects()
    const others = subjects.filter(({ role }) => role === 'pretraining').map(({ id }) => id)
    await this.complete({ kind: 'pretrain', subjects: others, settings: quickPretrain })
    return { subject, backbone: (await this.store.backbones())[0]!.id }
  }

  close(): Promise<void> {
    return this.engine.close()
  }
}

/** Settings that keep a stage to a few seconds on the tiny cohort. */
export const quickPretrain: PretrainSettings = { ...defaultPretrainSettings, epochs: 2 }

export const quickDecoder: DecoderSettings = { ...defaultDecoderSettings, epochs: 4 }

export function quickMask(preset: MaskSettings['preset'], budget: number): MaskSettings {
  const own = maskPresets[preset]
  return { ...own, budget, algorithm1: { ...own.algorithm1, maximumEpochs: 6 } }
}
