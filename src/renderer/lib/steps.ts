/** The six steps of a project: what each has, what needs a person, and why one is locked. */
import type { ListedMask } from '../../core/contract/result.ts'
import { isTestRun, type Run } from '../../core/contract/run.ts'
import { count } from './format.ts'
import { useBackbones, useDecoders, useRuns, useSubjects } from './queries.ts'
import type { Step } from './state.ts'
import { words } from './step-strings.ts'
import { useSubject, useSubjectMasks } from './subject.ts'

export interface StepState {
  readonly step: Step
  readonly title: string
  /** `waits`: a person must do something. */
  readonly state: 'done' | 'running' | 'open' | 'waits' | 'locked'
  /** The result, or the reason for the lock. */
  readonly note: string
}

function goingOf(runs: readonly Run[], kinds: readonly Run['kind'][]): Run | undefined {
  return runs.find(
    (run) =>
      kinds.includes(run.kind) && (run.status === 'running' || run.status === 'paused' || run.status === 'queued'),
  )
}

/** A run that goes says more than anything that is there already. */
function unlessGoing(
  runs: readonly Run[],
  kinds: readonly Run['kind'][],
  rest: Pick<StepState, 'state' | 'note'>,
): Pick<StepState, 'state' | 'note'> {
  const run = goingOf(runs, kinds)
  return run === undefined ? rest : { state: 'running', note: words.going(run.name, run.status) }
}

function reviewOf(masks: readonly ListedMask[], hasTable: boolean): Pick<StepState, 'state' | 'note'> {
  const newest = masks.at(-1)
  if (newest === undefined)
    return hasTable ? { state: 'open', note: words.review.results } : { state: 'locked', note: words.needsMask }
  const waiting = masks.filter((mask) => mask.verdict === null)
  if (waiting.length > 0)
    return {
      state: 'waits',
      note: waiting.length === 1 ? words.review.waits(waiting[0]!.name) : words.review.wait(waiting.length),
    }
  return { state: 'done', note: words.review.done(newest.name, words.review.judged[newest.verdict ?? 'unsure']) }
}

export function useSteps(): StepState[] {
  const subjects = useSubjects().data ?? []
  const backbones = useBackbones().data ?? []
  const decoders = useDecoders().data ?? []
  const runs = useRuns().data ?? []
  const { subject } = useSubject()
  const masks = useSubjectMasks()
  const labels = subject?.targets === 'labels'
  const [backbone, mask, decoder] = [backbones.at(-1), masks.at(-1), decoders.at(-1)]
  const several = subjects.length > 1
  const judged = masks.some((one) => one.verdict === 'accepted')
  const hasTable = runs.some((run) => (run.kind === 'demo' || run.kind === 'experiment') && !isTestRun(run.request))
  const step = (name: Step, rest: Pick<StepState, 'state' | 'note'>): StepState => ({
    ...{ step: name, title: words.titles[name] },
    ...rest,
  })
  return [
    step(
      'data',
      unlessGoing(
        runs,
        ['simulate', 'import', 'demo'],
        subject === undefined
          ? { state: 'open', note: words.data.open }
          : { state: 'done', note: words.data.done(count(subject.trainTrials), count(subject.voxels)) },
      ),
    ),
    step(
      'backbone',
      unlessGoing(
        runs,
        ['pretrain'],
        backbone !== undefined
          ? { state: 'done', note: words.backbone.done(backbone.name, backbone.subjects.length) }
          : labels
            ? { state: 'open', note: words.backbone.labels }
            : several
              ? { state: 'open', note: words.backbone.open }
              : { state: 'locked', note: words.backbone.locked },
      ),
    ),
    step(
      'mask',
      unlessGoing(
        runs,
        ['mask'],
        mask !== undefined
          ? { state: 'done', note: words.mask.done(mask.name, count(mask.voxels)) }
          : subject === undefined
            ? { state: 'locked', note: words.mask.locked }
            : { state: 'open', note: words.mask.open },
      ),
    ),
    step(
      'decoder',
      unlessGoing(
        runs,
        ['decode'],
        decoder !== undefined
          ? { state: 'done', note: decoder.name }
          : mask !== undefined
            ? { state: 'open', note: words.decoder.open }
            : { state: 'locked', note: words.needsMask },
      ),
    ),
    step('review', reviewOf(masks, hasTable)),
    step(
      'export',
      mask === undefined
        ? { state: 'locked', note: words.needsMask }
        : { state: 'open', note: judged ? words.export.open : words.export.unreviewed },
    ),
  ]
}
