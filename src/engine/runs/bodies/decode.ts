/** Stage 2 on a mask, and its evaluation on held-out trials. */
import { v7 as newId } from 'uuid'
import { makeDecoder, originOf, packAnyDecoder } from '../../../core/controls/any-decoder.ts'
import { unpackMask } from '../../../core/troi/mask-result.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type JobBody, loadBackbone, loadSubject, readInput, writeResult } from '../job.ts'
import { embeddingItem, targetsOfSubject } from '../targets.ts'
import { evaluateDecoder } from './evaluate.ts'

export const trainDecoder: JobBody<'decode'> = async (job) => {
  job.context.phase('Load data')
  const loaded = loadSubject(job)
  const shown = await targetsOfSubject(job, loaded)
  const input = job.inputs.mask
  if (input === null) throw new Error('a decoder needs a mask')
  const mask = unpackMask(readInput(job, input.file))
  job.context.phase('Train the decoder', job.request.settings.epochs)
  const decoder = await makeDecoder(
    loaded.data,
    shown.targets,
    mask.mask,
    loadBackbone(job),
    job.request.settings,
    job.compute,
    job.context,
    mask.stage1,
  )
  const id = newId()
  const kept: Artifact = {
    type: 'decoder',
    id,
    file: writeResult(job, 'decoder.data', packAnyDecoder(decoder)),
    summary: {
      id,
      run: job.run.id,
      name: job.run.name,
      mask: input.summary.id,
      subject: loaded.summary.id,
      restart: originOf(decoder),
      ...embeddingItem(job),
    },
  }
  job.context.phase('Evaluate on held-out trials')
  return [
    kept,
    await evaluateDecoder(job, id, decoder, loaded, shown, { mask: input.settings, decoder: job.request.settings }),
  ]
}
