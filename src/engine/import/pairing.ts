/**
 * Which volume, which row of the table and which picture belong together. Nothing that is left over goes unsaid: every volume without
 * a row, row without a volume, row without a picture and picture that is not there is counted, and the first of them are named.
 */
import type { Pairing } from '../../core/contract/contract.ts'
import type { UnmatchedRow } from '../../core/contract/pairing.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { type Problem, ProblemError } from '../../core/problem.ts'
import { examples, mostExamples } from './pictures/limits.ts'
import type { TableRow } from './trial-table.ts'

type Unmatched = Pairing['unmatched'][number]

export interface PairedRows {
  /** One entry per volume; null where no row belongs to it. */
  readonly rows: readonly (TableRow | null)[]
  readonly unmatched: readonly Unmatched[]
  /** All that is counted in `unmatched`, one by one with the reason. */
  readonly unmatchedRows: readonly UnmatchedRow[]
  readonly problems: readonly Problem[]
}

export function unmatched(what: Unmatched['what'], items: readonly string[]): Unmatched[] {
  return items.length === 0 ? [] : [{ what, count: items.length, first: items.slice(0, mostExamples) }]
}

/** Rows laid over the volumes, in order or by the table's volume column. Throws ProblemError where they cannot be. */
export function pairRows(recipe: Recipe, rows: readonly TableRow[], volumes: number, tablePath: string): PairedRows {
  const noPicture =
    recipe.pictures && recipe.table.rows === 'trials'
      ? rows.filter((row) => row.picture === null && !recipe.table.ignoreLabels.includes(row.label))
      : []
  const withoutPicture = rowsOf(
    'row without picture',
    noPicture.map(({ line }) => `line ${line}`),
    'The picture column is empty or says n/a here.',
  )
  if (recipe.table.columns.volume === undefined) {
    if (rows.length !== volumes)
      throw new ProblemError({
        code: 'LENGTH_MISMATCH',
        message: `The table has ${rows.length} rows, the images have ${volumes} volumes.`,
        where: tablePath,
        expected: `one row per volume (${volumes})`,
        fix: 'Choose the table that belongs to these images; look for a missing run or a header line read as a row. Where trials were left out of the images, name the column that says which volume is whose ("volume").',
      })
    return { rows, ...listed(withoutPicture), problems: [] }
  }
  const paired: (TableRow | null)[] = new Array<TableRow | null>(volumes).fill(null)
  const twice: string[] = []
  const beyond: string[] = []
  const first = recipe.table.firstVolume ?? 0
  for (const row of rows) {
    const at = (row.volume ?? 0) - first
    if (at < 0 || at >= volumes) beyond.push(`line ${row.line} (volume ${row.volume})`)
    else if (paired[at]) twice.push(`lines ${paired[at].line} and ${row.line} (volume ${row.volume})`)
    else paired[at] = row
  }
  if (twice.length > 0)
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: `${twice.length === 1 ? 'One trial is' : `${twice.length} trials are`} in the table twice: ${examples(twice)}.`,
      where: tablePath,
      expected: 'one row per volume',
      fix: 'Delete the rows that do not belong.',
      count: twice.length,
    })
  const alone = paired.flatMap((row, at) => (row === null ? [`volume ${at + first}`] : []))
  const problems: Problem[] = []
  if (beyond.length > 0)
    problems.push({
      code: 'LENGTH_MISMATCH',
      message: `${beyond.length} rows name a volume that the images do not have: ${examples(beyond)}.`,
      where: tablePath,
      expected: `volumes ${first} to ${volumes - 1 + first}`,
      fix: 'Choose the images that belong to this table, or correct "firstVolume".',
      count: beyond.length,
    })
  const has = `The images have volumes ${first} to ${volumes - 1 + first}.`
  return {
    rows: paired,
    ...listed([
      ...withoutPicture,
      ...rowsOf('row without volume', beyond, has),
      ...rowsOf('volume without row', alone, 'No row of the table names this volume.'),
    ]),
    problems,
  }
}

/** One entry per item, all for the same reason. */
export function rowsOf(what: UnmatchedRow['what'], items: readonly string[], reason: string): UnmatchedRow[] {
  return items.map((item) => ({ what, item, reason }))
}

/** Rows one by one, and counted by kind. */
function listed(rows: readonly UnmatchedRow[]): Pick<PairedRows, 'unmatched' | 'unmatchedRows'> {
  const kinds = ['row without picture', 'row without volume', 'volume without row'] as const
  const itemsOf = (what: (typeof kinds)[number]) => rows.filter((row) => row.what === what).map(({ item }) => item)
  return { unmatched: kinds.flatMap((what) => unmatched(what, itemsOf(what))), unmatchedRows: rows }
}

/** How many items were shown once, twice, …: {"1": 40, "3": 100}. */
export function countRepeats(items: Iterable<number>): Record<string, number> {
  const shown = new Map<number, number>()
  for (const item of items) shown.set(item, (shown.get(item) ?? 0) + 1)
  const repeats: Record<string, number> = {}
  for (const count of shown.values()) repeats[count] = (repeats[count] ?? 0) + 1
  return repeats
}

/** Names of things that are byte for byte the same, in groups of two or more. */
export function equalGroups(names: readonly string[], hashes: readonly string[]): string[][] {
  const groups = new Map<string, string[]>()
  for (const [at, hash] of hashes.entries()) groups.set(hash, [...(groups.get(hash) ?? []), names[at]!])
  return [...groups.values()].filter((group) => group.length > 1)
}
