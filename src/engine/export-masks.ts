/** Masks of a project written into a folder, one or several; of several, one that cannot be written does not stop the others. */
import { mkdirSync } from 'node:fs'
import type { MaskExport } from '../core/contract/result.ts'
import { describeReview } from '../core/contract/review.ts'
import { ProblemError } from '../core/problem.ts'
import { exportMask } from './export/export-mask.ts'
import type { Exported } from './export/write-files.ts'
import { maskDossier, tablesOf } from './mask-dossier.ts'
import { fileProblem } from './project/file-problem.ts'
import type { ProjectStore } from './project/project-store.ts'

export interface ExportOptions {
  readonly version: string
  /** Also a mask whose newest verdict is "rejected". */
  readonly evenIfRejected: boolean
  /** Also on the grid of the crop that the import was restricted to. */
  readonly cropGrid: boolean
}

/** NOT_ALLOWED for a rejected mask unless that is asked for, BAD_PARAMETER for a crop grid that there is not; nothing is written then. */
export async function exportMaskTo(
  store: ProjectStore,
  id: string,
  folder: string,
  { version, evenIfRejected, cropGrid }: ExportOptions,
): Promise<Exported> {
  const dossier = await maskDossier(store, id)
  const { mask } = dossier
  const [newest] = dossier.reviews
  if (newest?.verdict === 'rejected' && !evenIfRejected)
    throw new ProblemError({
      code: 'NOT_ALLOWED',
      message: `Mask ${mask.name} may not be exported. ${describeReview(newest)}`,
      where: mask.name,
      expected: 'a mask that is accepted, unsure or not reviewed',
      fix: 'Export another mask, or say explicitly that the rejected one is wanted (--even-if-rejected). Its sidecar will say that it was rejected.',
    })
  const crop = cropGrid ? dossier.loaded.crop : null
  if (cropGrid && crop === null)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: `${dossier.subject.name} was imported without a crop, so there is no crop grid to write ${mask.name} on.`,
      where: 'crop grid',
      expected: 'a subject whose recipe has a "crop"',
      fix: 'Export on the grid of the images only.',
    })
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw fileProblem(error, folder)
  }
  return exportMask(dossier, await tablesOf(store, dossier.subject.id), { version, crop }, folder)
}

/** One entry per mask, in the order asked for: its files, or the problem that kept it from being written. */
export async function exportMasksTo(
  store: ProjectStore,
  ids: readonly string[],
  folder: string,
  options: ExportOptions,
): Promise<MaskExport[]> {
  const names = new Map((await store.masks()).map(({ id, name }) => [id, name]))
  const out: MaskExport[] = []
  for (const mask of ids) {
    const name = names.get(mask) ?? null
    try {
      const { files } = await exportMaskTo(store, mask, folder, options)
      out.push({ mask, name, files, problem: null })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      out.push({ mask, name, files: [], problem: error.problem })
    }
  }
  return out
}
