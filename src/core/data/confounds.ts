/**
 * Confounds of one run as fMRIPrep writes them: named columns, one row per volume. Presets name the usual sets; a derivative
 * has no value in its first row (`n/a`), which is taken from the second row, as nilearn's load_confounds does.
 */
import type { ConfoundChoice, ConfoundPreset } from '../contract/trials.ts'
import { failure, type Result, success } from '../problem.ts'

export interface ConfoundTable {
  readonly names: readonly string[]
  /** Per name, one number per volume; NaN where the file says n/a. */
  readonly columns: readonly Float64Array[]
}

const axes = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'] as const

/**
 * Columns of a preset. motion-6: three shifts and three turns. motion-24: with derivatives and the squares of both (Friston et
 * al. 1996, Satterthwaite et al. 2013). compcor-5: the first five aCompCor components together with fMRIPrep's cosines, without
 * which they must not be used, because they were computed after those were removed.
 */
export function presetColumns(preset: ConfoundPreset, available: readonly string[]): string[] {
  if (preset === 'motion-6') return [...axes]
  if (preset === 'motion-24')
    return ['', '_derivative1', '_power2', '_derivative1_power2'].flatMap((ending) => axes.map((axis) => axis + ending))
  const components = [0, 1, 2, 3, 4].map((number) => `a_comp_cor_${String(number).padStart(2, '0')}`)
  return [...components, ...available.filter((name) => /^cosine\d+$/.test(name))]
}

/** Names that a choice stands for in a table, without repeats, and those that the table lacks. */
export function chosenColumns(
  choice: ConfoundChoice,
  available: readonly string[],
): { names: string[]; missing: string[] } {
  const wanted = [
    ...new Set([...choice.presets.flatMap((preset) => presetColumns(preset, available)), ...choice.columns]),
  ]
  return { names: wanted, missing: wanted.filter((name) => !available.includes(name)) }
}

/**
 * The chosen regressors, first rows filled, each with mean 0 and deviation 1 (a constant column is 0). BAD_TABLE names a missing column, or a
 * value that is not there after the first row.
 */
export function confoundRegressors(
  table: ConfoundTable,
  choice: ConfoundChoice,
  where: string,
): Result<Float64Array[]> {
  const { names, missing } = chosenColumns(choice, table.names)
  if (missing.length > 0)
    return failure({
      code: 'BAD_TABLE',
      message: `The confounds have no column ${missing.map((name) => `"${name}"`).join(', ')}.`,
      where,
      expected: `columns among: ${table.names.join(', ')}`,
      fix: 'Choose other columns or another preset in "confounds", or the file that fMRIPrep wrote for this run.',
    })
  const out: Float64Array[] = []
  for (const name of names) {
    const column = table.columns[table.names.indexOf(name)]!.slice()
    if (Number.isNaN(column[0]) && column.length > 1) column[0] = column[1]!
    const bad = column.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0)
      return failure({
        code: 'BAD_TABLE',
        message: `The confound "${name}" has no number in row ${bad + 1}.`,
        where,
        expected: 'numbers in every row; only the first may be n/a',
        fix: 'Leave this column out, or repair the file.',
      })
    out.push(standardised(column))
  }
  return success(out)
}

function standardised(column: Float64Array): Float64Array {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length
  const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length)
  const scale = deviation > 1e-12 * Math.max(1e-12, Math.abs(mean)) ? 1 / deviation : 0
  return column.map((value) => (value - mean) * scale)
}
