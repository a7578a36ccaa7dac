/** Subjects and their pictures as data files: everything needed to have the same SubjectData again. */

import { z } from 'zod'
import { type Split, splitSchema } from '../../core/contract/recipe.ts'
import type { Subject } from '../../core/contract/result.ts'
import { holdNothingOut, holdOut, type ImportedTrials } from '../../core/data/imported-trials.ts'
import { type Fold, type PlannedSplit, planSplit } from '../../core/data/split.ts'
import type { SubjectData, Targets, TrialSet } from '../../core/data/subject-data.ts'
import { labelEmbedding } from '../../core/embedding/label-embedding.ts'
import { unwrap } from '../../core/problem.ts'
import type { Box } from '../../core/volume/crop.ts'
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

/** What the file of the annotated ROI says of the whole grid: a label per voxel, and names where a table beside it gave some. */
export interface RegionLabels {
  readonly file: string
  readonly labelsFile: string | null
  readonly labels: Int32Array
  readonly names: ReadonlyMap<number, string>
}

export interface ImportedParts {
  readonly trials: ImportedTrials
  readonly split: Split
  readonly planned: PlannedSplit
  /** 1 per label or picture that the split keeps for the test. */
  readonly shared: Uint8Array | null
  readonly meanVolume: Float32Array
  readonly crop: Box | null
  /** Null without an annotated ROI. */
  readonly regions?: RegionLabels | null
}

/** A subject with labels or pictures, before any split (imported). */
export function packImported({
  trials,
  split,
  planned,
  shared,
  meanVolume,
  crop,
  regions = null,
}: ImportedParts): DataContent {
  const { name, grid, labels, standardise, targets } = trials
  const part = planned.forGood ? planned.folds[0]!.part : null
  return {
    values: {
      format: targets,
      name,
      shape: [...grid.shape],
      affine: [...grid.affine],
      labels: JSON.stringify(labels),
      standardise,
      split: JSON.stringify(split),
      ...(crop === null ? {} : { crop: [...crop.start, ...crop.shape] }),
      ...(regions === null ? {} : { regions: regionsText(regions) }),
    },
    arrays: {
      index: trials.index,
      'all/betas': trials.betas,
      'all/target': trials.label,
      'all/session': trials.session,
      'all/run': trials.run,
      meanVolume,
      ...(regions === null ? {} : { regionLabels: regions.labels }),
      ...optional({ annotated: trials.annotated, shared, 'all/part': part }),
    },
  }
}

const regionsSchema = z.object({
  file: z.string(),
  labelsFile: z.string().nullable(),
  names: z.array(z.tuple([z.number(), z.string()])),
})

const regionsText = ({ file, labelsFile, names }: RegionLabels) =>
  JSON.stringify({ file, labelsFile, names: [...names] })

/** Labels of the annotated ROI in a subject's file; null where there are none, as in files of earlier versions. */
export function regionLabelsOf({ values, arrays }: DataContent): RegionLabels | null {
  const labels = arrays.regionLabels
  if (values.regions === undefined || !(labels instanceof Int32Array)) return null
  const { names, ...files } = regionsSchema.parse(JSON.parse(String(values.regions)))
  return { ...files, labels, names: new Map(names) }
}

export interface LoadedSubject {
  readonly summary: Subject
  /** Training trials for mask and decoder, and the held-out ones; where each fold is held out once, all train. */
  readonly data: SubjectData
  /** Labels' embeddings; null for pictures, whose embeddings are in the picture file. */
  readonly labelTargets: Targets | null
  readonly imported: ImportedTrials | null
  /** How trials are held out when a procedure is judged: one fold for good, or each once. Empty for simulated subjects. */
  readonly folds: readonly Fold[]
  readonly split: Split | null
  /** The box that the import was restricted to, on the subject's grid. */
  readonly crop: Box | null
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
    const nothing = { labelTargets: null, imported: null, folds: [], split: null, crop: null, meanVolume: null }
    return { summary, data, ...nothing }
  }
  const set = unpackSet('all', arrays)
  const labels = JSON.parse(String(values.labels)) as string[]
  const imported: ImportedTrials = {
    name,
    grid,
    index: space.index,
    betas: set.betas,
    targets: values.format === 'pictures' ? 'pictures' : 'labels',
    label: set.target,
    labels,
    run: set.run,
    session: set.session,
    annotated: bytes(arrays, 'annotated'),
    standardise: values.standardise === 'session' ? 'session' : 'run',
  }
  const split = splitOf(values)
  const { folds, forGood } = unwrap(
    planSplit(split, { ...imported, item: imported.label, itemNames: labels, shared: bytes(arrays, 'shared') }),
  )
  return {
    summary,
    data: forGood ? holdOut(imported, folds[0]!.part) : holdNothingOut(imported),
    labelTargets: imported.targets === 'labels' ? unwrap(labelEmbedding(labels)) : null,
    imported,
    folds,
    split,
    crop: cropOf(values),
    meanVolume: floats(arrays, 'meanVolume'),
  }
}

/** Files of earlier versions name the held-out runs instead of a rule. */
function splitOf({ split, heldOut }: DataContent['values']): Split {
  if (split !== undefined) return splitSchema.parse(JSON.parse(String(split)))
  return Array.isArray(heldOut) && heldOut.length > 0
    ? { rule: 'runs', test: heldOut.map(Number) }
    : { rule: 'leave-one-run-out' }
}

function cropOf({ crop }: DataContent['values']): Box | null {
  if (!Array.isArray(crop)) return null
  const [x, y, z, width, depth, height] = crop.map(Number)
  return { start: [x!, y!, z!], shape: [width!, depth!, height!] }
}
