/** Confounds as fMRIPrep writes them: tab-separated, a header, one row per volume, n/a where there is no value. */
import type { ConfoundTable } from '../../core/data/confounds.ts'
import { ProblemError } from '../../core/problem.ts'
import { readTextTable } from './table-text.ts'

/** LENGTH_MISMATCH where rows and volumes differ in number; BAD_TABLE for a cell that is no number. */
export async function readConfounds(path: string, volumes: number): Promise<ConfoundTable> {
  const { header, rows } = await readTextTable(path, 'tab', true, 'confounds table')
  const names = header ?? []
  if (rows.length !== volumes)
    throw new ProblemError({
      code: 'LENGTH_MISMATCH',
      message: `The confounds have ${rows.length} rows, the image has ${volumes} volumes.`,
      where: path,
      expected: `one row per volume (${volumes})`,
      fix: 'Choose the confounds of this image; if volumes were cut off, cut the same rows.',
    })
  const columns = names.map(() => new Float64Array(volumes))
  for (const [at, { cells, line }] of rows.entries()) {
    for (const [column, name] of names.entries()) {
      const text = cells[column] ?? ''
      const value = text === 'n/a' || text === '' ? Number.NaN : Number(text)
      if (Number.isNaN(value) && text !== 'n/a' && text !== '')
        throw new ProblemError({
          code: 'BAD_TABLE',
          message: `The confound "${name}" in line ${line} is "${text}".`,
          where: `${path}, line ${line}`,
          expected: 'a number or n/a',
          fix: 'Correct the line, or copy the confounds again from their source.',
        })
      columns[column]![at] = value
    }
  }
  return { names, columns }
}
