/** The rows of docs/bad-inputs.md. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface PageRow {
  readonly input: string
  readonly foundBy: string
  readonly code: string
  readonly message: string
  readonly fix: string
}

const page = fileURLToPath(new URL('../../../docs/bad-inputs.md', import.meta.url))

/** By input. */
export function pageRows(): Map<string, PageRow> {
  const rows = new Map<string, PageRow>()
  for (const line of readFileSync(page, 'utf8').split('\n')) {
    const cells = line.split(' | ').map((cell) => cell.replace(/^\| /, '').replace(/ \|$/, ''))
    const [input, foundBy, code, message, fix] = cells
    if (cells.length !== 5 || input === 'input' || input!.startsWith('---')) continue
    if (rows.has(input!)) throw new Error(`docs/bad-inputs.md has two rows "${input}"`)
    rows.set(input!, { input: input!, foundBy: foundBy!, code: code!, message: message!, fix: fix! })
  }
  return rows
}
