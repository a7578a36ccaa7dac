/** What clients see of results: volumes for the viewer, pictures of a run. All of it made from files that never change. */

import type { BlobRef } from '../core/contract/common.ts'
import type { Film, MaskVolumes } from '../core/contract/result.ts'
import { unwrap } from '../core/problem.ts'
import { gridSize } from '../core/volume/grid.ts'
import { backgroundOf, maskItem, onWholeGrid } from './mask-item.ts'
import { readDataFile } from './project/data-file.ts'
import type { ProjectStore } from './project/project-store.ts'
import { readFilm } from './runs/film.ts'
import { repeatsOfMask } from './stability.ts'

export async function maskVolumes(store: ProjectStore, id: string): Promise<MaskVolumes> {
  const { mask, loaded, result } = await maskItem(store, id)
  const { grid, index } = loaded.data.space
  const put = (values: Uint8Array | Float32Array): BlobRef =>
    store.blobs.put(
      values instanceof Uint8Array
        ? onWholeGrid(values, index, new Uint8Array(gridSize(grid)))
        : onWholeGrid(values, index, new Float32Array(gridSize(grid))),
      grid.shape,
    )
  const maybe = (values: Uint8Array | null) => (values === null ? null : put(values))
  const background = backgroundOf(loaded)
  const repeats = await repeatsOfMask(store, mask)
  return {
    grid: mask.grid,
    mask: put(result.mask),
    weights: put(result.score),
    unfiltered: put(result.weights),
    rawMask: maybe(result.raw),
    annotated: maybe(loaded.data.annotated),
    truth: maybe(loaded.data.truth),
    brain: put(new Uint8Array(index.length).fill(1)),
    stability: repeats === null ? null : put(repeats.result.frequency),
    background: { volume: store.blobs.put(background.values, grid.shape), name: background.name },
  }
}

/** The newest picture of a mask while it is being found. */
export async function runSnapshot(store: ProjectStore, run: string) {
  const content = readDataFile(store.runFolder(run).result('snapshot.data'))
  if (!content.ok) return null
  const { values, arrays } = content.value
  const shape = values.shape as unknown as [number, number, number]
  const grid = { shape, affine: values.affine as number[] }
  const index = arrays.index as Int32Array
  const size = shape[0] * shape[1] * shape[2]
  return {
    epoch: Number(values.epoch),
    grid,
    mask: store.blobs.put(onWholeGrid(arrays.mask as Float32Array, index, new Float32Array(size)), shape),
    brain: store.blobs.put(onWholeGrid(new Uint8Array(index.length).fill(1), index, new Uint8Array(size)), shape),
  }
}

/** The pictures kept while a mask was found. */
export function runFilm(store: ProjectStore, run: string): Film | null {
  const film = readFilm(store.runFolder(run))
  if (film === null) return null
  const { shape, affine, index, pictures } = film
  const size = shape[0] * shape[1] * shape[2]
  return {
    grid: { shape, affine },
    brain: store.blobs.put(onWholeGrid(new Uint8Array(index.length).fill(1), index, new Uint8Array(size)), shape),
    pictures: pictures.map(({ part, epoch, mask }) => ({
      part,
      epoch,
      voxels: mask.reduce((sum, value) => sum + value, 0),
      mask: store.blobs.put(onWholeGrid(mask, index, new Uint8Array(size)), shape),
    })),
  }
}

/** For tests and scripts: a data file or its problem as an exception. */
export function readData(path: string) {
  return unwrap(readDataFile(path))
}
