/**
 * Tables as other programs read them: TSV as BIDS writes it ("n/a" where there is no value), and the same as CSV for spreadsheets
 * (a byte-order mark, cells left empty). Numbers have a decimal point and every digit they have; lines end with a line feed.
 */
export type Cell = string | number | null

export interface ResultTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export function toTsv({ columns, rows }: ResultTable): string {
  const cell = (value: Cell) => (value === null ? 'n/a' : String(value).replace(/[\t\r\n]+/g, ' '))
  return [columns, ...rows].map((row) => `${row.map(cell).join('\t')}\n`).join('')
}

export function toCsv({ columns, rows }: ResultTable): string {
  const cell = (value: Cell) => {
    if (typeof value === 'number') return String(value)
    // A text that a spreadsheet would take for a formula stays a text.
    const text = (value ?? '').replace(/^(?=[=+\-@])/, "'")
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return `\uFEFF${[columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('')}`
}
