/** Stage 0 on subjects of the project. */
import { v7 as newId } from 'uuid'
import type { SubjectData, Targets } from '../../../core/data/subject-data.ts'
import { packBackbone } from '../../../core/troi/backbone.ts'
import { pretrain } from '../../../core/troi/pretrain.ts'
import { type JobBody, loadSubject, writeResult } from '../job.ts'
import { embeddingItem, targetsOfSubject } from '../targets.ts'

export const pretrainBackbone: JobBody<'pretrain'> = async (job) => {
  job.context.phase('Load data')
  const loaded = job.inputs.subjects.map((_, at) => loadSubject(job, at))
  const inputs: { subject: SubjectData; targets: Targets }[] = []
  for (const [at, one] of loaded.entries())
    inputs.push({ subject: one.data, targets: (await targetsOfSubject(job, one, at, loaded)).targets })
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
