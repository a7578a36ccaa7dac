/**
 * Metrics of a decoder on trials that neither it nor its mask has seen. Where a recipe holds each run or session out once, the mask
 * was found with all of them, so it cannot be judged on any; then the whole procedure is judged: in every fold mask and decoder are made
 * anew from the training trials, with the same settings, and the answers of all folds are pooled.
 */

import type { Evaluation } from '../../../core/contract/result.ts'
import type { DecoderSettings, MaskSettings } from '../../../core/contract/settings.ts'
import { type AnyDecoder, decodeAny, makeDecoder, unpackAnyDecoder } from '../../../core/controls/any-decoder.ts'
import { holdOut } from '../../../core/data/imported-trials.ts'
import type { Fold } from '../../../core/data/split.ts'
import type { SubjectData, Targets } from '../../../core/data/subject-data.ts'
import { nearestLabel } from '../../../core/evaluate/classification.ts'
import { evaluateAnswers, evaluateLabels, type LabelEvaluation } from '../../../core/evaluate/evaluate-decoder.ts'
import type { Decoded } from '../../../core/troi/decoder.ts'
import { selectVoxels } from '../../../core/troi/select-voxels.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, loadBackbone, loadSubject, readInput } from '../job.ts'
import type { LoadedSubject } from '../subject-file.ts'
import { type ShownSubject, targetsOfSubject } from '../targets.ts'
import { evaluateShown, evaluateShownFolds } from './evaluate-shown.ts'

interface Procedure {
  readonly mask: MaskSettings
  readonly decoder: DecoderSettings
}

function labelContent({ metrics, confusion, permutation }: LabelEvaluation): Evaluation {
  return { metrics, confusion, permutation }
}

/** Mask and decoder made anew in every fold, and what they predict for the trials that were held out. */
async function* everyFold(
  job: Job,
  loaded: LoadedSubject,
  targetsOf: (fold: Fold) => Targets,
  procedure: Procedure,
): AsyncGenerator<{ fold: Fold; data: SubjectData; decoded: Decoded }> {
  const { imported, folds } = loaded
  if (imported === null) throw new Error('only imported data is judged by folds')
  const backbone = loadBackbone(job)
  job.context.phase('Judge the procedure, each fold held out once', folds.length)
  for (const [at, fold] of folds.entries()) {
    const data = holdOut(imported, fold.part)
    const targets = targetsOf(fold)
    const part = job.context.child(`fold ${at + 1}`)
    const found = await selectVoxels(data, targets, backbone, procedure.mask, job.compute, part.child('mask'))
    const decoder = await makeDecoder(
      data,
      targets,
      found.mask,
      backbone,
      procedure.decoder,
      job.compute,
      part.child('decoder'),
      found.stage1,
    )
    yield { fold, data, decoded: await decodeAny(decoder, data.test.betas, job.compute.kernels) }
    job.progress.completed(at + 1)
    await job.context.breathe()
  }
}

async function judgeLabels(
  job: Job,
  loaded: LoadedSubject,
  targets: Targets,
  procedure: Procedure,
): Promise<Evaluation> {
  const answered: number[] = []
  const label: number[] = []
  const run: number[] = []
  for await (const { data, decoded } of everyFold(job, loaded, () => targets, procedure)) {
    answered.push(...nearestLabel(decoded.projected, targets.vectors, decoded.trials, targets.names.length))
    label.push(...data.test.target)
    run.push(...data.test.run)
  }
  const integers = (values: number[]) => Int32Array.from(values)
  return labelContent(evaluateAnswers(integers(answered), targets.names, integers(label), integers(run), 0))
}

async function judgePictures(job: Job, loaded: LoadedSubject, pictures: ShownSubject, procedure: Procedure) {
  const folds: Parameters<typeof evaluateShownFolds>[1][number][] = []
  for await (const { fold, data, decoded } of everyFold(job, loaded, (own) => pictures.of(own).targets, procedure))
    folds.push({ decoded, item: data.test.target, set: pictures.of(fold) })
  return evaluateShownFolds(job, folds)
}

export async function evaluateDecoder(
  job: Job,
  id: string,
  decoder: AnyDecoder,
  loaded: LoadedSubject,
  { pictures }: Awaited<ReturnType<typeof targetsOfSubject>>,
  procedure: Procedure,
): Promise<Extract<Artifact, { type: 'evaluation' }>> {
  if (loaded.labelTargets === null) {
    if (pictures === null) throw new Error('a subject with pictures came without them')
    const shown =
      loaded.data.test.trials === 0
        ? await judgePictures(job, loaded, pictures, procedure)
        : await evaluateShown(job, decoder, loaded.data, pictures.whole)
    return { type: 'evaluation', decoder: id, ...shown }
  }
  if (loaded.data.test.trials === 0)
    return {
      type: 'evaluation',
      decoder: id,
      content: await judgeLabels(job, loaded, loaded.labelTargets, procedure),
      gallery: null,
    }
  const { test } = loaded.data
  const targets = loaded.labelTargets
  const decoded = await decodeAny(decoder, test.betas, job.compute.kernels)
  return {
    type: 'evaluation',
    decoder: id,
    content: labelContent(evaluateLabels(decoded, targets, test.target, test.run, 0)),
    gallery: null,
  }
}

export const evaluateAgain: JobBody<'evaluate'> = async (job) => {
  job.context.phase('Evaluate on held-out trials')
  const input = job.inputs.decoder
  const mask = job.inputs.mask
  if (input === null || mask === null) throw new Error('an evaluation needs a decoder and its mask')
  const loaded = loadSubject(job)
  const decoder = unpackAnyDecoder(readInput(job, input.file))
  const shown = await targetsOfSubject(job, loaded)
  return [
    await evaluateDecoder(job, input.id, decoder, loaded, shown, { mask: mask.settings, decoder: input.settings }),
  ]
}
