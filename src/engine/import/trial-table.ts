/**
 * The table that says what each volume or trial is: tab-, comma- or blank-separated, with or without a header. Rows keep
 * their line numbers, so that a problem can say where it is.
 */
import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, type Result, success } from '../../core/problem.ts'
import { splitBlankRows } from './table-text.ts'

export interface TableRow {
  /** 1-based line in the file. */
  readonly line: number
  readonly label: string
  readonly run: number
  readonly session: number
}

type Column = string | number

function parseRows(text: string, separator: Recipe['table']['separator']): string[][] {
  if (separator === 'space') return splitBlankRows(text)
  const parsed = Papa.parse<string[]>(text, { delimiter: separator === 'tab' ? '\t' : ',', skipEmptyLines: 'greedy' })
  return parsed.data
}

/** Reads and checks the table of a recipe. Every problem names the file, the line and the column. */
export async function readTrialTable(path: string, table: Recipe['table']): Promise<Result<TableRow[]>> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch {
    return failure({
      code: 'NOT_FOUND',
      message: 'The table cannot be read.',
      where: path,
      fix: 'Check the path in the recipe.',
    })
  }
  const rows = parseRows(text, table.separator)
  const header = table.header ? rows.shift() : undefined
  if (rows.length === 0) return failure({ code: 'BAD_TABLE', message: 'The table has no rows.', where: path })

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
  const label = position(table.columns.label)
  if (!label.ok) return label
  const run = table.columns.run === undefined ? null : position(table.columns.run)
  if (run !== null && !run.ok) return run
  const session = table.columns.session === undefined ? null : position(table.columns.session)
  if (session !== null && !session.ok) return session

  const out: TableRow[] = []
  for (const [at, row] of rows.entries()) {
    const line = at + 1 + (table.header ? 1 : 0)
    const cell = (index: number) => row[index]?.trim() ?? ''
    const number = (index: number, name: string): Result<number> => {
      const value = Number(cell(index))
      if (cell(index) !== '' && Number.isInteger(value)) return success(value)
      return failure({
        code: 'BAD_TABLE',
        message: `The ${name} in line ${line} is "${cell(index)}".`,
        where: `${path}, line ${line}`,
        expected: 'a whole number',
      })
    }
    if (cell(label.value) === '')
      return failure({
        code: 'BAD_TABLE',
        message: `Line ${line} has no label.`,
        where: `${path}, line ${line}`,
        expected: 'a label in every row',
      })
    const runNumber = run === null ? success(0) : number(run.value, 'run')
    if (!runNumber.ok) return runNumber
    const sessionNumber = session === null ? success(0) : number(session.value, 'session')
    if (!sessionNumber.ok) return sessionNumber
    out.push({ line, label: cell(label.value), run: runNumber.value, session: sessionNumber.value })
  }
  return success(out)
}
