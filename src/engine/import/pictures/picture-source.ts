/**
 * Where a recipe's pictures are, whatever kind of place it is. A source finds what the cells of the picture column name without
 * decoding anything, and then gives the pictures one by one. Cells that lead to the same picture get the same place.
 */
import type { PicturesFrom } from '../../../core/contract/recipe.ts'
import type { RawPicture } from '../../../core/embedding/resize.ts'
import type { Problem } from '../../../core/problem.ts'
import { recipePath } from '../recipe-file.ts'
import { openPictureFolder } from './picture-folder.ts'
import { openPictureDataset } from './picture-hdf5.ts'

export interface PictureSource {
  /** Name of each picture that is used, in a fixed order: a file's name, or a number. */
  readonly names: readonly string[]
  /** Position in `names` of what a cell means; cells that mean nothing are not among them. */
  readonly placeOf: ReadonlyMap<string, number>
  /** Cells that name no picture. */
  readonly missing: readonly string[]
  /** Pictures there that no cell names. */
  readonly unused: number
  /** Their names, as `names` are. */
  unusedNames(): string[]
  /** How many of the used pictures are not square, where that can be told without decoding. */
  readonly notSquare: number
  /** What keeps the pictures from being read; everything of one kind in one problem. */
  readonly problems: readonly Problem[]
  /** Bytes to read for all used pictures. */
  readonly bytes: number
  /** SHA-256 of each used picture as it is stored, or null where that would mean decoding it. */
  storedHashes(): Promise<readonly string[] | null>
  /** The decoded pictures in the order of `names`, with the SHA-256 of the file each came from, if it has one of its own. */
  read(): AsyncGenerator<{ readonly picture: RawPicture; readonly sha256: string | null; readonly bytes: number }>
}

/** Opens the place that a recipe names, for the cells that are used. Throws ProblemError where there is no such place. */
export async function openPictures(
  from: PicturesFrom,
  folder: string,
  cells: readonly string[],
): Promise<PictureSource> {
  const path = recipePath(folder, from.path)
  return from.from === 'folder' ? openPictureFolder(path, from, cells) : openPictureDataset(path, from, cells, folder)
}
