/**
 * The table that says what each volume or trial is: tab-, comma- or blank-separated, with or without a header. Rows keep
 * their line numbers, so that a problem can say where it is.
 */
import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'
import { isArrayTable, readTableArrays } from './table-arrays.ts'
import { refusePickle, splitBlankRows } from './table-text.ts'

/** What a table is before its columns are found; without a header, columns are numbers. */
export interface TableCells {
  readonly header?: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface TableRow {
  /** 1-based line in the file. */
  readonly line: number
  /** Empty where the table has no label column. */
  readonly label: string
  /** What the picture column says; null where it says nothing, and where there is no such column. */
  readonly picture: string | null
  readonly run: number
  readonly session: number
  /** Number of the trial's volume as the table counts, or null where rows are in the order of the volumes. */
  readonly volume: number | null
  /** Whether the row marks its picture for the test. */
  readonly shared: boolean
}

type Column = string | number
const columnNames = ['label', 'picture', 'run', 'session', 'volume', 'shared'] as const

/** Millions of rows; more is no table of trials. */
const largestTable = 2 ** 26

function parseRows(text: string, separator: Recipe['table']['separator']): string[][] {
  if (separator === 'space') return splitBlankRows(text)
  const parsed = Papa.parse<string[]>(text, { delimiter: separator === 'tab' ? '\t' : ',', skipEmptyLines: 'greedy' })
  return parsed.data
}

/** Header and rows of a text table. NOT_FOUND or BAD_TABLE name the file. */
async function readTextCells(path: string, table: Recipe['table']): Promise<Result<TableCells>> {
  let text: string
  try {
    const size = await sizeOfFile(path)
    if (size > largestTable)
      return failure({
        code: 'TOO_LARGE',
        message: `The table has ${(size / 2 ** 20).toFixed(0)} MiB.`,
        where: path,
        expected: `at most ${largestTable / 2 ** 20} MiB of text`,
        fix: 'Choose the table of volumes or trials.',
      })
    const bytes = await readFile(path)
    refusePickle(bytes, path)
    text = bytes.toString('utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    return failure(readProblem(path, error).problem)
  }
  const rows = parseRows(text, table.separator)
  const header = table.header ? rows.shift() : undefined
  if (rows.length === 0)
    return failure({
      code: 'BAD_TABLE',
      message: 'The table has no rows.',
      where: path,
      expected: 'one row per volume or trial',
      fix: 'Choose the table of volumes or trials, or copy it again from its source.',
    })
  return success(header === undefined ? { rows } : { header, rows })
}

/** Reads and checks the table of a recipe. Every problem names the file, the line and the column. */
export async function readTrialTable(path: string, table: Recipe['table']): Promise<Result<TableRow[]>> {
  const inArrays = await isArrayTable(path, table)
  const cells: Result<TableCells> = inArrays ? await readTableArrays(path, table) : await readTextCells(path, table)
  if (!cells.ok) return cells
  const { header, rows } = cells.value

  const position = (column: Column): Result<number> => {
    if (typeof column === 'number') return success(column)
    const at = header?.findIndex((name) => name.trim() === column) ?? -1
    if (at >= 0) return success(at)
    const expected =
      header === undefined ? 'a column number, because the table has no header' : `one of: ${header.join(', ')}`
    return failure({
      code: 'BAD_TABLE',
      message: `There is no column "${column}".`,
      where: path,
      expected,
      fix: 'Correct "columns" in the recipe.',
    })
  }
  const columns = { label: -1, picture: -1, run: -1, session: -1, volume: -1, shared: -1 }
  for (const name of columnNames) {
    const given = table.columns[name]
    if (given === undefined) continue
    const found = position(given)
    if (!found.ok) return found
    columns[name] = found.value
  }

  const out: TableRow[] = []
  for (const [at, row] of rows.entries()) {
    const line = at + 1 + (table.header && !inArrays ? 1 : 0)
    const cell = (index: number) => row[index]?.trim() ?? ''
    const number = (name: 'run' | 'session' | 'volume'): Result<number> => {
      const text = cell(columns[name])
      if (text !== '' && Number.isInteger(Number(text))) return success(Number(text))
      return failure({
        code: 'BAD_TABLE',
        message: `The ${name} in line ${line} is "${text}".`,
        where: `${path}, line ${line}`,
        expected: 'a whole number',
        fix: `Correct the line, or choose another column for "${name}" in "columns".`,
      })
    }
    const label = cell(columns.label)
    if (columns.label >= 0 && label === '')
      return failure({
        code: 'BAD_TABLE',
        message: `Line ${line} has no label.`,
        where: `${path}, line ${line}`,
        expected: 'a label in every row',
        fix: 'Correct the line; rows that are no trials need a label too, such as rest in "ignoreLabels".',
      })
    const run = columns.run < 0 ? success(0) : number('run')
    if (!run.ok) return run
    const session = columns.session < 0 ? success(0) : number('session')
    if (!session.ok) return session
    const volume = columns.volume < 0 ? success(null) : number('volume')
    if (!volume.ok) return volume
    const picture = cell(columns.picture)
    out.push({
      line,
      label,
      picture: picture === '' || /^n\/a$/i.test(picture) ? null : picture,
      run: run.value,
      session: session.value,
      volume: volume.value,
      shared: /^(1|true|yes)$/i.test(cell(columns.shared)),
    })
  }
  return success(out)
}
