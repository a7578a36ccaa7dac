/** Files into the project, as the recipe says. Nothing is kept unless all of it worked. */
import { v7 as newId } from 'uuid'
import type { Subject } from '../../../core/contract/result.ts'
import { holdOutRuns } from '../../../core/data/imported-trials.ts'
import { unwrap } from '../../../core/problem.ts'
import { importSubject } from '../../import/import-subject.ts'
import { type JobBody, writeResult } from '../job.ts'
import { packImported } from '../subject-file.ts'

export const importFiles: JobBody<'import'> = async (job) => {
  const { recipe, folder } = job.request
  let part = ''
  const hooks = {
    progress(name: string) {
      if (name !== part) job.context.phase(name)
      part = name
    },
    breathe: () => job.context.breathe(),
  }
  const imported = unwrap(await importSubject(recipe, folder, hooks))
  const { trials, meanVolume, constantVoxels, inputs, decisions } = imported
  const heldOut = recipe.split.rule === 'runs' ? recipe.split.test : []
  const data = holdOutRuns(trials, heldOut)
  const summary: Subject = {
    id: newId(),
    name: trials.name,
    origin: 'imported',
    role: 'new',
    voxels: trials.index.length,
    grid: { shape: [...trials.grid.shape], affine: [...trials.grid.affine] },
    trainTrials: data.train.trials,
    testTrials: data.test.trials,
    targets: 'labels',
    items: trials.labels.length,
    labels: [...trials.labels],
    annotatedVoxels: trials.annotated?.reduce((sum, value) => sum + value, 0) ?? null,
    trueVoxels: null,
    notes: decisions.slice(),
  }
  job.folder.writeJson('results/provenance.json', { recipe, inputs, decisions, constantVoxels })
  return [
    {
      type: 'subject',
      id: summary.id,
      file: writeResult(job, 'subject.data', packImported(trials, meanVolume, heldOut)),
      summary,
    },
  ]
}
