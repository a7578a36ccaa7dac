/** The six steps of a project: what each has, and why one is locked. */
import type { Run } from '../../core/contract/run.ts'
import { count } from './format.ts'
import { useBackbones, useDecoders, useRuns, useSubjects } from './queries.ts'
import type { Step } from './state.ts'
import { useSubject, useSubjectMasks } from './subject.ts'

export interface StepState {
  readonly step: Step
  readonly title: string
  readonly state: 'done' | 'running' | 'open' | 'locked'
  /** The result, or the reason for the lock. */
  readonly note: string
}

function goingOf(runs: readonly Run[], kinds: readonly Run['kind'][]): Run | undefined {
  return runs.find(
    (run) =>
      kinds.includes(run.kind) && (run.status === 'running' || run.status === 'paused' || run.status === 'queued'),
  )
}

export function useSteps(): StepState[] {
  const subjects = useSubjects().data ?? []
  const backbones = useBackbones().data ?? []
  const decoders = useDecoders().data ?? []
  const runs = useRuns().data ?? []
  const { subject } = useSubject()
  const masks = useSubjectMasks()
  const labels = subject?.targets === 'labels'
  const state = (done: boolean, open: boolean, kinds: readonly Run['kind'][]): StepState['state'] => {
    if (goingOf(runs, kinds) !== undefined) return 'running'
    return done ? 'done' : open ? 'open' : 'locked'
  }
  const running = (kinds: readonly Run['kind'][]) => {
    const run = goingOf(runs, kinds)
    return run === undefined ? null : `${run.name} ${run.status}`
  }
  const newestMask = masks.at(-1)
  return [
    {
      step: 'data',
      title: 'Data',
      state: state(subject !== undefined, true, ['simulate', 'import', 'demo']),
      note:
        running(['simulate', 'import', 'demo']) ??
        (subject === undefined
          ? 'Import scans'
          : `${count(subject.trainTrials)} trials, ${count(subject.voxels)} voxels`),
    },
    {
      step: 'backbone',
      title: 'Backbone',
      state: labels && backbones.length === 0 ? 'open' : state(backbones.length > 0, subjects.length > 1, ['pretrain']),
      note:
        running(['pretrain']) ??
        (backbones.length > 0
          ? `${backbones.at(-1)!.name}, ${backbones.at(-1)!.subjects.length} subjects`
          : labels
            ? 'Not needed for labels'
            : subjects.length > 1
              ? 'Pretrain on other subjects'
              : 'Needs other subjects'),
    },
    {
      step: 'mask',
      title: 'Mask',
      state: state(masks.length > 0, subject !== undefined, ['mask']),
      note:
        running(['mask']) ??
        (newestMask !== undefined
          ? `${newestMask.name}: ${count(newestMask.voxels)} voxels`
          : subject === undefined
            ? 'Opens when data is there'
            : 'Find the voxels'),
    },
    {
      step: 'decoder',
      title: 'Decoder',
      state: state(decoders.length > 0, masks.length > 0, ['decode']),
      note:
        running(['decode']) ??
        (decoders.length > 0
          ? decoders.at(-1)!.name
          : masks.length > 0
            ? 'Train on the mask'
            : 'Opens when a mask is there'),
    },
    {
      step: 'review',
      title: 'Review',
      state:
        masks.length > 0 || runs.some((run) => run.kind === 'demo' || run.kind === 'experiment') ? 'open' : 'locked',
      note:
        masks.length > 0
          ? `${masks.length} ${masks.length === 1 ? 'mask' : 'masks'} to look at`
          : 'Opens when a mask is there',
    },
    {
      step: 'export',
      title: 'Export',
      state: masks.length > 0 ? 'open' : 'locked',
      note: masks.length > 0 ? 'NIfTI and report' : 'Opens when a mask is there',
    },
  ]
}
