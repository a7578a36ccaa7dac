/** What is counted of a mask of a project, with an atlas beside it if one is named. */
import { statSync } from 'node:fs'
import type { z } from 'zod'
import type { atlasRequestSchema, MaskAtlasCoverage, MaskStatisticsAnswer } from '../core/contract/statistics.ts'
import { ProblemError, unwrap } from '../core/problem.ts'
import { atlasCoverage } from '../core/volume/atlas-coverage.ts'
import { maskStatistics } from '../core/volume/mask-statistics.ts'
import { type Atlas, labelTableNames, readAtlas } from './import/atlas.ts'
import type { MaskItem } from './mask-item.ts'
import type { Places } from './places.ts'

export type AtlasRequest = z.infer<typeof atlasRequestSchema>

/** Files of the atlas that a client named by its place, or null. NOT_ALLOWED and NOT_FOUND as for any place. */
export function atlasFiles(
  { atlas, atlasLabels }: Pick<AtlasRequest, 'atlas' | 'atlasLabels'>,
  places: Places,
): { path: string; labels: string | null } | null {
  if (atlas === undefined) {
    if (atlasLabels === undefined) return null
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: 'Names of labels came without an atlas.',
      where: 'atlasLabels',
      fix: 'Name the atlas too.',
    })
  }
  const path = unwrap(places.resolve(atlas))
  // A table beside the atlas is found through places too, so that a link cannot lead outside.
  const beside = labelTableNames(atlas.path).flatMap((name) => {
    const found = places.resolve({ root: atlas.root, path: name })
    return found.ok && statSync(found.value, { throwIfNoEntry: false })?.isFile() ? [found.value] : []
  })
  return { path, labels: atlasLabels === undefined ? (beside[0] ?? null) : unwrap(places.resolve(atlasLabels)) }
}

/** The atlas a client named by its place, read onto `grid`, or null. */
export async function atlasAt(
  request: AtlasRequest,
  grid: Parameters<typeof readAtlas>[2],
  places: Places,
): Promise<Atlas | null> {
  const files = atlasFiles(request, places)
  return files === null ? null : readAtlas(files.path, files.labels, grid, request.resample)
}

/** Of one mask; pure apart from its arguments. */
export function statisticsOf({ mask, loaded, result }: MaskItem, atlas: Atlas | null): MaskStatisticsAnswer {
  const { space, annotated, truth } = loaded.data
  return {
    mask: mask.id,
    ...maskStatistics(result.mask, space, { annotated, truth }),
    atlas: atlas === null ? null : coverageOf(result.mask, space, atlas),
  }
}

function coverageOf(
  mask: Uint8Array,
  space: MaskItem['loaded']['data']['space'],
  { file, sha256, labelsFile, resampled, labels, names }: Atlas,
): MaskAtlasCoverage {
  const { regions, outside } = atlasCoverage(mask, space, labels, names)
  return { file, sha256, labelsFile, resampled, regions: [...regions], outside }
}
