/**
 * How a stage talks to whoever runs it: it names phases, reports numbers, offers its state at every epoch edge and
 * asks whether it should stop. A stage holds no timer, file or process; the host decides what becomes of each call.
 *
 * Resuming: a stage starts from `resume` if it is there. State is complete at an epoch edge, and everything random is
 * a function of (seed, purpose, epoch, step), so a resumed stage gives the same bits as one that was never stopped.
 */

/** Arrays by name, and numbers or strings by name. What a checkpoint file holds. */
export interface StageState {
  readonly stage: string
  /** Epochs completed. */
  readonly epoch: number
  readonly values: Readonly<Record<string, number | string | boolean | readonly number[]>>
  readonly arrays: Readonly<Record<string, Float32Array | Float64Array | Int32Array | Uint8Array>>
}

export interface MetricPoint {
  /** Training step since the stage began. */
  readonly step: number
  readonly epoch: number
  readonly values: Readonly<Record<string, number>>
}

export interface RunContext {
  /** A named phase begins; `epochs` if it is known how many there will be at most. Shown to the user. */
  phase(name: string, epochs?: number): void
  /** Numbers of one training step or epoch (losses, learning rate, voxel count). Cheap; the host thins it out. */
  metric(point: MetricPoint): void
  /** A volume to look at while the stage runs: the mask or score per voxel after an epoch. */
  maskSnapshot(epoch: number, mask: Float32Array): void
  /**
   * End of an epoch: the host may save the state, and throws ProblemError CANCELLED if the user asked to stop. While
   * paused it does not return. `state` is called only if it is to be saved.
   */
  epochEnd(epoch: number, state: () => Promise<StageState>): Promise<void>
  /** Cheap; called every few steps so that cancel is seen within a fraction of a second. */
  breathe(): Promise<void>
  /** The saved state of this stage, or null to begin. */
  readonly resume: StageState | null
  /** The same context for a part of a larger run, with its own checkpoints and metrics under this name. */
  child(name: string): RunContext
}

/** Runs a stage without anyone listening: for tests and scripts. */
export function silentContext(resume: StageState | null = null): RunContext {
  return {
    phase() {},
    metric() {},
    maskSnapshot() {},
    async epochEnd() {},
    async breathe() {},
    resume,
    child: () => silentContext(),
  }
}
