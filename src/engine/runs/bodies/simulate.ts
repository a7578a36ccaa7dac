/** A simulated cohort into the project: the new subject, the pretraining subjects, and the pictures they all saw. */
import { v7 as newId } from 'uuid'
import type { Subject } from '../../../core/contract/result.ts'
import type { SubjectData } from '../../../core/data/subject-data.ts'
import { type Cohort, cohortSteps } from '../../../core/simulate/cohort.ts'
import type { CohortOptions } from '../../../core/simulate/settings.ts'
import type { Artifact } from '../../project/artifacts.ts'
import { type Job, type JobBody, writeResult } from '../job.ts'
import { packPictures } from '../picture-file.ts'
import { packSubject } from '../subject-file.ts'

/** Step by step, so that pause, cancel and the end of the engine are seen while it goes. */
export async function makeCohort(job: Job, size: CohortOptions['size'], seed: number): Promise<Cohort> {
  const steps = cohortSteps({ size, seed }, { matmul: job.compute.kernels.matmul })
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await job.context.breathe()
  }
}

function count(mask: Uint8Array | null): number | null {
  return mask === null ? null : mask.reduce((sum, value) => sum + value, 0)
}

export function describeSubject(subject: SubjectData, role: Subject['role'], notes: string[]): Subject {
  return {
    id: newId(),
    name: subject.name,
    origin: 'simulated',
    role,
    voxels: subject.space.index.length,
    grid: { shape: [...subject.space.grid.shape], affine: [...subject.space.grid.affine] },
    trainTrials: subject.train.trials,
    testTrials: subject.test.trials,
    targets: 'pictures',
    items: new Set(subject.test.target).size,
    labels: [],
    annotatedVoxels: count(subject.annotated),
    trueVoxels: count(subject.truth),
    notes,
  }
}

/** Subjects and pictures of a cohort as results of this run. */
export function keepCohort(job: Job, cohort: Cohort): Artifact[] {
  const pictures = writeResult(
    job,
    'pictures.data',
    packPictures({ pictures: cohort.pictures, targets: cohort.targets, embedding: cohort.embedding }),
  )
  const subjects = cohort.subjects.map((subject, i): Artifact => {
    const notes =
      i === 0
        ? ['Simulated; the true voxels are known.']
        : ['Simulated; only the annotated voxels are kept, for pretraining.']
    const summary = describeSubject(subject, i === 0 ? 'new' : 'pretraining', notes)
    return {
      type: 'subject',
      id: summary.id,
      file: writeResult(job, `${subject.name}.data`, packSubject(subject)),
      summary,
    }
  })
  return [{ type: 'pictures', file: pictures }, ...subjects]
}

export const simulate: JobBody<'simulate'> = async (job) => {
  job.context.phase('Simulate brains, pictures and scans')
  await job.context.breathe()
  return keepCohort(job, await makeCohort(job, job.request.size, job.request.seed))
}
