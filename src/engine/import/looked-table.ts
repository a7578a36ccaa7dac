/** A text table of which only some columns, known by their names, are wanted: tabs or commas are told by where the names stand. */
import { stat } from 'node:fs/promises'
import { ProblemError } from '../../core/problem.ts'
import { readProblem } from './read-problem.ts'
import { readTextTable, type Separator, type TextTable } from './table-text.ts'

export interface LookedRow {
  /** 1-based line in the file. */
  readonly line: number
  /** Cells of the wanted columns, in the order in which they were asked for. */
  readonly cells: readonly string[]
}

/** A list of pictures with many columns, and no more. */
const largestTable = 2 ** 26

/** TOO_LARGE, NOT_FOUND, BAD_FILE, or BAD_TABLE that names the column which is not there. `what` is the table's noun. */
export async function readLookedTable(path: string, what: string, columns: readonly string[]): Promise<LookedRow[]> {
  const bytes = await sizeOf(path)
  if (bytes > largestTable)
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `The ${what} has ${(bytes / 2 ** 20).toFixed(0)} MiB.`,
      where: path,
      expected: `at most ${largestTable / 2 ** 20} MiB of text`,
      fix: 'Choose the table of volumes or trials.',
    })
  let best: TextTable | null = null
  for (const separator of ['comma', 'tab'] as const satisfies readonly Separator[]) {
    const table = await readTextTable(path, separator, true, what)
    const header = (table.header ?? []).map((name) => name.trim())
    const at = columns.map((column) => header.indexOf(column))
    if (at.every((position) => position >= 0))
      return table.rows.map(({ line, cells }) => ({ line, cells: at.map((position) => cells[position]?.trim() ?? '') }))
    if (best === null || header.length > (best.header ?? []).length) best = table
  }
  const header = best?.header ?? []
  const lacking = columns.filter((column) => !header.some((name) => name.trim() === column))
  throw new ProblemError({
    code: 'BAD_TABLE',
    message: `The ${what} has no column "${lacking[0]}".`,
    where: path,
    expected: `the columns ${columns.join(', ')}; there are: ${header.slice(0, 50).join(', ')}`,
    fix: 'Choose the right table, or correct the name in the recipe.',
  })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    throw readProblem(path, error)
  }
}
