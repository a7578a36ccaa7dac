/**
 * Pictures as files in a folder. A cell names a file with or without its ending, or counts the folder's pictures sorted by name.
 * Every file that is used is looked at first: its size in bytes, its format, and the width and height that it claims, so that
 * nothing is decoded on a damaged or malicious file's word.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { PicturesFrom } from '../../../core/contract/recipe.ts'
import { type Problem, ProblemError } from '../../../core/problem.ts'
import { decodePicture, endings, pictureHeader } from './decode.ts'
import { examples, largestPictureBytes, largestPicturePixels } from './limits.ts'
import type { PictureSource } from './picture-source.ts'

type FromFolder = Extract<PicturesFrom, { from: 'folder' }>

/** Files looked at or read at the same time. */
const together = 8

export async function openPictureFolder(
  folder: string,
  from: FromFolder,
  cells: readonly string[],
): Promise<PictureSource> {
  const files = await listPictures(folder)
  const found =
    from.by === 'position' ? byPosition(files, from.firstIndex ?? 0, cells) : await byName(folder, files, cells)
  const names = [...new Set(found.file.values())].sort()
  const place = new Map(names.map((name, at) => [name, at]))
  const looked = await lookAt(folder, names)
  return {
    names,
    placeOf: new Map([...found.file].map(([cell, name]) => [cell, place.get(name)!])),
    missing: cells.filter((cell) => !found.file.has(cell)),
    unused: files.filter((name) => !place.has(name)).length,
    unusedNames: () => files.filter((name) => !place.has(name)),
    notSquare: looked.notSquare,
    problems: [...found.problems, ...looked.problems],
    bytes: looked.bytes,
    storedHashes: () =>
      inParallel(names, async (name) =>
        createHash('sha256')
          .update(await bytesOf(folder, name))
          .digest('hex'),
      ),
    async *read() {
      for (const name of names) {
        const bytes = await bytesOf(folder, name)
        yield {
          picture: await decodePicture(bytes, join(folder, name)),
          sha256: createHash('sha256').update(bytes).digest('hex'),
          bytes: bytes.length,
        }
      }
    },
  }
}

async function listPictures(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory() && endings.test(entry.name))
      .map((entry) => entry.name)
      .sort()
  } catch {
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'The folder of the pictures cannot be read.',
      where: folder,
      expected: 'a folder of picture files',
      fix: 'Correct "path" of "pictures" in the recipe.',
    })
  }
}

interface Found {
  /** Name of the file that each cell means. */
  readonly file: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

function byPosition(files: readonly string[], firstIndex: number, cells: readonly string[]): Found {
  const file = new Map<string, string>()
  for (const cell of cells) {
    const name = /^\d+$/.test(cell) ? files[Number(cell) - firstIndex] : undefined
    if (name !== undefined) file.set(cell, name)
  }
  return { file, problems: [] }
}

/** Names are compared as they are read, whichever way accents are encoded on this disk. */
const plain = (name: string) => name.normalize('NFC')

async function byName(folder: string, files: readonly string[], cells: readonly string[]): Promise<Found> {
  const whole = new Map(files.map((name) => [plain(name), name]))
  const stems = new Map<string, string[]>()
  for (const name of files) {
    const stem = plain(name).replace(endings, '')
    stems.set(stem, [...(stems.get(stem) ?? []), name])
  }
  const file = new Map<string, string>()
  const unclear: string[] = []
  for (const cell of cells) {
    const exact = whole.get(plain(cell))
    const sameStem = stems.get(plain(cell)) ?? []
    if (exact !== undefined) file.set(cell, exact)
    else if (sameStem.length === 1) file.set(cell, sameStem[0]!)
    else if (sameStem.length > 1) unclear.push(`${cell} (${sameStem.join(', ')})`)
    else if (/[\\/]/.test(cell) && (await isBelow(folder, cell))) file.set(cell, cell.replaceAll('\\', '/'))
  }
  if (unclear.length === 0) return { file, problems: [] }
  const problem: Problem = {
    code: 'BAD_TABLE',
    message: `Some names fit several pictures: ${examples(unclear)}.`,
    where: folder,
    expected: 'one picture for each name',
    fix: 'Write the file’s ending in the table.',
    count: unclear.length,
  }
  return { file, problems: [problem] }
}

/** A name with folders in it may not lead out of the pictures' folder, neither by dots nor through a link. */
async function isBelow(folder: string, cell: string): Promise<boolean> {
  try {
    const [top, path] = await Promise.all([realpath(folder), realpath(join(folder, cell.replaceAll('\\', '/')))])
    return path.startsWith(top + sep)
  } catch {
    return false
  }
}

interface Looked {
  readonly problems: Problem[]
  readonly notSquare: number
  readonly bytes: number
}

async function lookAt(folder: string, names: readonly string[]): Promise<Looked> {
  const notPictures: string[] = []
  const tooLarge: string[] = []
  /** How large those say they are. */
  const claims = new Map<string, string>()
  const said = (name: string) => `${name} (${claims.get(name)})`
  let [notSquare, bytes] = [0, 0]
  await inParallel(names, async (name) => {
    const path = join(folder, name)
    const size = await stat(path).then(
      (info) => (info.isFile() ? info.size : null),
      () => null,
    )
    if (size === null) {
      notPictures.push(name)
      return
    }
    bytes += size
    if (size > largestPictureBytes) {
      tooLarge.push(name)
      claims.set(name, `${Math.round(size / 2 ** 20)} MB`)
      return
    }
    const header = await pictureHeader(path)
    if (header === null) notPictures.push(name)
    else if (header.width * header.height > largestPicturePixels) {
      tooLarge.push(name)
      claims.set(name, `${header.width} × ${header.height}`)
    } else if (header.width !== header.height) notSquare++
  })
  const problems: Problem[] = []
  const whereOf = (bad: readonly string[]) => (bad.length === 1 ? join(folder, bad[0]!) : folder)
  if (notPictures.length > 0)
    problems.push({
      code: 'BAD_FILE',
      message: `${notPictures.length === 1 ? 'This file is' : 'These files are'} no picture that can be read: ${examples(notPictures.sort())}.`,
      where: whereOf(notPictures),
      expected: 'PNG, JPEG, TIFF, WebP or GIF with one picture in each file',
      fix: 'Replace them, or correct the picture column.',
      count: notPictures.length,
    })
  if (tooLarge.length > 0)
    problems.push({
      code: 'TOO_LARGE',
      message: `${tooLarge.length === 1 ? 'This picture says that it is' : 'Some pictures say that they are'} larger than any stimulus: ${examples(tooLarge.map(said).sort())}.`,
      where: whereOf(tooLarge),
      expected: `at most ${largestPicturePixels / 2 ** 20} million pixels and ${largestPictureBytes / 2 ** 20} MB each`,
      fix: 'Give the pictures as they were shown.',
      count: tooLarge.length,
    })
  return { problems, notSquare, bytes }
}

async function bytesOf(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name)
  try {
    return await readFile(path)
  } catch {
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'This picture can no longer be read.',
      where: path,
      expected: 'a file that stays where it is while it is imported',
      fix: 'Put it back and import again; nothing was kept of this attempt.',
    })
  }
}

/** Results in the order of the items, a few at a time. */
async function inParallel<T>(items: readonly string[], work: (item: string) => Promise<T>): Promise<T[]> {
  const out: T[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      out[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: together }, worker))
  return out
}
