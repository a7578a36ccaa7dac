/** An experiment on one subject of the project: conditions over seeds as one table. */
import { runExperiment } from '../../../core/experiment/run-experiment.ts'
import { labelWorld, pictureWorld } from '../../../core/experiment/world.ts'
import { type JobBody, keepRow, loadBackbone, loadSubject, rowsSoFar } from '../job.ts'
import { sourceOf } from '../picture-file.ts'
import { foldsOf } from '../subject-file.ts'
import { targetsOfSubject } from '../targets.ts'

export const compareConditions: JobBody<'experiment'> = async (job) => {
  job.context.phase('Load data')
  const loaded = loadSubject(job)
  const { targets, pictures } = await targetsOfSubject(job, loaded)
  const backbone = loadBackbone(job)
  const { experiment, seeds, mask, decoder } = job.request
  if (experiment === 'stability') throw new Error('repeats of a mask are no conditions')
  const world =
    loaded.imported === null
      ? pictureWorld(
          loaded.data,
          targets,
          backbone,
          pictures === null ? null : sourceOf(pictures),
          job.compute.comparePictures,
        )
      : labelWorld(loaded.imported, targets, backbone, foldsOf(loaded))
  await runExperiment(
    { experiment, seeds, mask, decoder },
    {
      compute: job.compute,
      now: () => performance.now(),
      world: async () => world,
      rowsSoFar: rowsSoFar(job.folder),
      rowDone: async (row) => keepRow(job, row),
    },
    job.context,
  )
  return []
}
