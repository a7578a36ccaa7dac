/** Stage 1 on one subject, and what a reviewer wants to know of its mask. */
import { v7 as newId } from 'uuid'
import type { Mask } from '../../../core/contract/result.ts'
import type { SubjectData } from '../../../core/data/subject-data.ts'
import { type MaskResult, packMask } from '../../../core/troi/mask-result.ts'
import { selectVoxels } from '../../../core/troi/select-voxels.ts'
import { componentSizes } from '../../../core/volume/components.ts'
import { maskLocation, overlap } from '../../../core/volume/overlap.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, loadBackbone, loadSubject, writeResult } from '../job.ts'
import type { LoadedSubject } from '../subject-file.ts'
import { subjectPictures } from '../subject-pictures.ts'

/** Embeddings of a subject's labels or pictures. */
export function targetsOfSubject(job: Job, loaded: LoadedSubject) {
  const file = job.inputs.subjects[0]?.pictures ?? null
  if (loaded.labelTargets !== null) return { targets: loaded.labelTargets, pictures: null }
  if (file === null) throw new Error('a subject with pictures came without them')
  const pictures = subjectPictures(job, loaded, file)
  return { targets: pictures.whole.targets, pictures }
}

export function describeMask(
  result: MaskResult,
  data: SubjectData,
  ids: { id: string; run: string; name: string; subject: string },
): Mask {
  const { space } = data
  const location = maskLocation(result.mask, space)
  const pieces = componentSizes(result.mask, space)
  const references = [
    ['truth', data.truth],
    ['annotated', data.annotated],
  ] as const
  return {
    ...ids,
    preset: result.preset,
    budget: result.budget,
    voxels: location.voxels,
    rawVoxels: result.raw?.reduce((sum, value) => sum + value, 0) ?? null,
    threshold: Number.isFinite(result.threshold) ? result.threshold : 0,
    counts: [...result.counts],
    flags: [...result.flags],
    overlap: references.flatMap(([name, reference]) => {
      if (reference === null) return []
      const { dice, precision, recall } = overlap(result.mask, reference)
      return [{ with: name, dice, precision, recall }]
    }),
    leftVoxels: location.left,
    rightVoxels: location.right,
    components: pieces.length,
    largestComponent: pieces[0] ?? 0,
    cubicCentimetres: location.cubicCentimetres,
    grid: { shape: [...space.grid.shape], affine: [...space.grid.affine] },
    created: new Date().toISOString(),
  }
}

export function keepMask(
  job: Job,
  result: MaskResult,
  data: SubjectData,
  subject: string,
  backbone: string | null,
  name = job.run.name,
): Extract<Artifact, { type: 'mask' }> {
  const id = newId()
  return {
    type: 'mask',
    id,
    file: writeResult(job, 'mask.data', packMask(result)),
    backbone,
    summary: describeMask(result, data, { id, run: job.run.id, name, subject }),
  }
}

export const findMask: JobBody<'mask'> = async (job) => {
  job.context.phase('Load data')
  const loaded = loadSubject(job)
  const { targets } = targetsOfSubject(job, loaded)
  const backbone = loadBackbone(job)
  job.progress.space = loaded.data.space
  job.context.phase('Find voxels')
  const result = await selectVoxels(loaded.data, targets, backbone, job.request.settings, job.compute, job.context)
  job.context.phase('Save mask and weight map')
  return [keepMask(job, result, loaded.data, loaded.summary.id, job.inputs.backbone?.id ?? null)]
}
