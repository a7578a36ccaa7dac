/**
 * Stage 0 on subjects of the project. Imported subjects with pictures share one embedding, fitted on the training pictures of all of
 * them together; the backbone keeps it, because it is what the backbone predicts from then on.
 */
import { v7 as newId } from 'uuid'
import type { Targets } from '../../../core/data/subject-data.ts'
import {
  fitPictureSpace,
  type PictureSpace,
  targetsIn,
  unitePictures,
} from '../../../core/embedding/picture-targets.ts'
import { ProblemError, unwrap } from '../../../core/problem.ts'
import { packBackbone } from '../../../core/troi/backbone.ts'
import { pretrain } from '../../../core/troi/pretrain.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, loadSubject, readInput, writeResult } from '../job.ts'
import { type PictureSet, packPictureSpace, unpackPictures } from '../picture-file.ts'
import type { LoadedSubject } from '../subject-file.ts'
import { namedOf } from '../subject-pictures.ts'
import { embeddingItem, withPackTargets } from '../targets.ts'

interface Pupil {
  readonly loaded: LoadedSubject
  readonly pictures: PictureSet | null
}

export const pretrainBackbone: JobBody<'pretrain'> = async (job) => {
  job.context.phase('Load data')
  const pupils = job.inputs.subjects.map((input, at): Pupil => {
    const pictures = input.pictures === null ? null : unpackPictures(readInput(job, input.pictures))
    return { loaded: loadSubject(job, at), pictures }
  })
  const { targets: own, space } = targetsOfPupils(job, pupils)
  const targets = await withPackTargets(job, pupils, own)
  const inputs = pupils.map(({ loaded }, at) => ({ subject: loaded.data, targets: targets[at]! }))
  const backbone = await pretrain(inputs, job.request.settings, job.compute, job.context)
  const id = newId()
  const kept: Artifact = {
    type: 'backbone',
    id,
    file: writeResult(job, 'backbone.data', packBackbone(backbone)),
    summary: {
      ...{ id, run: job.run.id, name: job.run.name, subjects: [...backbone.subjects], epochs: backbone.epochs },
      ...embeddingItem(job),
    },
  }
  if (space === null) return [kept]
  return [{ type: 'pictures', file: writeResult(job, 'embedding.data', packPictureSpace(space)) }, kept]
}

function targetsOfPupils(job: Job, pupils: readonly Pupil[]): { targets: Targets[]; space: PictureSpace | null } {
  const named = pupils.map(({ pictures }) => (pictures === null ? null : namedOf(pictures)))
  if (named.every((set) => set === null)) return { targets: pupils.map(ownTargets), space: null }
  const own = pupils.flatMap(({ loaded }, at) => {
    const set = named[at] ?? null
    return set === null ? [] : [{ loaded, set }]
  })
  if (own.length < pupils.length)
    throw new ProblemError({
      code: 'BAD_PARAMETER',
      message: 'Subjects with imported pictures cannot share a backbone with others.',
      where: 'subjects',
      expected: 'only imported subjects with pictures, or only simulated ones, or only subjects with labels',
      fix: 'Choose subjects of one kind.',
    })
  const united = unitePictures(own.map(({ set }) => set))
  const seen = new Set(
    own.flatMap(({ loaded, set }) => Array.from(loaded.data.train.target, (row) => set.hashes[row]!)),
  )
  const rows = Int32Array.from([...united.hashes.keys()].filter((row) => seen.has(united.hashes[row]!)))
  const { matmul } = job.compute.kernels
  const space = unwrap(fitPictureSpace(united, rows, matmul))
  return { targets: own.map(({ set }) => targetsIn(space, set, matmul)), space }
}

/** Labels, or pictures that came with their embedding. */
function ownTargets({ loaded, pictures }: Pupil): Targets {
  const targets = loaded.labelTargets ?? pictures?.targets
  if (targets !== undefined) return targets
  throw new ProblemError({
    code: 'NOT_FOUND',
    message: `The pictures of ${loaded.summary.name} are missing.`,
    where: loaded.summary.name,
  })
}
