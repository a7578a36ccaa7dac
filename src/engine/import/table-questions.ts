/** What the table beside an image leaves open: its header, what a row is, labels or pictures, and which column says what. */
import type { Recipe } from '../../core/contract/recipe.ts'
import { ProblemError } from '../../core/problem.ts'
import type { Questions } from './bids/questions.ts'
import { askPictures, type Beside, type ProposedPictures } from './pictures/propose-pictures.ts'
import { exampleOf, lookAtTable, type TableLook } from './table-look.ts'

export interface ProposedTable {
  readonly table: Pick<Recipe['table'], 'separator' | 'header' | 'rows' | 'columns'>
  readonly pictures: ProposedPictures['pictures'] | null
  readonly split: Recipe['split']
}

const asColumn = (look: TableLook, name: string) => (look.hasHeader ? name : Number(name))

export async function askTable(questions: Questions, path: string, beside: Beside): Promise<ProposedTable> {
  const look = await askHeader(questions, path)
  const { separator, hasHeader: header, columns } = look
  const rows = askRows(questions, look, beside.isNifti)
  const free = columns.filter((name) => name !== '' && name !== 'onset' && name !== 'duration')
  if (free.length === 0)
    throw new ProblemError({
      code: 'BAD_TABLE',
      message: 'The table has no column that could name what was shown.',
      where: path,
      expected: 'a column of labels',
      fix: 'Choose another table.',
    })
  const pictures = await askPictures(questions, path, look, beside)
  const shown = pictures === null ? askLabel(questions, look, free) : pictures.column
  const others = free.filter((name) => name !== shown)
  const columnsOf = {
    [pictures === null ? 'label' : 'picture']: asColumn(look, shown),
    ...askNumber(questions, look, others, 'run', /^(run|runs|chunk|chunks)$/i),
    ...askNumber(questions, look, others, 'session', /^sessions?$/i),
    ...(pictures === null || pictures.shared === null ? {} : { shared: asColumn(look, pictures.shared) }),
  }
  return {
    table: { separator, header, rows, columns: columnsOf },
    pictures: pictures?.pictures ?? null,
    split: pictures?.split ?? { rule: 'leave-one-run-out' },
  }
}

async function askHeader(questions: Questions, path: string): Promise<TableLook> {
  const look = await lookAtTable(path)
  if (look.isClear) {
    if (!look.hasHeader)
      questions.note({
        code: 'BAD_TABLE',
        message: 'The first row of the table holds numbers, so it counts as data; columns are called by their numbers.',
        where: path,
      })
    return look
  }
  const shown = look.firstRow.slice(0, 6).join(', ')
  const answer = questions.ask(
    'header',
    look.hasHeader ? (['yes', 'no'] as const) : (['no', 'yes'] as const),
    (value) => (value === 'yes' ? `Names of the columns: ${shown}` : `The first row of data: ${shown}`),
    'The table does not say by itself whether its first row names the columns. What is the first row?',
  )
  return lookAtTable(path, answer === 'yes')
}

function askRows(questions: Questions, { columns, rows }: TableLook, isNifti: boolean): Recipe['table']['rows'] {
  if (columns.includes('onset')) return 'events'
  const kinds = isNifti ? (['volumes', 'trials'] as const) : (['trials', 'volumes'] as const)
  const say = (kind: (typeof kinds)[number]) =>
    kind === 'trials'
      ? 'One trial: the image is a series of betas'
      : 'One volume: the image is a time series, and stretches of equal labels are trials'
  return questions.ask('rows', kinds, say, `The table has ${rows.length} rows. What is one row?`)
}

function askLabel(questions: Questions, look: TableLook, free: readonly string[]): string {
  const likely = /^(trial_type|label|labels|condition|category|stimulus|class)$/i
  const ordered = [...free].sort((a, b) => Number(likely.test(b)) - Number(likely.test(a)))
  return questions.ask('label', ordered, (name) => exampleOf(look, name), 'Which column says what was shown?')
}

/** A column of whole numbers that says the run or the session, or none. */
function askNumber(
  questions: Questions,
  look: TableLook,
  free: readonly string[],
  what: 'run' | 'session',
  known: RegExp,
): Pick<Recipe['table']['columns'], 'run' | 'session'> {
  const { columns, rows } = look
  const whole = free.filter((name) => rows.every(({ cells }) => /^\s*\d+\s*$/.test(cells[columns.indexOf(name)] ?? '')))
  const values = [...whole.sort((a, b) => Number(known.test(b)) - Number(known.test(a))), 'none']
  if (what === 'session' && !values.some((name) => known.test(name))) return {}
  const say = (name: string) => (name === 'none' ? `No column tells the ${what}` : exampleOf(look, name))
  const chosen = questions.ask(what, values, say, `Which column says the ${what}?`)
  return chosen === 'none' ? {} : { [what]: asColumn(look, chosen) }
}
