/** Stage 0 on subjects of the project. */
import { v7 as newId } from 'uuid'
import { packBackbone } from '../../../core/troi/backbone.ts'
import { pretrain } from '../../../core/troi/pretrain.ts'
import { type JobBody, loadSubject, writeResult } from '../job.ts'
import { embeddingItem, targetsOfPretraining } from '../targets.ts'

export const pretrainBackbone: JobBody<'pretrain'> = async (job) => {
  job.context.phase('Load data')
  const loaded = job.inputs.subjects.map((_, at) => loadSubject(job, at))
  const targets = await targetsOfPretraining(job, loaded)
  const inputs = loaded.map(({ data }, at) => ({ subject: data, targets: targets[at]! }))
  const backbone = await pretrain(inputs, job.request.settings, job.compute, job.context)
  const id = newId()
  return [
    {
      type: 'backbone',
      id,
      file: writeResult(job, 'backbone.data', packBackbone(backbone)),
      summary: {
        ...{ id, run: job.run.id, name: job.run.name, subjects: [...backbone.subjects], epochs: backbone.epochs },
        ...embeddingItem(job),
      },
    },
  ]
}
