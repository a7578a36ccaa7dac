/**
 * A subject as imported: all its trials before any split, in percent change, with what is needed to hold some out. A
 * fold is made on demand, because standardising depends on which trials are training trials.
 */
import type { Grid } from '../volume/grid.ts'
import { type Fold, heldOut, runGroups, training } from './split.ts'
import { countConstant, standardise } from './standardise.ts'
import type { SubjectData, TrialSet } from './subject-data.ts'

export interface ImportedTrials {
  readonly name: string
  readonly grid: Grid
  /** Ascending flat grid indices of the voxels in use. */
  readonly index: Int32Array
  /** trials × voxels, not yet standardised. */
  readonly betas: Float32Array
  /** What trials are decoded to: categories, or the pictures that were shown. */
  readonly targets: 'labels' | 'pictures'
  /** Position in `labels` per trial. */
  readonly label: Int32Array
  /** Names of the labels, or of the pictures. */
  readonly labels: readonly string[]
  readonly run: Int32Array
  readonly session: Int32Array
  readonly annotated: Uint8Array | null
  readonly standardise: 'run' | 'session'
}

/** All trials as training trials: for the mask that is exported where every fold is held out once. */
export function holdNothingOut(trials: ImportedTrials): SubjectData {
  return holdOut(trials, new Uint8Array(trials.run.length))
}

/**
 * The subject with the trials of a fold held out. Statistics of the z-score never see a held-out trial. Held-out repeats of a picture
 * are averaged, in the order in which the pictures first occur; run and session are those of the first repeat.
 */
export function holdOut(trials: ImportedTrials, part: Fold['part']): SubjectData {
  const { group, trains } = standardisedBy(trials, part)
  const { betas } = standardise(trials.betas, trials.index.length, group, trains)
  return {
    name: trials.name,
    space: { grid: trials.grid, index: trials.index },
    train: averaged(trials, betas, trainRows(part)),
    test: averaged(trials, betas, testRows(trials, part)),
    annotated: trials.annotated,
    truth: null,
  }
}

export interface HeldOutCounts {
  readonly trainTrials: number
  readonly testTrials: number
  /** Voxels without variance over the training trials; `holdOut` makes them 0. */
  readonly constantVoxels: number
}

/** What `holdOut` would give, counted: betas of a whole brain need not be copied only to be counted. */
export function countHeldOut(trials: ImportedTrials, part: Fold['part']): HeldOutCounts {
  const { group, trains } = standardisedBy(trials, part)
  return {
    trainTrials: trainRows(part).length,
    testTrials: testRows(trials, part).length,
    constantVoxels: countConstant(trials.betas, trials.index.length, group, trains),
  }
}

function standardisedBy(trials: ImportedTrials, part: Fold['part']) {
  return {
    group: trials.standardise === 'run' ? runGroups(trials.run, trials.session) : trials.session,
    trains: Uint8Array.from(part, (own) => (own === training ? 1 : 0)),
  }
}

const rowsOf = (part: Fold['part'], wanted: number) => [...part.keys()].filter((row) => part[row] === wanted)
const trainRows = (part: Fold['part']) => rowsOf(part, training).map((row) => [row])

/** Rows of each held-out trial: of a picture all its repeats. */
function testRows(trials: ImportedTrials, part: Fold['part']): number[][] {
  const rows = rowsOf(part, heldOut)
  return trials.targets === 'pictures' ? byItem(trials, rows) : rows.map((row) => [row])
}

/** Rows of each item, items in the order in which they first occur. */
function byItem({ label }: ImportedTrials, rows: readonly number[]): number[][] {
  const groups = new Map<number, number[]>()
  for (const row of rows) {
    const group = groups.get(label[row]!)
    if (group === undefined) groups.set(label[row]!, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

function averaged(trials: ImportedTrials, betas: Float32Array, groups: readonly (readonly number[])[]): TrialSet {
  const voxels = trials.index.length
  const out = new Float32Array(groups.length * voxels)
  for (const [at, rows] of groups.entries()) {
    for (const row of rows)
      for (let v = 0; v < voxels; v++) out[at * voxels + v]! += betas[row * voxels + v]! / rows.length
  }
  const first = (from: Int32Array) => Int32Array.from(groups, (rows) => from[rows[0]!]!)
  return {
    trials: groups.length,
    betas: out,
    target: first(trials.label),
    session: first(trials.session),
    run: first(trials.run),
  }
}
