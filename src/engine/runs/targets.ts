/** What the decoder of a run must predict: embeddings of its subject's labels, or of pictures in the embedding that was chosen. */
import type { EmbeddingChoice } from '../../core/contract/pack.ts'
import { type Fold, heldOut } from '../../core/data/split.ts'
import type { Targets } from '../../core/data/subject-data.ts'
import { ProblemError } from '../../core/problem.ts'
import {
  fitPackSpace,
  keepPackSpace,
  type PackChoice,
  type PackOutputs,
  packOutputs,
  packSpaceOfBackbone,
  refuseSeenPictures,
  type ShownPictures,
  withPackSpace,
} from '../packs/embed-pictures.ts'
import { embeddingOf } from './embedding-of-run.ts'
import type { Job } from './job.ts'
import type { PictureSet } from './picture-file.ts'
import type { LoadedSubject } from './subject-file.ts'
import { isReturning, type SubjectPictures, subjectPictures, trainingPictures } from './subject-pictures.ts'

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
function ownTrainingPictures({ data }: LoadedSubject): Set<number> {
  const training = new Set(data.train.target)
  for (const row of data.test.target) training.delete(row)
  return training
}

/** Pictures that a subject is tested with, in its own split or any of its folds. */
function testedPictures({ data, imported, folds }: LoadedSubject): Set<number> {
  const tested = new Set(data.test.target)
  for (const { part } of folds)
    for (const [trial, row] of imported?.label.entries() ?? []) if (part[trial] === heldOut) tested.add(row)
  return tested
}

/** The pictures of a subject in the embedding of the run. */
export interface ShownSubject {
  /** For the subject's own training and test trials. */
  readonly whole: ShownPictures
  /** For one of its folds. */
  of(fold: Fold): ShownPictures
}

/**
 * Targets of the job's subject; with pictures, what is shown of them. A pack's embedding is that of the backbone, because the
 * backbone predicts it; without a backbone it is fitted on the training pictures of the subject, or of the fold. Throws ProblemError
 * NOT_FOUND where pictures are missing, BAD_PARAMETER where the backbone's embedding has seen a test picture, and what the pack throws.
 */
export async function targetsOfSubject(
  job: Job,
  loaded: LoadedSubject,
): Promise<{ targets: Targets; pictures: ShownSubject | null }> {
  if (loaded.labelTargets !== null) return { targets: loaded.labelTargets, pictures: null }
  const file = pictureFile(job, loaded, 0)
  const own = subjectPictures(job, loaded, file)
  const choice = embeddingOfJob(job)
  const pictures = choice === 'built-in' ? builtIn(own) : await byPack(job, loaded, own, file, choice)
  return { targets: pictures.whole.targets, pictures }
}

function builtIn(own: SubjectPictures): ShownSubject {
  return { whole: { ...own.whole, packFit: null }, of: (fold) => ({ ...own.of(fold), packFit: null }) }
}

async function byPack(
  job: Job,
  loaded: LoadedSubject,
  own: SubjectPictures,
  file: string,
  choice: PackChoice,
): Promise<ShownSubject> {
  const outputs = await packOutputs(job, own.whole, file, choice)
  const { backbone } = job.inputs
  const returning = isReturning(loaded)
  if (backbone !== null) {
    const space = packSpaceOfBackbone(job, backbone.file)
    if (!returning) refuseSeenPictures(loaded.summary.name, outputs, testedPictures(loaded), space)
    const set = (of: PictureSet) => withPackSpace(job, of, outputs, space)
    return { whole: set(own.whole), of: (fold) => set(own.of(fold)) }
  }
  const fitted = new Map<Fold, ShownPictures>()
  return {
    whole: withPackSpace(job, own.whole, outputs, fitPackSpace(job, [{ outputs, rows: ownTrainingPictures(loaded) }])),
    of(fold) {
      const rows = trainingPictures(loaded.imported?.label ?? new Int32Array(0), fold.part, returning)
      const set = fitted.get(fold) ?? withPackSpace(job, own.of(fold), outputs, fitPackSpace(job, [{ outputs, rows }]))
      fitted.set(fold, set)
      return set
    },
  }
}

/**
 * The targets of every subject that a backbone is pretrained on, with a pack's part where one was chosen. It is fitted on the training
 * pictures of all of them together and kept beside the backbone. `targets`: in the built-in embedding, one per subject.
 */
export async function withPackTargets(
  job: Job,
  subjects: readonly { readonly loaded: LoadedSubject; readonly pictures: PictureSet | null }[],
  targets: readonly Targets[],
): Promise<Targets[]> {
  const choice = embeddingOfJob(job)
  if (choice === 'built-in') return [...targets]
  const known = new Map<string, PackOutputs>()
  const parts: { set: PictureSet; outputs: PackOutputs; rows: Set<number> }[] = []
  for (const [at, { loaded, pictures }] of subjects.entries()) {
    if (pictures === null) throw new Error('a pack embeds pictures, and this subject has none')
    const file = pictureFile(job, loaded, at)
    const outputs = known.get(file) ?? (await packOutputs(job, pictures, file, choice))
    known.set(file, outputs)
    parts.push({ set: { ...pictures, targets: targets[at]! }, outputs, rows: ownTrainingPictures(loaded) })
  }
  const space = fitPackSpace(job, parts)
  keepPackSpace(job, space)
  return parts.map(({ set, outputs }) => withPackSpace(job, set, outputs, space).targets)
}
