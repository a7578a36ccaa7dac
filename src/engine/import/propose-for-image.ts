/**
 * From one image to a recipe, by what lies beside it. Nothing is guessed that would look right and be wrong: which table, what its
 * rows and columns mean, labels or pictures, which mask, and of arrays the dataset, the grid and the axes are questions, asked with
 * proposals.
 */
import { basename, dirname, join } from 'node:path'
import { type Recipe, recipeSchema } from '../../core/contract/recipe.ts'
import { ProblemError } from '../../core/problem.ts'
import { proposeArray } from './array-questions.ts'
import type { Proposal } from './bids/propose.ts'
import { Questions } from './bids/questions.ts'
import { fileKind } from './file-kind.ts'
import { type FilesBeside, filesBeside, patternOf } from './files-beside.ts'
import { openNifti } from './nifti-volumes.ts'
import { askTable } from './table-questions.ts'

/** By its ending: a file that can hold volumes. */
export function isImageFile(path: string): boolean {
  return /\.(nii|hdr|img)(\.gz)?$|\.(mat|h5|hdf5)$/i.test(path)
}

/** Throws ProblemError where no recipe can be proposed: a single volume, a damaged file, no table beside it. */
export async function proposeForImage(
  given: string,
  answers: Readonly<Record<string, string>>,
  mayRead: (path: string) => boolean,
): Promise<Proposal> {
  const path = given.replace(/\.img(\.gz)?$/i, '.hdr')
  const folder = dirname(path)
  const questions = new Questions(answers, path)
  const kind = await fileKind(path)
  if (!kind.ok) throw new ProblemError(kind.problem)
  const beside = await filesBeside(path, mayRead)
  const shape = kind.value === 'nifti' ? await seriesShape(path) : null
  const images = askSeries(questions, path, beside)
  const tables = askTables(questions, path, images, beside)
  const isNifti = kind.value === 'nifti'
  const { table, pictures, split } = await askTable(questions, join(folder, tables[0]!), { isNifti, images, mayRead })
  const array = kind.value === 'nifti' ? null : await proposeArray(questions, path, kind.value, beside.volumes)
  const ofGrid = array === null ? shape : array.shape
  const masks = beside.volumes.filter(({ shape: own }) => ofGrid === null || own.join() === ofGrid.join())
  const isSeries = images.length > 1
  const recipe = recipeSchema.parse({
    version: 1,
    subject: /sub-([A-Za-z0-9]+)/.exec(path)?.[1] ?? '01',
    description: `Proposed for ${basename(path)} and what lies beside it.`,
    images: images.map((name, at) => ({
      path: name,
      ...(isSeries ? { run: at + 1 } : {}),
      ...(tables.length > 1 ? { table: tables[at] } : {}),
      ...(array?.image ?? {}),
    })),
    ...(array?.recipe ?? {}),
    table: { ...table, ...(tables.length > 1 ? {} : { path: tables[0] }) },
    ...askMasks(
      questions,
      masks.map(({ name }) => name),
      table.rows === 'trials',
    ),
    ...(pictures === null ? {} : { pictures }),
    trials: trialsOf(table.rows),
    split,
  })
  return { recipe, problems: questions.problems, subjects: [], questions: questions.asked }
}

function trialsOf(rows: Recipe['table']['rows']): unknown {
  if (rows === 'events') return { from: 'event-glm', detrend: false, highPassSeconds: 128 }
  return { from: rows === 'trials' ? 'volumes' : 'blocks' }
}

async function seriesShape(path: string): Promise<readonly number[]> {
  const opened = await openNifti(path)
  if (!opened.ok) throw new ProblemError(opened.problem)
  const { shape, volumes } = opened.value.header
  if (volumes > 1) return shape.slice(0, 3)
  throw new ProblemError({
    code: 'BAD_FILE',
    message: 'This image holds a single volume.',
    where: path,
    expected: 'a 4D series of volumes or of betas',
    fix: 'Choose the series; masks and ROIs beside it are proposed then.',
  })
}

function askSeries(questions: Questions, path: string, { series }: FilesBeside): readonly string[] {
  const own = [basename(path)]
  if (series.length < 2) return own
  const answer = questions.ask(
    'images',
    ['all', 'one'],
    (value) => (value === 'one' ? `Only ${own[0]}` : `All ${series.length}, each as one run: ${named(series)}`),
    'Several images differ in their numbers only.',
  )
  return answer === 'all' ? series : own
}

/** One table for all images, or as many as there are images. */
function askTables(questions: Questions, path: string, images: readonly string[], { tables }: FilesBeside): string[] {
  if (tables.length === 0)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'No table lies beside this image.',
      where: dirname(path),
      expected: 'a text table (.tsv, .csv, .txt) with a row per volume, trial or event',
      fix: 'Put the table beside the image, or write a recipe that says where it is.',
    })
  const groups = new Map<string, string[]>()
  for (const name of tables) groups.set(patternOf(name), [...(groups.get(patternOf(name)) ?? []), name])
  const each = [...groups].filter(([, names]) => images.length > 1 && names.length === images.length)
  const values = [...each.map(([pattern]) => `each:${pattern}`), ...tables].slice(0, 50)
  const namesOf = (value: string) => (value.startsWith('each:') ? groups.get(value.slice(5))! : [value])
  const text = (value: string) =>
    value.startsWith('each:') ? `One table for each image, in this order: ${named(namesOf(value))}` : value
  return namesOf(questions.ask('table', values, text, 'Which table says what was shown?'))
}

function named(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names[0]}, ${names[1]}, … ${names.at(-1)}`
}

/** The brain mask is asked for; an annotated ROI may be named. */
function askMasks(questions: Questions, files: readonly string[], areBetas: boolean) {
  const likely = [...files].sort((a, b) => Number(/brain|mask/i.test(b)) - Number(/brain|mask/i.test(a)))
  const values = [...likely, ...(areBetas ? [] : ['otsu']), 'none']
  const say = (value: string) =>
    ({ otsu: 'Make one from the mean volume (Otsu)', none: 'No mask: all voxels that vary' })[value] ?? value
  const mask = questions.ask('brainMask', values, say, 'Which file is the brain mask?')
  const others = files.filter((name) => name !== mask)
  const brainMask = mask === 'none' ? null : mask === 'otsu' ? { rule: 'otsu' } : mask
  if (others.length === 0) return { brainMask }
  const roi = questions.answer('roi')
  const choices = [...others, 'none']
  if (roi !== undefined) questions.ask('roi', choices, say, '')
  else
    questions.note(
      { code: 'BAD_PARAMETER', message: 'No annotated ROI is compared with.' },
      others.slice(0, 20).map((answer) => ({ question: 'roi', answer, text: `Compare with ${answer}` })),
    )
  return { brainMask, annotatedRoi: roi === undefined || roi === 'none' ? null : { path: roi } }
}
