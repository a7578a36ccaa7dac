/**
 * The film of a mask run: small files, one per picture, in results/film of the run's folder. A run of many epochs keeps every second,
 * then every fourth picture, so that a film never grows beyond `longest`; the first and the newest always stay.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { VoxelSpace } from '../../core/data/subject-data.ts'
import { readDataFile, writeDataFile } from '../project/data-file.ts'
import type { RunFolder } from '../project/run-folder.ts'

export const longest = 64

export interface FilmPicture {
  readonly part: string
  readonly epoch: number
  /** 1 where a voxel of the space was still in. */
  readonly mask: Uint8Array
}

const folderOf = (folder: RunFolder) => folder.result('film')
const ending = '.data'

function names(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => /^\d{6}\.data$/.test(name))
    .sort()
}

/** Adds a picture; a map is in where it is above one half, as everywhere in Algorithm 1's mask. */
export function addToFilm(folder: RunFolder, space: VoxelSpace, part: string, epoch: number, map: ArrayLike<number>) {
  const path = folderOf(folder)
  mkdirSync(path, { recursive: true })
  const there = names(path)
  const number = there.length === 0 ? 0 : Number(there.at(-1)!.slice(0, -ending.length)) + 1
  if (there.length === 0)
    writeDataFile(folder.result('film-space.data'), {
      values: { shape: [...space.grid.shape], affine: [...space.grid.affine] },
      arrays: { index: space.index },
    })
  writeDataFile(join(path, `${String(number).padStart(6, '0')}${ending}`), {
    values: { part, epoch },
    arrays: { mask: Uint8Array.from(map, (value) => (value > 0.5 ? 1 : 0)) },
  })
  if (there.length >= longest)
    for (const [at, name] of there.entries()) if (at % 2 === 1) rmSync(join(path, name), { force: true })
}

export interface ReadFilm {
  readonly shape: [number, number, number]
  readonly affine: number[]
  readonly index: Int32Array
  readonly pictures: readonly FilmPicture[]
}

/** Null where the run kept no pictures. A damaged picture is left out. What a resumed run computed again counts once, the newer. */
export function readFilm(folder: RunFolder): ReadFilm | null {
  const space = readDataFile(folder.result('film-space.data'))
  if (!space.ok) return null
  const { index } = space.value.arrays
  if (!(index instanceof Int32Array)) return null
  const found = new Map<string, FilmPicture>()
  for (const name of names(folderOf(folder))) {
    const content = readDataFile(join(folderOf(folder), name))
    if (!content.ok) continue
    const { mask } = content.value.arrays
    if (!(mask instanceof Uint8Array) || mask.length !== index.length) continue
    const picture = { part: String(content.value.values.part), epoch: Number(content.value.values.epoch), mask }
    const key = `${picture.epoch} ${picture.part}`
    found.delete(key)
    found.set(key, picture)
  }
  const shape = space.value.values.shape as unknown as [number, number, number]
  return { shape, affine: space.value.values.affine as number[], index, pictures: [...found.values()] }
}
