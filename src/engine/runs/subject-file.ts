/** Subjects and their pictures as data files: everything needed to have the same SubjectData again. */
import type { Subject } from '../../core/contract/result.ts'
import type { ImportedTrials } from '../../core/data/imported-trials.ts'
import { holdOutRuns } from '../../core/data/imported-trials.ts'
import type { SubjectData, Targets, TrialSet } from '../../core/data/subject-data.ts'
import { labelEmbedding } from '../../core/embedding/label-embedding.ts'
import { leaveOneRunOut } from '../../core/evaluate/folds.ts'
import { unwrap } from '../../core/problem.ts'
import type { DataContent } from '../project/data-file.ts'

type Arrays = DataContent['arrays']

function floats(arrays: Arrays, name: string): Float32Array {
  const array = arrays[name]
  if (!(array instanceof Float32Array)) throw new Error(`the subject file lacks ${name}`)
  return array
}
function integers(arrays: Arrays, name: string): Int32Array {
  const array = arrays[name]
  if (!(array instanceof Int32Array)) throw new Error(`the subject file lacks ${name}`)
  return array
}
function bytes(arrays: Arrays, name: string): Uint8Array | null {
  const array = arrays[name]
  return array instanceof Uint8Array ? array : null
}

function packSet(name: string, set: TrialSet): Arrays {
  return {
    [`${name}/betas`]: set.betas,
    [`${name}/target`]: set.target,
    [`${name}/session`]: set.session,
    [`${name}/run`]: set.run,
  }
}

function unpackSet(name: string, arrays: Arrays): TrialSet {
  const target = integers(arrays, `${name}/target`)
  return {
    trials: target.length,
    betas: floats(arrays, `${name}/betas`),
    target,
    session: integers(arrays, `${name}/session`),
    run: integers(arrays, `${name}/run`),
  }
}

const optional = (parts: Record<string, Uint8Array | Float32Array | null>): Arrays =>
  Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, Uint8Array | Float32Array] => entry[1] !== null),
  )

/** A subject whose split is part of the data (simulated). */
export function packSubject(subject: SubjectData): DataContent {
  const { name, space, annotated, truth } = subject
  return {
    values: { format: 'split', name, shape: [...space.grid.shape], affine: [...space.grid.affine] },
    arrays: {
      index: space.index,
      ...packSet('train', subject.train),
      ...packSet('test', subject.test),
      ...optional({ annotated, truth }),
    },
  }
}

/** A subject with labels, before any split (imported). */
export function packImported(
  trials: ImportedTrials,
  meanVolume: Float32Array,
  heldOut: readonly number[],
): DataContent {
  const { name, grid, labels, standardise } = trials
  return {
    values: {
      format: 'labels',
      name,
      shape: [...grid.shape],
      affine: [...grid.affine],
      labels: JSON.stringify(labels),
      standardise,
      heldOut: [...heldOut],
    },
    arrays: {
      index: trials.index,
      'all/betas': trials.betas,
      'all/target': trials.label,
      'all/session': trials.session,
      'all/run': trials.run,
      meanVolume,
      ...optional({ annotated: trials.annotated }),
    },
  }
}

export interface LoadedSubject {
  readonly summary: Subject
  /** Training trials for mask and decoder, and the held-out ones. */
  readonly data: SubjectData
  /** Labels' embeddings; null for pictures, whose embeddings are in the picture file. */
  readonly labelTargets: Targets | null
  readonly imported: ImportedTrials | null
  /** Runs that the recipe holds out for good; empty where each run is held out once. */
  readonly heldOut: readonly number[]
  readonly meanVolume: Float32Array | null
}

export function unpackSubject(summary: Subject, content: DataContent): LoadedSubject {
  const { values, arrays } = content
  const shape = values.shape as unknown as [number, number, number]
  const grid = { shape, affine: values.affine as number[] }
  const space = { grid, index: integers(arrays, 'index') }
  const name = String(values.name)
  if (values.format === 'split') {
    const data: SubjectData = {
      name,
      space,
      train: unpackSet('train', arrays),
      test: unpackSet('test', arrays),
      annotated: bytes(arrays, 'annotated'),
      truth: bytes(arrays, 'truth'),
    }
    return { summary, data, labelTargets: null, imported: null, heldOut: [], meanVolume: null }
  }
  const set = unpackSet('all', arrays)
  const labels = JSON.parse(String(values.labels)) as string[]
  const imported: ImportedTrials = {
    name,
    grid,
    index: space.index,
    betas: set.betas,
    label: set.target,
    labels,
    run: set.run,
    session: set.session,
    annotated: bytes(arrays, 'annotated'),
    standardise: values.standardise === 'session' ? 'session' : 'run',
  }
  const heldOut = values.heldOut as number[]
  return {
    summary,
    data: holdOutRuns(imported, heldOut),
    labelTargets: unwrap(labelEmbedding(labels)),
    imported,
    heldOut,
    meanVolume: floats(arrays, 'meanVolume'),
  }
}

/** The ways to hold runs out when the whole procedure is judged: the recipe's own, or each run once. */
export function foldsOf(loaded: LoadedSubject): number[][] {
  if (loaded.imported === null) return []
  return loaded.heldOut.length > 0 ? [[...loaded.heldOut]] : leaveOneRunOut(loaded.imported.run)
}
