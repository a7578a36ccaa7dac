/** An experiment on one subject of the project: conditions over seeds as one table. */
import type { Targets } from '../../../core/data/subject-data.ts'
import { runExperiment } from '../../../core/experiment/run-experiment.ts'
import { labelWorld, pictureFoldWorld, pictureWorld, type World } from '../../../core/experiment/world.ts'
import type { Backbone } from '../../../core/troi/backbone.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, keepRow, loadBackbone, loadSubject, rowsSoFar } from '../job.ts'
import { sourceOf } from '../picture-file.ts'
import type { LoadedSubject } from '../subject-file.ts'
import { type ShownSubject, targetsOfSubject } from '../targets.ts'

/** All rows, or those of `only`, by name. */
export async function compareConditions(
  job: Parameters<JobBody<'experiment'>>[0],
  only?: readonly string[],
): Promise<Artifact[]> {
  job.context.phase('Load data')
  const loaded = loadSubject(job)
  const { targets, pictures } = await targetsOfSubject(job, loaded)
  const backbone = loadBackbone(job)
  const { experiment, seeds, mask, decoder } = job.request
  if (experiment === 'stability') throw new Error('repeats of a mask are no conditions')
  const world = worldOf(job, loaded, targets, pictures, backbone)
  await runExperiment(
    { experiment, seeds, mask, decoder, ...(only === undefined ? {} : { only }) },
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

function worldOf(
  job: Job,
  loaded: LoadedSubject,
  targets: Targets,
  pictures: ShownSubject | null,
  backbone: Backbone | null,
): World {
  const { imported, folds, data } = loaded
  if (pictures === null) {
    if (imported === null) throw new Error('only imported subjects have labels')
    return labelWorld(imported, targets, backbone, folds)
  }
  const { comparePictures } = job.compute
  if (imported === null || data.test.trials > 0)
    return pictureWorld(data, targets, backbone, sourceOf(pictures.whole), comparePictures)
  const parts = folds.map((split) => {
    const set = pictures.of(split)
    return { split, targets: set.targets, pictures: sourceOf(set) }
  })
  return pictureFoldWorld(imported, parts, backbone, comparePictures)
}
