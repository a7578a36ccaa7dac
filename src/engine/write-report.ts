/** The report of a subject of a project, gathered and written to a file or kept as a page to print. */
import { basename, dirname } from 'node:path'
import type { BlobRef } from '../core/contract/common.ts'
import { ProblemError } from '../core/problem.ts'
import { libraryVersions } from './doctor.ts'
import { type Exported, writeFiles } from './export/write-files.ts'
import { maskDossier, originOf, tablesOf } from './mask-dossier.ts'
import { backgroundOf } from './mask-item.ts'
import { type AtlasRequest, atlasAt } from './mask-statistics.ts'
import type { Places } from './places.ts'
import type { ProjectStore } from './project/project-store.ts'
import { reportHtml } from './report/report.ts'
import { unpackSubject } from './runs/subject-file.ts'

export interface ReportOptions {
  readonly version: string
  readonly atlas: AtlasRequest
  readonly places: Places
}

/** NOT_FOUND for an unknown subject; what an atlas or the file refuses, before anything is written. */
export async function writeReport(
  store: ProjectStore,
  subjectId: string,
  file: string,
  options: ReportOptions,
): Promise<Exported> {
  const { html } = await gather(store, subjectId, options)
  return writeFiles(dirname(file), [[basename(file), Buffer.from(html)]])
}

/** The page as a blob, found by its hash; the same content is one blob. Refuses what `writeReport` refuses. */
export async function reportPage(
  store: ProjectStore,
  subjectId: string,
  options: ReportOptions,
): Promise<{ name: string; page: BlobRef }> {
  const { html, subject } = await gather(store, subjectId, options)
  const bytes = new TextEncoder().encode(html)
  return { name: `${subject.name} report`, page: store.blobs.put(bytes, [bytes.length]) }
}

async function gather(store: ProjectStore, subjectId: string, options: ReportOptions) {
  const subject = (await store.subjects()).find((one) => one.id === subjectId)
  if (subject === undefined)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: 'There is no such subject in this project.',
      where: subjectId,
    })
  const known = unpackSubject(subject, store.readData(await store.fileOf('subject', subject.id)))
  const atlas = await atlasAt(options.atlas, known.data.space.grid, options.places)
  const masks = []
  for (const mask of await store.masks())
    if (mask.subject === subjectId) masks.push(await maskDossier(store, mask.id, { known, atlas }))
  const html = reportHtml({
    ...{ version: options.version, versions: libraryVersions(), subject, masks },
    tables: await tablesOf(store, subjectId),
    background: backgroundOf(known),
    provenance: store.runFolder(await originOf(store, subjectId)).readJson('results/provenance.json'),
  })
  return { html, subject }
}
