/** What the decoder of a run must predict: embeddings of its subject's labels, or of pictures in the embedding that was chosen. */
import type { EmbeddingChoice } from '../../core/contract/pack.ts'
import type { Targets } from '../../core/data/subject-data.ts'
import { ProblemError } from '../../core/problem.ts'
import { type ShownPictures, withPackEmbedding } from '../packs/embed-pictures.ts'
import { embeddingOf } from './embedding-of-run.ts'
import { type Job, readInput } from './job.ts'
import { unpackPictures } from './picture-file.ts'
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

/**
 * Targets of the subject at `at` of the job's inputs; with pictures, what is shown of them. No embedding is fitted on a picture that
 * any of `all` is tested on. Throws ProblemError NOT_FOUND where pictures are missing, and what the pack's embedding throws.
 */
export async function targetsOfSubject(
  job: Job,
  loaded: LoadedSubject,
  at = 0,
  all: readonly LoadedSubject[] = [loaded],
): Promise<{ targets: Targets; pictures: ShownPictures | null }> {
  if (loaded.labelTargets !== null) return { targets: loaded.labelTargets, pictures: null }
  const file = job.inputs.subjects[at]?.pictures ?? null
  if (file === null)
    throw new ProblemError({
      code: 'NOT_FOUND',
      message: `The pictures of ${loaded.summary.name} are missing.`,
      where: loaded.summary.name,
    })
  const set = unpackPictures(readInput(job, file))
  const choice = embeddingOfJob(job)
  if (choice === 'built-in') return { targets: set.targets, pictures: { ...set, packFit: null } }
  const tested = new Set(all.flatMap(({ data }) => [...data.test.target]))
  const pictures = await withPackEmbedding(job, set, file, choice, tested)
  return { targets: pictures.targets, pictures }
}
