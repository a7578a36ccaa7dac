/**
 * Tables that are no table of trials yet: label arrays in MATLAB or HDF5 files, one array per column, and NSD's experiment. They
 * become the same header and rows as a text table, so the recipe's columns are found in the same way.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { failure, ProblemError, type Result, success, unwrap } from '../../core/problem.ts'
import { type FileKind, fileKind } from './file-kind.ts'
import { Hdf5File } from './hdf5/hdf5-file.ts'
import { findDataset, numberTypeOf } from './hdf5/hdf5-source.ts'
import { type MatFile, openMatFile, readMatVariable } from './matlab/mat-file.ts'
import type { MatVariable } from './matlab/mat-variable.ts'
import { numbersOf } from './matlab/matlab-source.ts'
import { type NsdArrays, nsdDesignTable, nsdStimInfoTable } from './nsd-table.ts'
import { numberBytes, toNumbers } from './number-types.ts'
import type { TableCells } from './trial-table.ts'

/** A column that is longer than this is no list of trials. */
const mostRows = 10_000_000

/** True if the file is HDF5 or MATLAB, or the recipe says it is NSD's design or list of pictures. */
export async function isArrayTable(path: string, table: Recipe['table']): Promise<boolean> {
  if (table.nsd !== undefined) return true
  const kind = await fileKind(path)
  return kind.ok && kind.value !== 'nifti'
}

/** Header and rows of such a table. Problems name the file and the array. */
export async function readTableArrays(path: string, table: Recipe['table']): Promise<Result<TableCells>> {
  try {
    const kind = unwrap(await fileKind(path))
    if (table.nsd !== undefined) return success(await readNsdTable(path, kind, table.nsd))
    const names = Object.values(table.columns).filter((name) => name !== undefined)
    const named = names.filter((name) => typeof name === 'string')
    if (named.length < names.length)
      throw new ProblemError({
        code: 'BAD_RECIPE',
        message: 'The table is an HDF5 or MATLAB file, and a column is given by its number.',
        where: path,
        expected: 'names of arrays in "columns"',
        fix: 'Name the arrays that hold labels, runs and sessions.',
      })
    const columns = kind === 'matlab5' ? await matlabColumns(path, named) : await hdf5Columns(path, named)
    const rows = columns[0]!.length
    for (const [at, column] of columns.entries())
      if (column.length !== rows)
        throw new ProblemError({
          code: 'LENGTH_MISMATCH',
          message: `"${named[at]}" has ${column.length} entries and "${named[0]}" has ${rows}.`,
          where: path,
          expected: 'arrays of one length',
          fix: 'Correct "columns" in the recipe.',
        })
    return success({ header: named, rows: columns[0]!.map((_, row) => columns.map((column) => column[row]!)) })
  } catch (error) {
    if (error instanceof ProblemError) return failure(error.problem)
    throw error
  }
}

function checkVector(path: string, name: string, sizes: readonly number[]): void {
  if (sizes.filter((size) => size !== 1).length <= 1 && sizes.every((size) => size > 0 && size <= mostRows)) return
  throw new ProblemError({
    code: 'BAD_TABLE',
    message: `"${name}" has the sizes ${sizes.join(' × ')}, no list of rows.`,
    where: `${path}, ${name}`,
    expected: 'one number or text per row',
    fix: 'Choose another array in "columns".',
  })
}

async function hdf5Columns(path: string, names: readonly string[]): Promise<string[][]> {
  const file = await Hdf5File.open(path)
  try {
    const columns: string[][] = []
    for (const name of names) {
      checkVector(path, name, unwrap(await findDataset(file, name)).shape)
      columns.push([...(await hdf5Numbers(file, name))].map(String))
    }
    return columns
  } finally {
    await file.close()
  }
}

async function hdf5Numbers(file: Hdf5File, name: string): Promise<Float64Array> {
  const dataset = unwrap(await findDataset(file, name))
  const type = unwrap(numberTypeOf(dataset, file.path))
  if (dataset.shape.reduce((product, size) => product * size, numberBytes[type]) > mostRows * 8)
    throw new ProblemError({
      code: 'TOO_LARGE',
      message: `"${name}" has the sizes ${dataset.shape.join(' × ')}: too many for a table.`,
      where: `${file.path}, ${name}`,
      expected: `at most ${mostRows} entries`,
      fix: 'Choose another array in "columns".',
    })
  const zeros = dataset.shape.map(() => 0)
  const bytes = await file.read(name, zeros, dataset.shape)
  return toNumbers(bytes, type, true)
}

async function matlabColumns(path: string, names: readonly string[]): Promise<string[][]> {
  const file = unwrap(await openMatFile(path))
  const columns: string[][] = []
  for (const name of names) columns.push(matlabColumn(path, unwrap(await readMatVariable(file, name))))
  return columns
}

/** Entries of a vector, rows of a character matrix, or texts of a cell array of texts. */
function matlabColumn(path: string, variable: MatVariable): string[] {
  const { content, name, sizes } = variable
  if (content.kind === 'text') return [...content.rows]
  checkVector(path, name, sizes)
  if (content.kind === 'cells')
    return content.cells.map((cell, at) => {
      if (cell.content.kind === 'text' && cell.content.rows.length === 1) return cell.content.rows[0]!
      throw new ProblemError({
        code: 'BAD_TABLE',
        message: `Cell ${at + 1} of "${name}" is no text but ${cell.sizes.join(' × ')} ${cell.className}.`,
        where: `${path}, ${name}`,
        expected: 'a cell array of texts',
        fix: 'Choose another variable, or convert it in MATLAB.',
      })
    })
  const { bytes, type, littleEndian } = unwrap(numbersOf(variable, path))
  return [...toNumbers(bytes, type, littleEndian)].map(String)
}

async function readNsdTable(
  path: string,
  kind: FileKind,
  asked: NonNullable<Recipe['table']['nsd']>,
): Promise<TableCells> {
  if (kind === 'nifti') return nsdStimInfoTable(path, asked)
  return nsdDesignTable(kind === 'matlab5' ? await nsdFromMatlab(path) : await nsdFromHdf5(path), path, asked)
}

async function nsdFromMatlab(path: string): Promise<NsdArrays> {
  const file: MatFile = unwrap(await openMatFile(path))
  const read = async (name: string) => {
    const variable = unwrap(await readMatVariable(file, name))
    const { bytes, type, littleEndian } = unwrap(numbersOf(variable, path))
    return { values: toNumbers(bytes, type, littleEndian), sizes: variable.sizes }
  }
  const pictures = await read('subjectim')
  return {
    ordering: (await read('masterordering')).values,
    pictures: pictures.values,
    subjects: pictures.sizes[0]!,
  }
}

async function nsdFromHdf5(path: string): Promise<NsdArrays> {
  const file = await Hdf5File.open(path)
  try {
    const pictures = unwrap(await findDataset(file, 'subjectim'))
    return {
      ordering: await hdf5Numbers(file, 'masterordering'),
      pictures: await hdf5Numbers(file, 'subjectim'),
      subjects: pictures.shape.at(-1) ?? 1,
    }
  } finally {
    await file.close()
  }
}
