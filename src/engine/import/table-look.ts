/**
 * A first look at a table of which nothing is known: what parts its columns, and whether its first row names them. Where numbers settle
 * that, they do; where the first row could be either, that is said, and a person is asked.
 */
import { readTextTable, type Separator, type TextRow, type TextTable } from './table-text.ts'

export interface TableLook extends TextTable {
  readonly separator: Separator
  /** Whether the first row names the columns. */
  readonly hasHeader: boolean
  /** False where the first row could also be the other thing. */
  readonly isClear: boolean
  /** The first row as it stands. */
  readonly firstRow: readonly string[]
  /** Names of the columns, or their 0-based numbers as texts. */
  readonly columns: readonly string[]
}

/** Names of columns that no row of data would hold. */
const usualNames =
  /^(onset|duration|trial_?type|labels?|conditions?|categor(y|ies)|class|stimul(us|i)|stim_file|pictures?|images?|runs?|chunks?|sessions?|trials?|volumes?|subject)$/i

const isNumber = (cell: string) => cell.trim() !== '' && Number.isFinite(Number(cell))
const isEmpty = (cell: string) => /^\s*(n\/a|nan)?\s*$/i.test(cell)

/** Whether the first of these rows names the columns, and whether that is sure. */
export function headerOf(rows: readonly TextRow[]): { hasHeader: boolean; isClear: boolean } {
  const first = rows[0]?.cells ?? []
  const below = (at: number) =>
    rows
      .slice(1)
      .map(({ cells }) => cells[at] ?? '')
      .filter((cell) => !isEmpty(cell))
  const countsBelow = first.map((_, at) => below(at).length > 0 && below(at).every(isNumber))
  /** Words over numbers: a name. Numbers over numbers: data. */
  const named = first.some((cell, at) => !isNumber(cell) && !isEmpty(cell) && countsBelow[at])
  const counted = first.some((cell, at) => isNumber(cell) && countsBelow[at])
  if (first.some(isNumber)) return { hasHeader: named && !counted, isClear: counted && !named }
  if (named || first.some((cell) => usualNames.test(cell.trim()))) return { hasHeader: true, isClear: true }
  // Only words: a row of names does not come back, a row of data often does.
  const comesBack = first.some((cell, at) => !isEmpty(cell) && below(at).includes(cell))
  return { hasHeader: !comesBack, isClear: false }
}

/** Separator read off the first line; `header` where it is known. Throws the Problem of a table that cannot be read. */
export async function lookAtTable(path: string, header?: boolean): Promise<TableLook> {
  const { text } = await readTextTable(path, 'tab', false, 'table')
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '') ?? ''
  const separator = first.includes('\t') ? 'tab' : first.includes(',') ? 'comma' : 'space'
  const raw = await readTextTable(path, separator, false, 'table')
  const firstRow = raw.rows[0]?.cells ?? []
  const found = header === undefined ? headerOf(raw.rows) : { hasHeader: header, isClear: true }
  const columns = firstRow.map((cell, at) => (found.hasHeader ? cell.trim() : String(at)))
  return { ...raw, ...found, separator, firstRow, columns, rows: found.hasHeader ? raw.rows.slice(1) : raw.rows }
}

/** A column with some of what stands in it. */
export function exampleOf({ columns, rows, hasHeader }: TableLook, name: string): string {
  const at = columns.indexOf(name)
  const seen = [...new Set(rows.map(({ cells }) => cells[at] ?? ''))]
  return `${hasHeader ? name : `Column ${name}`}: ${seen.slice(0, 3).join(', ')}${seen.length > 3 ? ', …' : ''}`
}
