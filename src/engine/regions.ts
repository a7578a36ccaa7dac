/** Named regions of a subject for the readout at the crosshair: of an atlas on the atlas's own grid, or of the annotated ROI. */
import { basename } from 'node:path'
import type { z } from 'zod'
import type { Regions, regionsRequestSchema } from '../core/contract/regions.ts'
import { ProblemError } from '../core/problem.ts'
import type { Grid } from '../core/volume/grid.ts'
import { readLabelNames, readLabelVolume } from './import/atlas.ts'
import { atlasFiles } from './mask-statistics.ts'
import type { Places } from './places.ts'
import { sha256OfFile } from './project/hashing-reader.ts'
import type { ProjectStore } from './project/project-store.ts'
import { regionLabelsOf } from './runs/subject-file.ts'

const gridOf = ({ shape, affine }: Grid): Regions['grid'] => ({ shape: [...shape], affine: [...affine] })

/** Null where neither an atlas nor labels of the annotated ROI are there. NOT_FOUND for an unknown subject. */
export async function regionsOf(
  store: ProjectStore,
  request: z.infer<typeof regionsRequestSchema>,
  places: Places,
): Promise<Regions | null> {
  const subject = (await store.subjects()).find(({ id }) => id === request.subject)
  if (subject === undefined)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'There is no such subject in this project.',
      where: request.subject,
    })
  const files = atlasFiles(request, places)
  if (files !== null) {
    const { grid, labels } = await readLabelVolume(files.path)
    return {
      ...{ source: 'atlas', file: basename(files.path), sha256: sha256OfFile(files.path) },
      ...{ labelsFile: files.labels === null ? null : basename(files.labels), grid: gridOf(grid) },
      labels: store.blobs.put(labels, grid.shape),
      names: Object.fromEntries(files.labels === null ? [] : readLabelNames(files.labels)),
    }
  }
  const kept = regionLabelsOf(store.readData(await store.fileOf('subject', subject.id)))
  if (kept === null) return null
  return {
    ...{ source: 'annotated', file: kept.file, sha256: null, labelsFile: kept.labelsFile, grid: subject.grid },
    labels: store.blobs.put(kept.labels, subject.grid.shape),
    names: Object.fromEntries(kept.names),
  }
}
