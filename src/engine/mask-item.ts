/** A mask of a project with everything read that belongs to it: its subject's data and the result itself. */
import type { ListedMask, Subject } from '../core/contract/result.ts'
import { ProblemError } from '../core/problem.ts'
import { type MaskResult, unpackMask } from '../core/troi/mask-result.ts'
import { gridSize } from '../core/volume/grid.ts'
import type { ProjectStore } from './project/project-store.ts'
import { type LoadedSubject, unpackSubject } from './runs/subject-file.ts'

export interface MaskItem {
  readonly mask: ListedMask
  readonly subject: Subject
  readonly loaded: LoadedSubject
  readonly result: MaskResult
}

/** NOT_FOUND for an unknown id; CHECKSUM or BAD_FILE where a file is damaged. `known` is the mask's subject if it was read before. */
export async function maskItem(store: ProjectStore, id: string, known?: LoadedSubject): Promise<MaskItem> {
  const mask = (await store.listMasks()).find((one) => one.id === id)
  if (mask === undefined)
    throw new ProblemError({ code: 'NOT_FOUND', message: 'There is no such mask in this project.', where: id })
  const subject = (await store.subjects()).find((one) => one.id === mask.subject)
  if (subject === undefined)
    throw new ProblemError({ code: 'NOT_FOUND', message: 'The subject of this mask is missing.', where: mask.subject })
  const loaded = known ?? unpackSubject(subject, store.readData(await store.fileOf('subject', subject.id)))
  return { mask, subject, loaded, result: unpackMask(store.readData(await store.fileOf('mask', id))) }
}

/** Values per voxel in use, laid out on the whole grid; `empty` is the grid to fill. */
export function onWholeGrid<T extends Uint8Array | Float32Array>(values: T, index: Int32Array, empty: T): T {
  for (let v = 0; v < index.length; v++) empty[index[v]!] = values[v]!
  return empty
}

/** The subject's mean volume, or, where it has no scan of its own, the shape of its brain; and what it is, in words. */
export function backgroundOf(loaded: LoadedSubject): { values: Float32Array; name: string } {
  if (loaded.meanVolume !== null) return { values: loaded.meanVolume, name: 'mean of this subject’s volumes' }
  const { grid, index } = loaded.data.space
  return {
    values: onWholeGrid(new Float32Array(index.length).fill(1), index, new Float32Array(gridSize(grid))),
    name: 'brain outline; the simulated subject has no scan',
  }
}
