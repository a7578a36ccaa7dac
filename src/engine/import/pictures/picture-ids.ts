/** Which number in a dataset of pictures a cell of the trial table means: the number itself, or one found in a table of ids. */
import type { PicturesFrom } from '../../../core/contract/recipe.ts'
import { ProblemError } from '../../../core/problem.ts'
import { readLookedTable } from '../looked-table.ts'
import { recipePath } from '../recipe-file.ts'
import { examples } from './limits.ts'

type FromDataset = Extract<PicturesFrom, { from: 'hdf5' }>

/** Number of each cell that has one, counted as the recipe counts. BAD_TABLE where an id stands for two pictures. */
export async function picturePositions(
  from: FromDataset,
  folder: string,
  cells: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  if (from.ids === undefined) {
    for (const cell of cells) if (/^\d+$/.test(cell)) found.set(cell, Number(cell))
    return found
  }
  const { path, column, position } = from.ids
  const file = recipePath(folder, path)
  const wanted = new Set(cells)
  const twice = new Set<string>()
  for (const { line, cells: row } of await readLookedTable(file, 'table of ids', [column, position])) {
    const [id, number] = [row[0]!, Number(row[1])]
    if (!wanted.has(id)) continue
    if (row[1] === '' || !Number.isInteger(number))
      throw new ProblemError({
        code: 'BAD_TABLE',
        message: `The ${position} in line ${line} is "${row[1]}".`,
        where: `${file}, line ${line}`,
        expected: 'a whole number',
        fix: 'Correct the line, or copy the file again from its source.',
      })
    if ((found.get(id) ?? number) !== number) twice.add(id)
    found.set(id, number)
  }
  if (twice.size > 0)
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: `${twice.size} ids stand for several pictures: ${examples([...twice])}.`,
      where: file,
      expected: `one ${position} for each ${column}`,
      fix: 'Choose a column that tells the pictures apart.',
      count: twice.size,
    })
  return found
}
