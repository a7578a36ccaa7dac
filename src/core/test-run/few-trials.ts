/**
 * Few trials of a subject that still are one: every run or session that is kept has several trials, every label or picture comes in
 * turn, and what is held out stays held out.
 */
import type { ImportedTrials } from '../data/imported-trials.ts'
import { type Fold, heldOut, runGroups, training } from '../data/split.ts'
import type { SubjectData, TrialSet } from '../data/subject-data.ts'
import { testTrials } from './test-request.ts'

/** At most `most` of these rows, ascending: first one of every item, then the second of every item, and so on. */
export function inTurnOfItems(rows: readonly number[], item: ArrayLike<number>, most: number): number[] {
  const seen = new Map<number, number>()
  const ranked = rows.map((row) => {
    const turn = seen.get(item[row]!) ?? 0
    seen.set(item[row]!, turn + 1)
    return { row, turn }
  })
  ranked.sort((a, b) => a.turn - b.turn || a.row - b.row)
  return ranked
    .slice(0, most)
    .map(({ row }) => row)
    .sort((a, b) => a - b)
}

function rowsOfSet({ trials, betas, target, session, run }: TrialSet, rows: readonly number[]): TrialSet {
  const voxels = trials === 0 ? 0 : betas.length / trials
  const of = (values: Int32Array) => Int32Array.from(rows, (row) => values[row]!)
  return {
    ...{ trials: rows.length, betas: rowsOfBetas(betas, voxels, rows) },
    ...{ target: of(target), session: of(session), run: of(run) },
  }
}

function rowsOfBetas(betas: Float32Array, voxels: number, rows: readonly number[]): Float32Array {
  const out = new Float32Array(rows.length * voxels)
  for (const [at, row] of rows.entries()) out.set(betas.subarray(row * voxels, (row + 1) * voxels), at * voxels)
  return out
}

const all = (length: number) => Array.from({ length }, (_, row) => row)

/** Of a subject whose split is part of its data. */
export function fewOfSubject(data: SubjectData): SubjectData {
  const few = (set: TrialSet, most: number) => rowsOfSet(set, inTurnOfItems(all(set.trials), set.target, most))
  return { ...data, train: few(data.train, testTrials.train), test: few(data.test, testTrials.test) }
}

/** Rows of an imported subject to keep, and the folds as they are over those rows. */
export function fewRows(
  trials: ImportedTrials,
  folds: readonly Fold[],
  forGood: boolean,
): { rows: number[]; folds: Fold[] } {
  const used = folds.slice(0, forGood ? 1 : testTrials.folds)
  const rows = forGood ? rowsOfSplit(trials, used[0]!) : rowsOfFolds(trials, used)
  const cut = ({ name, part }: Fold): Fold => ({ name, part: Uint8Array.from(rows, (row) => part[row]!) })
  return { rows, folds: used.map(cut) }
}

/** What the first few folds hold out: each then trains on what the others hold out. */
function rowsOfFolds({ label }: ImportedTrials, folds: readonly Fold[]): number[] {
  const most = Math.ceil(testTrials.train / folds.length)
  const rows = folds.flatMap(({ part }) => {
    const own = all(part.length).filter((row) => part[row] === heldOut)
    return inTurnOfItems(own, label, most)
  })
  return [...new Set(rows)].sort((a, b) => a - b)
}

/** Whole runs until there are enough trials of both kinds, then fewer of each: a run with a single trial has no spread. */
function rowsOfSplit({ label, run, session }: ImportedTrials, { part }: Fold): number[] {
  const group = runGroups(run, session)
  const kept: number[][] = []
  const counts = { train: 0, test: 0 }
  for (let number = 0; number < new Set(group).size; number++) {
    if (counts.train >= testTrials.train && counts.test >= testTrials.test) break
    const own = all(part.length).filter((row) => group[row] === number)
    const count = (wanted: number) => own.filter((row) => part[row] === wanted).length
    const [train, test] = [count(training), count(heldOut)]
    const wanted = (train > 0 && counts.train < testTrials.train) || (test > 0 && counts.test < testTrials.test)
    if (!wanted) continue
    kept.push(own)
    counts.train += train
    counts.test += test
  }
  const few = (wanted: number, most: number) => {
    const groups = kept.map((own) => own.filter((row) => part[row] === wanted)).filter((own) => own.length > 0)
    const share = Math.max(4, Math.ceil(most / Math.max(1, groups.length)))
    return groups.flatMap((own) => inTurnOfItems(own, label, share))
  }
  return [...few(training, testTrials.train), ...few(heldOut, testTrials.test)].sort((a, b) => a - b)
}

/** The imported trials with only these rows. */
export function fewOfImported(trials: ImportedTrials, rows: readonly number[]): ImportedTrials {
  const of = (values: Int32Array) => Int32Array.from(rows, (row) => values[row]!)
  return {
    ...{ ...trials, betas: rowsOfBetas(trials.betas, trials.index.length, rows) },
    ...{ label: of(trials.label), run: of(trials.run), session: of(trials.session) },
  }
}
