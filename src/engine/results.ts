/** What clients see of results: volumes for the viewer, exports, reports. All of it made from files that never change. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import type { BlobRef } from '../core/contract/common.ts'
import type { exportSchema, Film, Mask, MaskVolumes } from '../core/contract/result.ts'
import { ProblemError, unwrap } from '../core/problem.ts'
import { unpackMask } from '../core/troi/mask-result.ts'
import { gridSize } from '../core/volume/grid.ts'
import type { OpenProject } from './engine.ts'
import { exportMask, writeFiles } from './export/export-mask.ts'
import { backgroundOf, maskItem, onWholeGrid } from './mask-item.ts'
import { readDataFile } from './project/data-file.ts'
import { fileProblem } from './project/file-problem.ts'
import type { ProjectStore } from './project/project-store.ts'
import { reportHtml } from './report/report.ts'
import { readFilm } from './runs/film.ts'
import { unpackSubject } from './runs/subject-file.ts'
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

/** NOT_ALLOWED for a mask whose newest verdict is "rejected", unless that is asked for. */
export async function exportMaskTo(
  store: ProjectStore,
  id: string,
  folder: string,
  version: string,
  { evenIfRejected = false, cropGrid = false }: { evenIfRejected?: boolean; cropGrid?: boolean } = {},
) {
  const { mask, subject, loaded, result } = await maskItem(store, id)
  const reviews = await store.reviews.list(id)
  const [newest] = reviews
  if (newest?.verdict === 'rejected' && !evenIfRejected)
    throw new ProblemError({
      code: 'NOT_ALLOWED',
      message: `Mask ${mask.name} was rejected by ${newest.reviewer} on ${newest.created.slice(0, 10)}.`,
      where: mask.name,
      expected: 'a mask that is accepted, unsure or not reviewed',
      fix: 'Export another mask, or say explicitly that the rejected one is wanted (--even-if-rejected). Its sidecar will say that it was rejected.',
    })
  const crop = cropGrid ? loaded.crop : null
  if (cropGrid && crop === null)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `${subject.name} was imported without a crop, so there is no crop grid to write ${mask.name} on.`,
      where: 'crop grid',
      expected: 'a subject whose recipe has a "crop"',
      fix: 'Export on the grid of the images only.',
    })
  const run = await store.run(mask.run)
  const origin = (await store.fileOf('subject', subject.id)).split('/')[1] ?? ''
  const provenance = store.runFolder(origin).readJson('results/provenance.json')
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw fileProblem(error, folder)
  }
  return exportMask(
    { mask, result, subject, index: loaded.data.space.index, crop, run, version, provenance, reviews },
    folder,
  )
}

export async function writeReport(
  { store }: OpenProject,
  subjectId: string,
  file: string,
  version: string,
): Promise<z.infer<typeof exportSchema>> {
  const subject = (await store.subjects()).find((one) => one.id === subjectId)
  if (subject === undefined)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'There is no such subject in this project.',
      where: subjectId,
    })
  const loaded = unpackSubject(subject, store.readData(await store.fileOf('subject', subject.id)))
  const { grid, index } = loaded.data.space
  const background = backgroundOf(loaded)
  const own: Mask[] = (await store.masks()).filter((mask) => mask.subject === subjectId)
  const masks = await Promise.all(
    own.map(async (mask) => ({
      mask,
      run: await store.run(mask.run),
      volume: onWholeGrid(
        unpackMask(store.readData(await store.fileOf('mask', mask.id))).mask,
        index,
        new Uint8Array(gridSize(grid)),
      ),
      background: background.values,
      backgroundName: background.name,
    })),
  )
  const decoders = (await store.decoders()).filter((decoder) => decoder.subject === subjectId)
  const evaluations: {
    name: string
    content: NonNullable<Awaited<ReturnType<ProjectStore['evaluation']>>>['content']
  }[] = []
  for (const decoder of decoders) {
    const found = await store.evaluation(decoder.id)
    if (found !== null) evaluations.push({ name: decoder.name, content: found.content })
  }
  const runs = (await store.runs()).filter(
    (run) => run.status === 'done' && (run.kind === 'demo' || (run.kind === 'experiment' && run.subject === subjectId)),
  )
  const tables = await Promise.all(runs.map(async (run) => ({ name: run.name, rows: await store.rows(run.id) })))
  const html = reportHtml({ version, subject, masks, evaluations, tables })
  const name = file.split(/[\\/]/).pop() ?? 'report.html'
  return writeFiles(join(file, '..'), [[name, Buffer.from(html)]])
}

/** For tests and scripts: a data file or its problem as an exception. */
export function readData(path: string) {
  return unwrap(readDataFile(path))
}
