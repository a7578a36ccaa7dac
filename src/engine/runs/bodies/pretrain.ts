/** Stage 0 on subjects of the project. */
import { v7 as newId } from 'uuid'
import { ProblemError } from '../../../core/problem.ts'
import { packBackbone } from '../../../core/troi/backbone.ts'
import { pretrain } from '../../../core/troi/pretrain.ts'
import { type JobBody, loadSubject, readInput, writeResult } from '../job.ts'
import { unpackPictures } from '../picture-file.ts'

export const pretrainBackbone: JobBody<'pretrain'> = async (job) => {
  job.context.phase('Load data')
  const inputs = job.inputs.subjects.map((input, at) => {
    const loaded = loadSubject(job, at)
    const targets =
      loaded.labelTargets ?? (input.pictures === null ? null : unpackPictures(readInput(job, input.pictures)).targets)
    if (targets === null)
      throw new ProblemError({
        code: 'NOT_FOUND',
        message: `The pictures of ${input.summary.name} are missing.`,
        where: input.summary.name,
      })
    return { subject: loaded.data, targets }
  })
  const backbone = await pretrain(inputs, job.request.settings, job.compute, job.context)
  const id = newId()
  return [
    {
      type: 'backbone',
      id,
      file: writeResult(job, 'backbone.data', packBackbone(backbone)),
      summary: { id, run: job.run.id, name: job.run.name, subjects: [...backbone.subjects], epochs: backbone.epochs },
    },
  ]
}
