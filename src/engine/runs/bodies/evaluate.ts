/**
 * Metrics of a decoder on trials that neither it nor its mask has seen. Where a recipe holds each run out once, the mask was found
 * with all runs, so it cannot be judged on any of them; then the whole procedure is judged: in every fold mask and decoder are made
 * anew from the training runs, with the same settings, and the answers of all folds are pooled.
 */
import type { Evaluation } from '../../../core/contract/result.ts'
import type { DecoderSettings, MaskSettings } from '../../../core/contract/settings.ts'
import { holdOutRuns } from '../../../core/data/imported-trials.ts'
import { nearestLabel } from '../../../core/evaluate/classification.ts'
import { evaluateAnswers, evaluateLabels, type LabelEvaluation } from '../../../core/evaluate/evaluate-decoder.ts'
import { type Decoder, decode, unpackDecoder } from '../../../core/troi/decoder.ts'
import { retrain } from '../../../core/troi/retrain.ts'
import { selectVoxels } from '../../../core/troi/select-voxels.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, loadBackbone, loadSubject, readInput } from '../job.ts'
import { foldsOf, type LoadedSubject } from '../subject-file.ts'
import { targetsOfSubject } from '../targets.ts'
import { evaluateShown } from './evaluate-shown.ts'

interface Procedure {
  readonly mask: MaskSettings
  readonly decoder: DecoderSettings
}

function labelContent({ metrics, confusion, permutation }: LabelEvaluation): Evaluation {
  return { metrics, confusion, permutation }
}

/** Every run held out once, mask and decoder made anew each time. */
async function judgeProcedure(job: Job, loaded: LoadedSubject, procedure: Procedure): Promise<Evaluation> {
  const { imported, labelTargets: targets } = loaded
  if (imported === null || targets === null) throw new Error('only labelled data is judged by folds')
  const folds = foldsOf(loaded)
  const backbone = loadBackbone(job)
  const answered: number[] = []
  const label: number[] = []
  const run: number[] = []
  job.context.phase('Judge the procedure, each run held out once', folds.length)
  for (const [at, runs] of folds.entries()) {
    const data = holdOutRuns(imported, runs)
    const part = job.context.child(`fold ${at + 1}`)
    const found = await selectVoxels(data, targets, backbone, procedure.mask, job.compute, part.child('mask'))
    const decoder = await retrain(
      data,
      targets,
      found.mask,
      backbone,
      procedure.decoder,
      job.compute,
      part.child('decoder'),
      found.stage1,
    )
    const decoded = await decode(decoder, data.test.betas, job.compute.kernels)
    answered.push(...nearestLabel(decoded.projected, targets.vectors, decoded.trials, targets.names.length))
    label.push(...data.test.target)
    run.push(...data.test.run)
    job.progress.completed(at + 1)
    await job.context.breathe()
  }
  const integers = (values: number[]) => Int32Array.from(values)
  return labelContent(evaluateAnswers(integers(answered), targets.names, integers(label), integers(run), 0))
}

export async function evaluateDecoder(
  job: Job,
  id: string,
  decoder: Decoder,
  loaded: LoadedSubject,
  procedure: Procedure,
): Promise<Extract<Artifact, { type: 'evaluation' }>> {
  if (loaded.labelTargets === null) {
    const { pictures } = await targetsOfSubject(job, loaded)
    if (pictures === null) throw new Error('a subject with pictures came without them')
    return { type: 'evaluation', decoder: id, ...(await evaluateShown(job, decoder, loaded.data, pictures)) }
  }
  if (loaded.data.test.trials === 0)
    return { type: 'evaluation', decoder: id, content: await judgeProcedure(job, loaded, procedure), gallery: null }
  const { test } = loaded.data
  const targets = loaded.labelTargets
  const decoded = await decode(decoder, test.betas, job.compute.kernels)
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
  const decoder = unpackDecoder(readInput(job, input.file))
  return [await evaluateDecoder(job, input.id, decoder, loaded, { mask: mask.settings, decoder: input.settings })]
}
