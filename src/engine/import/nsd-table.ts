/**
 * NSD's experiment as a table of trials, from either file that tells it: the design (nsd_expdesign.mat, `masterordering` and
 * `subjectim`), or the list of pictures as text (nsd_stim_info_merged.csv). Both count pictures from 0 in the 73,000.
 */
import type { Recipe } from '../../core/contract/recipe.ts'
import { type NsdTrial, nsdTrials, nsdTrialsPerSession } from '../../core/data/nsd-design.ts'
import { type StimInfoRow, stimInfoTrials } from '../../core/data/nsd-stim-info.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { readLookedTable } from './looked-table.ts'
import type { TableCells } from './trial-table.ts'

type Asked = NonNullable<Recipe['table']['nsd']>

/** Names of the columns; `picture` is the 0-based number in the 73,000. */
export const nsdColumns = ['session', 'run', 'picture', 'repeat', 'shared'] as const

export interface NsdArrays {
  readonly ordering: Float64Array
  /** subjects × pictures, first axis fastest. */
  readonly pictures: Float64Array
  readonly subjects: number
}

/** Trials of a subject in some sessions, from the arrays of nsd_expdesign.mat. */
export function nsdDesignTable(
  { ordering, pictures, subjects }: NsdArrays,
  path: string,
  { subject, sessions }: Asked,
): TableCells {
  const wrong = (message: string, expected: string) =>
    new ProblemError({ code: 'BAD_TABLE', message, where: path, expected, fix: 'Name nsd_expdesign.mat as it came.' })
  if (subject > subjects) throw wrong(`"subjectim" has ${subjects} rows.`, `a row for subject ${subject}`)
  const count = pictures.length / subjects
  const needed = Math.max(...sessions) * nsdTrialsPerSession
  if (ordering.length < needed)
    throw wrong(
      `"masterordering" has ${ordering.length} trials.`,
      `at least ${needed} for session ${Math.max(...sessions)}`,
    )
  const ordered = ordering.subarray(0, needed)
  if (ordered.some((image) => !Number.isInteger(image) || image < 1 || image > count))
    throw wrong('"masterordering" holds numbers that are no pictures.', `whole numbers from 1 to ${count}`)
  // First axis fastest: one subject's pictures lie `subjects` apart.
  const own = Float64Array.from({ length: count }, (_, at) => pictures[subject - 1 + at * subjects]!)
  if (own.some((picture) => !Number.isInteger(picture) || picture < 1))
    throw wrong('"subjectim" holds numbers that are no pictures.', 'whole numbers from 1')
  const trials = nsdTrials({ masterOrdering: ordered, subjectPictures: own }, sessions)
  return { header: nsdColumns, rows: trials.map(nsdRow) }
}

/** Runs are numbered through the experiment, because a run's number has to be its own. */
function nsdRow({ session, run, picture, repeat, shared }: NsdTrial): string[] {
  return [String(session), String((session - 1) * 12 + run), String(picture), String(repeat), shared ? '1' : '0']
}

/**
 * The same from nsd_stim_info_merged as text, tab- or comma-separated, by the names its columns have (nsdId, cocoId, shared1000,
 * subject1_rep0 …), with the column `cocoId` besides. BAD_TABLE names the column or the line.
 */
export async function nsdStimInfoTable(path: string, { subject, sessions }: Asked): Promise<TableCells> {
  const repeats = [0, 1, 2].map((repeat) => `subject${subject}_rep${repeat}`)
  const table = await readLookedTable(path, 'stim_info table', ['nsdId', 'cocoId', 'shared1000', ...repeats])
  const whole = (text: string, name: string, line: number) => {
    // pandas writes whole numbers as 12.0 where a column had a gap, and leaves the gap empty.
    const value = text === '' ? 0 : Number(text)
    if (Number.isInteger(value) && value >= 0) return value
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: `The ${name} in line ${line} is "${text}".`,
      where: `${path}, line ${line}`,
      expected: 'a whole number',
      fix: 'Correct the line, or copy the table again from its source.',
    })
  }
  const rows = table.map(({ line, cells: [nsdId, cocoId, shared, ...showings] }): StimInfoRow => {
    return {
      nsdId: whole(nsdId!, 'nsdId', line),
      cocoId: whole(cocoId!, 'cocoId', line),
      shared: /^(true|1|1\.0)$/i.test(shared!),
      showings: showings.map((text, at) => whole(text, repeats[at]!, line)),
    }
  })
  const trials = unwrap(stimInfoTrials(rows, sessions, path))
  return {
    header: [...nsdColumns, 'cocoId'],
    rows: trials.map((trial) => [...nsdRow(trial), String(trial.cocoId)]),
  }
}
