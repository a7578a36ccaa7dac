/** Files into the project, as the recipe says. Nothing is kept unless all of it worked. */
import { v7 as newId } from 'uuid'
import type { Subject } from '../../../core/contract/result.ts'
import { countHeldOut } from '../../../core/data/imported-trials.ts'
import { unwrap } from '../../../core/problem.ts'
import { annotatedRegions } from '../../import/annotated-regions.ts'
import { type ImportedSubject, importSubject } from '../../import/import-subject.ts'
import { pictureLibraries } from '../../import/pictures/decode.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, writeResult } from '../job.ts'
import { packPictures } from '../picture-file.ts'
import { packImported } from '../subject-file.ts'
import { isReturning, pictureSetOf, trainingPictures } from '../subject-pictures.ts'

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
  const {
    trials,
    split: planned,
    shared,
    meanVolume,
    constantVoxels,
    outsideVoxels,
    missingVoxels,
    inputs,
    decisions,
    survey,
  } = imported
  const parts = planned.forGood ? planned.folds[0]!.part : new Uint8Array(trials.run.length)
  const counted = countHeldOut(trials, parts)
  const notes = [...decisions, ...constantInTraining(counted.constantVoxels)]
  const summary: Subject = {
    id: newId(),
    name: trials.name,
    origin: 'imported',
    role: 'new',
    voxels: trials.index.length,
    grid: { shape: [...trials.grid.shape], affine: [...trials.grid.affine] },
    trainTrials: counted.trainTrials,
    testTrials: counted.testTrials,
    targets: trials.targets,
    items: trials.targets === 'labels' ? trials.labels.length : picturesTested(imported, counted.testTrials),
    labels: trials.targets === 'labels' ? [...trials.labels] : [],
    annotatedVoxels: trials.annotated?.reduce((sum, value) => sum + value, 0) ?? null,
    trueVoxels: null,
    notes,
  }
  const pictures = keepPictures(job, imported)
  const { rows, unmatched, crop, brain } = survey
  const counts = {
    constantVoxels,
    outsideVoxels,
    missingVoxels,
    rows,
    unmatched,
    brain,
    crop,
    duplicates: imported.pictures?.duplicates ?? [],
  }
  // The workstation's own version is in run.json.
  const versions = { node: process.versions.node, ...(imported.pictures === null ? {} : pictureLibraries) }
  job.folder.writeJson('results/provenance.json', { recipe, inputs, decisions: notes, ...counts, versions })
  return [
    ...pictures,
    {
      type: 'subject',
      id: summary.id,
      file: writeResult(
        job,
        'subject.data',
        packImported({
          ...{ trials, split: recipe.split, planned, shared, meanVolume, crop: crop?.box ?? null },
          regions: await annotatedRegions(recipe, folder, trials.grid),
        }),
      ),
      summary,
    },
  ]
}

/** Pictures that can be told apart at test: the held-out ones, or all where each fold is held out once. */
function picturesTested({ trials }: ImportedSubject, testTrials: number): number {
  return testTrials > 0 ? testTrials : trials.labels.length
}

/** The pictures with an embedding fitted on the training pictures of this subject alone. */
function keepPictures(job: Job, { pictures, split, trials, recipe }: ImportedSubject): Artifact[] {
  if (pictures === null) return []
  job.context.phase('Embed pictures')
  const part = split.forGood ? split.folds[0]!.part : new Uint8Array(trials.label.length)
  const returning = isReturning({ split: recipe.split })
  const rows = trainingPictures(trials.label, part, returning)
  const set = pictureSetOf(pictures.set, rows, returning, job.compute.kernels.matmul)
  return [{ type: 'pictures', file: writeResult(job, 'pictures.data', packPictures(set)) }]
}

/** Voxels that vary over all trials but not over the training trials; their z-score is 0. */
function constantInTraining(constant: number): string[] {
  return constant === 0 ? [] : [`${constant} more voxels do not vary over the training trials; they count as 0.`]
}
