/**
 * The embedding that a subject's pictures have in a run. Simulated pictures bring theirs. Imported ones have the embedding of the
 * backbone they are decoded with, because that is what it predicts; without a backbone, one fitted on the training pictures of the
 * fold in question. A backbone that has seen a test picture is refused: the guard of the split does not end at one subject.
 */
import { type Fold, heldOut, training } from '../../core/data/split.ts'
import {
  fitPictureSpace,
  isOfPixels,
  type NamedPictures,
  type PictureSpace,
  targetsIn,
} from '../../core/embedding/picture-targets.ts'
import { ProblemError, unwrap } from '../../core/problem.ts'
import { type Job, readInput } from './job.ts'
import { type PictureSet, unpackPictureSpace, unpackPictures } from './picture-file.ts'
import type { LoadedSubject } from './subject-file.ts'

export interface SubjectPictures {
  /** For the subject's own training and test trials. */
  readonly whole: PictureSet
  /** For one of its folds. */
  of(fold: Fold): PictureSet
}

/** Pictures with what embeddings are fitted to, or null for simulated ones. */
export function namedOf({ pictures, targets, features, hashes }: PictureSet): NamedPictures | null {
  return features === undefined || hashes === undefined ? null : { pictures, features, hashes, names: targets.names }
}

/** Rows of the pictures that a fold trains on and does not test. */
export function trainingPictures(label: Int32Array, part: Fold['part'], returning: boolean): Int32Array {
  const of = (wanted: number) => new Set(label.filter((_, i) => part[i] === wanted))
  const test = of(heldOut)
  return Int32Array.from([...of(training)].filter((row) => returning || !test.has(row)).sort((a, b) => a - b))
}

/** Whether the same pictures come back in training and test by design. */
export function isReturning({ split }: Pick<LoadedSubject, 'split'>): boolean {
  return split !== null && split.rule !== 'pictures' && split.repeats === 'average-in-test'
}

/** An embedding for the pictures of a subject: `space`, or one fitted on the given rows. */
export function pictureSetOf(
  named: NamedPictures,
  fit: PictureSpace | Int32Array,
  returning: boolean,
  matmul: Job['compute']['kernels']['matmul'],
): PictureSet {
  const { embedding } = fit instanceof Int32Array ? unwrap(fitPictureSpace(named, fit, matmul)) : fit
  const targets = { ...targetsIn({ embedding }, named, matmul), returning }
  return { pictures: named.pictures, targets, embedding, features: named.features, hashes: named.hashes }
}

/** Throws ProblemError BAD_PARAMETER where subject and backbone do not go together. */
export function subjectPictures(job: Job, loaded: LoadedSubject, file: string): SubjectPictures {
  const stored = unpackPictures(readInput(job, file))
  const input = job.inputs.backbone
  const space = input?.pictures ? unpackPictureSpace(readInput(job, input.pictures)) : null
  const named = namedOf(stored)
  const { imported } = loaded
  if (imported === null || named === null) {
    if (space?.fittedOn !== undefined) throw differentPictures(loaded, 'imported')
    return { whole: stored, of: () => stored }
  }
  const { matmul } = job.compute.kernels
  const returning = isReturning(loaded)
  if (input !== null) {
    if (space?.fittedOn === undefined || !isOfPixels(space)) throw differentPictures(loaded, 'simulated')
    if (!returning) refuseSeen(loaded, named, space.fittedOn)
    const set = pictureSetOf(named, { embedding: space.embedding, fittedOn: space.fittedOn }, returning, matmul)
    return { whole: set, of: () => set }
  }
  const fitted = new Map<string, PictureSet>()
  return {
    whole: stored,
    of({ part }) {
      const rows = trainingPictures(imported.label, part, returning)
      const key = rows.join(' ')
      const set = fitted.get(key) ?? pictureSetOf(named, rows, returning, matmul)
      fitted.set(key, set)
      return set
    },
  }
}

function differentPictures({ summary }: LoadedSubject, seen: 'imported' | 'simulated'): ProblemError {
  return new ProblemError({
    code: 'BAD_PARAMETER',
    message: `The backbone was pretrained on ${seen} pictures or on labels, ${summary.name} has ${seen === 'imported' ? 'simulated' : 'imported'} ones.`,
    where: 'backbone',
    expected: 'a backbone that was pretrained on pictures of the same kind',
    fix: 'Choose another backbone, or none.',
  })
}

function refuseSeen(
  { summary, imported, folds }: LoadedSubject,
  named: NamedPictures,
  fittedOn: readonly string[],
): void {
  const seen = new Set(fittedOn)
  const tested = new Set(folds.flatMap(({ part }) => [...imported!.label.filter((_, i) => part[i] === heldOut)]))
  const known = [...tested].filter((row) => seen.has(named.hashes[row]!))
  if (known.length === 0) return
  throw new ProblemError({
    code: 'BAD_PARAMETER',
    message: `The backbone was pretrained on ${known.length} of the pictures that ${summary.name} is tested with, first ${named.names[known[0]!]}.`,
    where: 'backbone',
    expected: 'test pictures that no pretraining subject was trained on',
    fix: 'Hold the same pictures out in the pretraining subjects ("rule": "pictures") and pretrain again, or use no backbone.',
    count: known.length,
  })
}
