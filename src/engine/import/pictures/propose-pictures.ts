/**
 * Pictures for a table beside an image, as BIDS datasets have them in stimuli/: a column names picture files that lie in a folder
 * nearby, or numbers pictures of an HDF5 file. Whether labels or pictures are decoded is asked; so is everything that the names alone
 * do not settle.
 */
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PicturesFrom, Recipe } from '../../../core/contract/recipe.ts'
import { ProblemError } from '../../../core/problem.ts'
import type { Questions } from '../bids/questions.ts'
import { askTargets } from '../bids/stimuli.ts'
import { listDatasets } from '../hdf5/listing.ts'
import { exampleOf, lookAtTable, type TableLook } from '../table-look.ts'
import { endings } from './decode.ts'

export interface Beside {
  readonly isNifti: boolean
  /** Names of the images beside the table. */
  readonly images: readonly string[]
  readonly mayRead: (path: string) => boolean
}

export interface ProposedPictures {
  readonly pictures: PicturesFrom
  /** Name of the picture column, or its number as a text. */
  readonly column: string
  /** The column that marks pictures for the test, if one is called so. */
  readonly shared: string | null
  readonly split: Recipe['split']
}

/** A place with pictures: a folder with the names that lead to them, or a dataset with so many. */
type PicturePlace =
  | { readonly folder: string; readonly names: ReadonlySet<string> }
  | { readonly file: string; readonly dataset: string; readonly count: number }

/** More folders and files than this are not opened only to make proposals. */
const mostPlaces = 50

/** Null where the table names no pictures that are there, or where labels are to be decoded. */
export async function askPictures(
  questions: Questions,
  path: string,
  look: TableLook,
  beside: Beside,
): Promise<ProposedPictures | null> {
  const cells = cellsOf(look)
  const folders = await foldersBeside(dirname(path), beside.mayRead)
  const placesOf = new Map<string, PicturePlace[]>()
  const datasets = await datasetsBeside(dirname(path), beside)
  for (const name of look.columns) {
    const own = [...new Set(cells(name))]
    if (own.length === 0) continue
    const found = folders
      .map((place) => ({ place, count: own.filter((cell) => place.names.has(plain(cell))).length }))
      // Names with a picture's ending may be missing in part; other words name pictures only if every one of them does.
      .filter(({ count }) => count === own.length || (count > 0 && own.every((cell) => endings.test(cell))))
      .sort((one, other) => other.count - one.count)
    const isNumbers = own.every((cell) => /^\d+$/.test(cell))
    const places = [...found.map(({ place }) => place), ...(isNumbers ? datasets : [])]
    if (places.length > 0) placesOf.set(name, places)
  }
  const columns = likelyFirst([...placesOf.keys()])
  if (columns.length === 0) return null
  const chosen = askTargets(questions, 'The table could name pictures that lie beside it. Labels or pictures?')
  if (chosen.targets === 'labels') return null
  const column = questions.ask('picture', columns, (name) => exampleOf(look, name), 'Which column says the picture?')
  const byName = new Map(placesOf.get(column)!.map((place) => [nameOf(place), place]))
  // Names that were found say where they belong; numbers fit any pictures.
  const least = [...byName.values()].some((place) => 'folder' in place) ? 2 : 1
  const say = (name: string) => textOf(byName.get(name)!)
  const where = questions.ask('pictures', [...byName.keys()], say, 'Where are the pictures?', least)
  const place = byName.get(where)!
  return {
    column,
    shared: look.columns.find((name) => /^shared\d*$/i.test(name)) ?? null,
    split: chosen.split,
    pictures:
      'folder' in place
        ? { from: 'folder', path: place.folder, by: 'name', fit: 'pad' }
        : await fromDataset(questions, path, place, column, cells(column), beside.mayRead),
  }
}

/** Cells of a column that say something. */
function cellsOf({ columns, rows }: TableLook): (name: string) => string[] {
  return (name) =>
    rows.map(({ cells }) => (cells[columns.indexOf(name)] ?? '').trim()).filter((cell) => !/^(n\/a)?$/i.test(cell))
}

function likelyFirst(columns: readonly string[]): string[] {
  const likely = /^(nsd_?id|73kid|coco_?id|pictures?|images?|stimul(us|i))/i
  return [...columns].sort((a, b) => Number(likely.test(b)) - Number(likely.test(a)))
}

