/**
 * The engine that the runs of this program train on: what was asked for (a command's word, TROI_BACKEND, the user's preference), whether it
 * can be used, and how fast it is. A job opens its own; here it is only asked about.
 */
import type { Run } from '../../core/contract/run.ts'
import { type BackendChoice, backendChoices, parseBackendChoice } from './backend-names.ts'
import { anyExtra } from './extras.ts'
import { needBackend, type Probe, probeBackends } from './probe.ts'

export interface TrainingBackendOptions {
  /** What a command or the server was told; counts more than all else. */
  readonly asked: BackendChoice | undefined
  /** The user's preference as it is kept now. */
  readonly preferred: () => string | undefined
  readonly threads: number | null
  /** Folders of graphics engines. */
  readonly engines: readonly string[]
}

export class TrainingBackend {
  readonly #options: TrainingBackendOptions
  #last: Promise<Probe> | null = null
  readonly #measured = new Map<BackendChoice, Promise<Probe>>()

  constructor(options: TrainingBackendOptions) {
    this.#options = options
  }

  /** The engine asked for. Throws ProblemError BAD_PARAMETER where TROI_BACKEND names none. */
  get choice(): BackendChoice {
    const { asked, preferred } = this.#options
    if (asked !== undefined) return asked
    const named = process.env.TROI_BACKEND
    if (named) return parseBackendChoice(named, 'TROI_BACKEND')
    const kept = preferred()
    return backendChoices.find((name) => name === kept) ?? 'auto'
  }

  #ask(choice: BackendChoice, measure: boolean): Promise<Probe> {
    const { threads, engines } = this.#options
    return probeBackends(choice, { threads: threads ?? undefined, engines }, measure)
  }

  /** What there is to train on, with the reason of each engine. */
  probe(): Promise<Probe> {
    const probe = this.#ask(this.choice, false)
    this.#last = probe
    return probe
  }

  /** For a job. Extras whose driver takes the process with it are not tried again by every run. */
  async ofRun(run: Pick<Run, 'kind'>): Promise<BackendChoice> {
    // An import trains nothing.
    if (run.kind === 'import') return 'wasm'
    const { choice } = this
    if (choice !== 'auto' || !anyExtra(this.#options.engines)) return choice
    const { died } = await (this.#last ?? this.probe())
    return died ? 'wasm' : 'auto'
  }

  /** Refuses a graphics engine that was asked for and cannot be used: ProblemError UNAVAILABLE. */
  async check(): Promise<void> {
    const { choice } = this
    if (choice === 'tensorflow' || choice === 'webgpu') needBackend(choice, await this.probe())
  }

  /** Seconds of a training step per number of the input layer; found out once for each choice. Throws as `check`. */
  async secondsPerWeight(choice: BackendChoice = this.choice): Promise<number> {
    let probe = this.#measured.get(choice)
    if (probe === undefined) {
      probe = this.#ask(choice, true)
      this.#measured.set(choice, probe)
    }
    const { chosen } = await probe
    // What could not be used now may be there the next time.
    if (chosen === null) this.#measured.delete(choice)
    const { secondsPerWeight } = needBackend(choice, await probe)
    if (secondsPerWeight === null) throw new Error('a measured probe holds the time of a step')
    return secondsPerWeight
  }
}
