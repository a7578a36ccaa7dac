/** Everything of an import that belongs to nothing, as a table for the person who has to find out why. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { unwrap } from '../../core/problem.ts'
import { writeNewText } from './new-text.ts'
import { surveyRecipe } from './survey.ts'

/** A cell stays one cell, and no spreadsheet takes it for a formula. */
function cell(text: string): string {
  const flat = text.replace(/[\t\r\n]+/g, ' ')
  return /^[=+@-]/.test(flat) ? `'${flat}` : flat
}

/** Surveys the recipe again and writes all rows, tab-separated with a header. Throws the survey's Problem, or those of `writeNewText`. */
export async function saveUnmatched(
  recipe: Recipe,
  folder: string,
  file: string,
): Promise<{ file: string; rows: number }> {
  const { unmatchedRows } = unwrap(await surveyRecipe(recipe, folder))
  const lines = unmatchedRows.map(({ what, item, reason }) => [what, item, reason].map(cell).join('\t'))
  const text = ['what\titem\treason', ...lines, ''].join('\n')
  return { file: await writeNewText(file, text, 'list'), rows: lines.length }
}