const nameOf = (place: PicturePlace) => ('folder' in place ? place.folder : `${place.file}:${place.dataset}`)
const textOf = (place: PicturePlace) =>
  'folder' in place ? `The folder ${place.folder}` : `${place.count} pictures in ${place.dataset} of ${place.file}`

/** Names are compared as they are read, whichever way accents are encoded on this disk. */
const plain = (name: string) => name.normalize('NFC')

/** The table's folder and those in it that hold pictures, with every name that a cell can use: with or without ending. */
async function foldersBeside(folder: string, mayRead: Beside['mayRead']) {
  const entries = await readdir(folder, { withFileTypes: true })
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  const found: { folder: string; names: Set<string> }[] = []
  const whole = new Set<string>()
  for (const name of [...below.slice(0, mostPlaces), '.']) {
    if (!mayRead(join(folder, name))) continue
    const files = (await readdir(join(folder, name))).filter((file) => endings.test(file)).map(plain)
    const names = new Set([...files, ...files.map((file) => file.replace(endings, ''))])
    // A cell may have a folder before the name: then it counts from the table's folder.
    if (name !== '.') for (const file of files) whole.add(`${plain(name)}/${file}`)
    else for (const file of whole) names.add(file)
    if (names.size > 0) found.push({ folder: name, names })
  }
  return found
}

/** Datasets of HDF5 files in the folder, other than the images, that look like pictures. */
async function datasetsBeside(folder: string, { images, mayRead }: Beside) {
  const names = (await readdir(folder)).filter((name) => /\.(h5|hdf5)$/i.test(name) && !images.includes(name)).sort()
  const found: { file: string; dataset: string; count: number }[] = []
  for (const file of names.slice(0, mostPlaces)) {
    if (!mayRead(join(folder, file))) continue
    for (const { path: dataset, shape, kind } of await datasetsOf(join(folder, file)))
      if ((kind === 'integer' || kind === 'float') && looksLikePictures(shape))
        found.push({ file, dataset, count: shape[0]! })
  }
  return found
}

/** Nothing where the file cannot be read: it may have nothing to do with this import. */
async function datasetsOf(path: string) {
  try {
    return await listDatasets(path)
  } catch (error) {
    if (error instanceof ProblemError) return []
    throw error
  }
}

function looksLikePictures(shape: readonly number[]): boolean {
  const isColour = (size: number | undefined) => size === 1 || size === 3
  if (shape.some((size) => size === 0)) return false
  return shape.length === 3 || (shape.length === 4 && isColour(shape[1]) !== isColour(shape[3]))
}

async function fromDataset(
  questions: Questions,
  path: string,
  { file, dataset, count }: Extract<PicturePlace, { file: string }>,
  column: string,
  cells: readonly string[],
  mayRead: Beside['mayRead'],
): Promise<PicturesFrom> {
  const common = { from: 'hdf5', path: file, dataset, fit: 'pad' } as const
  // NSD's list of pictures says which number of the 73,000 a COCO id is.
  const info = /^coco_?id$/i.test(column) ? await stimInfoBeside(dirname(path), mayRead) : null
  if (info !== null) return { ...common, firstIndex: 0, ids: { path: info, column: 'cocoId', position: 'nsdId' } }
  const numbers = cells.map(Number)
  // What the numbers exclude is no choice: a 0 is the first of pictures counted from 0, the count itself the last from 1.
  const possible = (['0', '1'] as const).filter((first) =>
    first === '0' ? !numbers.includes(count) : !numbers.includes(0),
  )
  const firstIndex = questions.ask(
    'firstIndex',
    possible.length === 0 ? (['0', '1'] as const) : possible,
    (first) => (first === '0' ? 'From 0, as nsdId and numpy count' : 'From 1, as 73KID and MATLAB count'),
    `From which number are the pictures of ${column} counted? One off, every trial would show its neighbour.`,
  )
  return { ...common, firstIndex: firstIndex === '0' ? 0 : 1 }
}

async function stimInfoBeside(folder: string, mayRead: Beside['mayRead']): Promise<string | null> {
  for (const name of (await readdir(folder)).sort()) {
    if (!/stim_info.*\.(csv|tsv)$/i.test(name) || !mayRead(join(folder, name))) continue
    const { columns } = await lookAtTable(join(folder, name))
    if (columns.includes('cocoId') && columns.includes('nsdId')) return name
  }
  return null
}
