/**
 * A subject as imported: all its trials before any split, in percent change, with what is needed to hold some out. A
 * fold is made on demand, because standardising depends on which trials are training trials.
 */
import type { Grid } from '../volume/grid.ts'
import { standardise } from './standardise.ts'
import type { SubjectData, TrialSet } from './subject-data.ts'

export interface ImportedTrials {
  readonly name: string
  readonly grid: Grid
  /** Ascending flat grid indices of the voxels in use. */
  readonly index: Int32Array
  /** trials × voxels, not yet standardised. */
  readonly betas: Float32Array
  /** Position in `labels` per trial. */
  readonly label: Int32Array
  readonly labels: readonly string[]
  readonly run: Int32Array
  readonly session: Int32Array
  readonly annotated: Uint8Array | null
  readonly standardise: 'run' | 'session'
}

/**
 * The subject with the trials of `testRuns` held out; none held out makes the whole data training data (for the mask that is
 * exported). Statistics of the z-score never see a held-out trial.
 */
export function holdOutRuns(trials: ImportedTrials, testRuns: readonly number[]): SubjectData {
  const held = new Set(testRuns)
  const training = Uint8Array.from(trials.run, (run) => (held.has(run) ? 0 : 1))
  const group = trials.standardise === 'run' ? trials.run : trials.session
  const { betas } = standardise(trials.betas, trials.index.length, group, training)
  const pick = (wanted: 0 | 1): TrialSet => {
    const rows = [...training.keys()].filter((i) => training[i] === wanted)
    const voxels = trials.index.length
    const chosen = new Float32Array(rows.length * voxels)
    for (const [at, row] of rows.entries()) chosen.set(betas.subarray(row * voxels, (row + 1) * voxels), at * voxels)
    const take = (from: Int32Array) => Int32Array.from(rows, (row) => from[row]!)
    return {
      trials: rows.length,
      betas: chosen,
      target: take(trials.label),
      session: take(trials.session),
      run: take(trials.run),
    }
  }
  return {
    name: trials.name,
    space: { grid: trials.grid, index: trials.index },
    train: pick(1),
    test: pick(0),
    annotated: trials.annotated,
    truth: null,
  }
}
