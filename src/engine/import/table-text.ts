/**
 * Text tables as rows of cells with their line numbers. What a file has beside the plain form (a byte order mark, Windows
 * line ends) is reported; where the separator seems to be another one, that can be told by `separatorsThatFit`.
 */
import { readFile } from 'node:fs/promises'
import Papa from 'papaparse'
import type { Recipe } from '../../core/contract/recipe.ts'
import { ProblemError } from '../../core/problem.ts'
import { readProblem, sizeOfFile } from './read-problem.ts'

export type Separator = Recipe['table']['separator']
export const separators: readonly Separator[] = ['tab', 'comma', 'space']

export interface TextRow {
  /** 1-based line in the file. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface TextTable {
  readonly path: string
  readonly text: string
  readonly header: readonly string[] | null
  readonly rows: readonly TextRow[]
  readonly byteOrderMark: boolean
  readonly windowsLines: boolean
}

/** One line parted by blanks; "double quotes" hold a cell with blanks together and are taken off. */
function splitBlanks(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map((found) => found[1] ?? found[0])
}

export function splitBlankRows(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => splitBlanks(line))
}

function splitLine(line: string, separator: Separator): string[] {
  if (separator === 'space') return splitBlanks(line)
  const [cells] = Papa.parse<string[]>(line, { delimiter: separator === 'tab' ? '\t' : ',' }).data
  return (cells ?? []).map((cell) => cell.trim())
}

/** Reads a table whose cells hold no line breaks. NOT_FOUND or BAD_FILE name the file; `what` is its noun for messages. */
export async function readTextTable(
  path: string,
  separator: Separator,
  header: boolean,
  what: string,
): Promise<TextTable> {
  let bytes: Buffer
  try {
    await sizeOfFile(path)
    bytes = await readFile(path)
  } catch (error) {
    throw readProblem(path, error)
  }
  refusePickle(bytes, path)
  if (bytes.includes(0))
    throw new ProblemError({
      code: 'BAD_FILE',
      message: `The ${what} is not plain text.`,
      where: path,
      expected: 'a text table in UTF-8',
      fix: 'Save it as text (UTF-8) from the program that made it.',
    })
  const whole = bytes.toString('utf8')
  const text = whole.replace(/^\uFEFF/, '')
  const rows: TextRow[] = []
  for (const [at, line] of text.split(/\r?\n/).entries())
    if (line.trim() !== '') rows.push({ line: at + 1, cells: splitLine(line, separator) })
  const first = header ? (rows.shift()?.cells ?? []) : null
  return {
    path,
    text,
    header: first,
    rows,
    byteOrderMark: text !== whole,
    windowsLines: text.includes('\r\n'),
  }
}

/** A pickle of Python is a program, and is not run. BAD_FILE where the bytes begin like one. */
export function refusePickle(bytes: Uint8Array, path: string): void {
  if (bytes[0] !== 0x80 || (bytes[1] ?? 255) > 5) return
  throw new ProblemError({
    code: 'BAD_FILE',
    message: 'This is a pickle of Python: reading it would run what is in it.',
    where: path,
    expected: 'a text table in UTF-8',
    fix: 'Save it as text from Python, for example with DataFrame.to_csv; NSD has its tables as .csv too.',
  })
}

/** Other separators under which the first line has every one of `columns`. */
export function separatorsThatFit(text: string, separator: Separator, columns: readonly string[]): Separator[] {
  const line = text.split(/\r?\n/).find((candidate) => candidate.trim() !== '') ?? ''
  return separators.filter((other) => {
    if (other === separator) return false
    const names = splitLine(line, other)
    return columns.every((column) => names.includes(column))
  })
}
