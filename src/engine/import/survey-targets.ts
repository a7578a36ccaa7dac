/** What the trials of a survey show: labels, or pictures at a place that the recipe names; and which of them are kept for the test. */
import type { UnmatchedRow } from '../../core/contract/pairing.ts'
import type { Recipe } from '../../core/contract/recipe.ts'
import { type PlannedSplit, planSplit, type TrialsToSplit } from '../../core/data/split.ts'
import { type Problem, ProblemError, type Result } from '../../core/problem.ts'
import { rowsOf, unmatched } from './pairing.ts'
import { examples } from './pictures/limits.ts'
import { openPictures, type PictureSource } from './pictures/picture-source.ts'
import type { SurveyedRun } from './survey.ts'
import type { TableRow } from './trial-table.ts'

export interface SurveyedTargets {
  readonly targets: 'labels' | 'pictures'
  /** Names of the labels or pictures. */
  readonly items: readonly string[]
  /** Position in `items` of what a trial's span is called. */
  readonly itemOf: ReadonlyMap<string, number>
  /** 1 per item that the split's list or the table's column keeps for the test. */
  readonly shared: Uint8Array | null
  readonly source: PictureSource | null
  readonly unmatched: ReturnType<typeof unmatched>
  readonly problems: readonly Problem[]
}

/** What a row's trial is called: its picture where the recipe has pictures, else its label; null for no trial. */
export function targetOfRow(recipe: Recipe, row: TableRow | null): string | null {
  if (row === null || recipe.table.ignoreLabels.includes(row.label)) return null
  return recipe.pictures ? row.picture : row.label
}

export async function surveyTargets(
  recipe: Recipe,
  folder: string,
  runs: readonly SurveyedRun[],
  rows: readonly (TableRow | null)[],
  tablePath: string,
): Promise<SurveyedTargets> {
  const cells = [...new Set(runs.flatMap((run) => run.spans.map((span) => span.label)))].sort()
  const what = recipe.pictures ? 'picture' : 'label'
  if (cells.length < 2)
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: cells.length === 0 ? 'No trial is left.' : `All trials have the ${what} "${cells[0]}".`,
      where: tablePath,
      expected: `trials of at least two ${what}s`,
      fix: `Check "ignoreLabels" and the ${what} column.`,
    })
  if (!recipe.pictures) {
    const itemOf = new Map(cells.map((cell, at) => [cell, at]))
    return { targets: 'labels', items: cells, itemOf, shared: null, source: null, unmatched: [], problems: [] }
  }
  const source = await openPictures(recipe.pictures, folder, cells)
  const problems = [...source.problems]
  if (source.missing.length > 0)
    problems.push({
      code: 'NOT_FOUND',
      message: `${source.missing.length === 1 ? 'One picture of the table is' : `${source.missing.length} pictures of the table are`} not there: ${examples(source.missing)}.`,
      where: `${tablePath} and ${recipe.pictures.path}`,
      expected: 'every picture that the table names',
      fix: 'Check where "pictures" points, how its names or numbers are counted, and whether files are missing.',
      count: source.missing.length,
    })
  const shared = sharedItems(recipe, rows, source, tablePath)
  return {
    targets: 'pictures',
    items: source.names,
    itemOf: source.placeOf,
    shared,
    source,
    unmatched: unmatched('missing picture', source.missing),
    problems,
  }
}

/** Pictures that trials name and that are not there, and pictures that are there and no trial shows. */
export function unmatchedPictures(
  { source }: SurveyedTargets,
  { pictures }: Recipe,
  runs: readonly SurveyedRun[],
): UnmatchedRow[] {
  if (source === null || !pictures) return []
  const named = new Map<string, number>()
  for (const { label } of runs.flatMap((run) => run.spans)) named.set(label, (named.get(label) ?? 0) + 1)
  const missing = source.missing.map((item): UnmatchedRow => {
    const trials = named.get(item) ?? 0
    const times = trials === 1 ? '1 trial shows' : `${trials} trials show`
    return { what: 'missing picture', item, reason: `${times} it, and it is not in ${pictures.path}.` }
  })
  return [...missing, ...rowsOf('picture without trial', source.unusedNames(), 'No trial shows it.')]
}

function sharedItems(
  { split }: Recipe,
  rows: readonly (TableRow | null)[],
  { names, placeOf }: PictureSource,
  tablePath: string,
): Uint8Array | null {
  if (split.rule !== 'pictures') return null
  const shared = new Uint8Array(names.length)
  if (split.test !== undefined) {
    const unknown = split.test.filter((name) => !placeOf.has(name) && !names.includes(name))
    if (unknown.length > 0)
      throw new ProblemError({
        code: 'BAD_RECIPE',
        message: `${unknown.length} test pictures are shown in no trial: ${examples(unknown)}.`,
        where: 'split, test',
        expected: 'names as in the picture column of the table',
        fix: 'Correct the list.',
        count: unknown.length,
      })
    for (const name of split.test) shared[placeOf.get(name) ?? names.indexOf(name)] = 1
    return shared
  }
  const marked = new Map<number, boolean>()
  const unclear = new Set<string>()
  for (const row of rows) {
    const item = row?.picture ? placeOf.get(row.picture) : undefined
    if (row === null || item === undefined) continue
    if (marked.has(item) && marked.get(item) !== row.shared) unclear.add(names[item]!)
    marked.set(item, row.shared)
  }
  if (unclear.size > 0)
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: `${unclear.size} pictures are marked as shared in some rows and not in others: ${examples([...unclear])}.`,
      where: tablePath,
      expected: 'the same mark in every row of a picture',
      fix: 'Correct the column that marks shared pictures.',
      count: unclear.size,
    })
  for (const [item, isShared] of marked) if (isShared) shared[item] = 1
  return shared
}

/** Run, session and item of every trial in the order of the volumes. Trials whose picture is missing are left out. */
export function trialsToSplit(
  runs: readonly SurveyedRun[],
  { targets, items, itemOf, shared }: Omit<SurveyedTargets, 'source' | 'unmatched' | 'problems'>,
): TrialsToSplit {
  const trials = runs.flatMap(({ run, session, spans }) =>
    spans.flatMap(({ label }) => {
      const item = itemOf.get(label)
      return item === undefined ? [] : [{ run, session, item }]
    }),
  )
  return {
    targets,
    run: Int32Array.from(trials, ({ run }) => run),
    session: Int32Array.from(trials, ({ session }) => session),
    item: Int32Array.from(trials, ({ item }) => item),
    itemNames: items,
    shared,
  }
}

export function splitSurvey(
  recipe: Recipe,
  runs: readonly SurveyedRun[],
  targets: SurveyedTargets,
): Result<PlannedSplit> {
  return planSplit(recipe.split, trialsToSplit(runs, targets))
}
