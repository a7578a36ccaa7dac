/** What the decoder of a run must predict: embeddings of its subject's labels, or of pictures in the embedding that was chosen. */
import type { EmbeddingChoice } from '../../core/contract/pack.ts'
import type { Targets } from '../../core/data/subject-data.ts'
import { ProblemError } from '../../core/problem.ts'
import {
  fitPackSpace,
  keepPackSpace,
  type PackOutputs,
  packOutputs,
  packSpaceOfBackbone,
  refuseSeenPictures,
  type ShownPictures,
  withPackSpace,
} from '../packs/embed-pictures.ts'
import { embeddingOf } from './embedding-of-run.ts'
import { type Job, readInput } from './job.ts'
import { type PictureSet, unpackPictures } from './picture-file.ts'
import type { LoadedSubject } from './subject-file.ts'

/** An evaluation uses what its decoder was made with. */
export function embeddingOfJob({ request, inputs }: Pick<Job, 'request' | 'inputs'>): EmbeddingChoice {
  return request.kind === 'evaluate' ? (inputs.decoder?.settings.embedding ?? 'built-in') : embeddingOf(request)
}

/** For the description of an item: nothing for the built-in embedding. */
export function embeddingItem(job: Job): { embedding?: EmbeddingChoice } {
  const embedding = embeddingOfJob(job)
  return embedding === 'built-in' ? {} : { embedding }
}

function pictureFile(job: Job, { summary }: LoadedSubject, at: number): string {
  const file = job.inputs.subjects[at]?.pictures ?? null
  if (file !== null) return file
  throw new ProblemError({
    code: 'NOT_FOUND',
    message: `The pictures of ${summary.name} are missing.`,
    where: summary.name,
  })
}

/** Pictures that a subject is trained on and not tested with. */
function trainingPictures({ data }: LoadedSubject): Set<number> {
  const training = new Set(data.train.target)
  for (const row of data.test.target) training.delete(row)
  return training
}

/**
 * Targets of the job's subject; with pictures, what is shown of them. A pack's embedding is that of the backbone, because the
 * backbone predicts it; without a backbone it is fitted on the subject's own training pictures. Throws ProblemError NOT_FOUND where
 * pictures are missing, BAD_PARAMETER where the backbone's embedding has seen a test picture, and what the pack throws.
 */
export async function targetsOfSubject(
  job: Job,
  loaded: LoadedSubject,
): Promise<{ targets: Targets; pictures: ShownPictures | null }> {
  if (loaded.labelTargets !== null) return { targets: loaded.labelTargets, pictures: null }
  const file = pictureFile(job, loaded, 0)
  const set = unpackPictures(readInput(job, file))
  const choice = embeddingOfJob(job)
  if (choice === 'built-in') return { targets: set.targets, pictures: { ...set, packFit: null } }
  const outputs = await packOutputs(job, set, file, choice)
  const { backbone } = job.inputs
  const space =
    backbone === null
      ? fitPackSpace(job, [{ outputs, rows: trainingPictures(loaded) }])
      : packSpaceOfBackbone(job, backbone.file)
  refuseSeenPictures(loaded.summary.name, outputs, loaded.data.test.target, space)
  const pictures = withPackSpace(job, set, outputs, space)
  return { targets: pictures.targets, pictures }
}

/**
 * Targets of every subject that a backbone is pretrained on. A pack's embedding is fitted on the training pictures of all of them
 * together and kept beside the backbone.
 */
export async function targetsOfPretraining(job: Job, subjects: readonly LoadedSubject[]): Promise<Targets[]> {
  const choice = embeddingOfJob(job)
  const known = new Map<string, { set: PictureSet; outputs: PackOutputs | null }>()
  const parts: { set: PictureSet; outputs: PackOutputs | null; rows: Set<number> }[] = []
  for (const [at, loaded] of subjects.entries()) {
    if (loaded.labelTargets !== null) continue
    const file = pictureFile(job, loaded, at)
    const set = known.get(file)?.set ?? unpackPictures(readInput(job, file))
    const outputs =
      choice === 'built-in' ? null : (known.get(file)?.outputs ?? (await packOutputs(job, set, file, choice)))
    known.set(file, { set, outputs })
    parts.push({ set, outputs, rows: trainingPictures(loaded) })
  }
  const fitted = parts.flatMap(({ outputs, rows }) => (outputs === null ? [] : [{ outputs, rows }]))
  const space = fitted.length === 0 ? null : fitPackSpace(job, fitted)
  if (space !== null) keepPackSpace(job, space)
  const pictured = parts.map(({ set, outputs }) =>
    outputs === null || space === null ? set.targets : withPackSpace(job, set, outputs, space).targets,
  )
  return subjects.map(({ labelTargets }) => labelTargets ?? pictured.shift()!)
}
