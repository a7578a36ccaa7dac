/** What a whole run costs: one stage, or an experiment or demo with all its rows one after the other. */
import type { Estimate, RoomVerdict } from '../contract/estimate.ts'
import { isTestRun, type RunRequest } from '../contract/run.ts'
import type { ExperimentPlan } from '../experiment/conditions.ts'
import { testRequest, testTrials } from '../test-run/test-request.ts'
import type { MaskSettings } from '../troi/settings.ts'
import { demoConditions, demoCost } from './demo-cost.ts'
import { rowsCost, rowsOf } from './experiment-cost.ts'
import {
  decodeCost,
  evaluationSeconds,
  inTurn,
  judgeBytes,
  maskCost,
  pretrainCost,
  repeated,
  type StageCost,
  type SubjectSize,
} from './stage-cost.ts'

/** Sizes of what a request names; the caller has looked them up. */
export interface RunSizes {
  readonly subjects: readonly SubjectSize[]
  /** Width of the input layer: of the backbone, or the usual one without. */
  readonly hidden: number
  /** Of the mask that a decoder is trained on. */
  readonly maskVoxels: number
  /** Of that mask; null where the request makes its own or needs none. */
  readonly maskSettings: MaskSettings | null
  readonly labels: boolean
  readonly pretrained: boolean
}

export interface Room {
  readonly memoryBytes: number
  readonly diskBytes: number
}

/** How often mask and decoder are made anew where each run is held out once and the number of runs is not known yet. */
export const assumedFolds = 10

/** Importing, simulating alone and evaluating have no training whose cost could be counted: null. */
export function runCost(asked: RunRequest, given: RunSizes, secondsPerWeight: number): StageCost | null {
  const test = isTestRun(asked)
  const request = test ? testRequest(asked) : asked
  const sizes = test ? { ...given, subjects: given.subjects.map(fewTrials) } : given
  const subject = sizes.subjects[0]
  if (request.kind === 'demo') return demoCost(request.size, request.seeds, secondsPerWeight)
  if (request.kind === 'pretrain') return pretrainCost(sizes.subjects, request.settings, secondsPerWeight)
  if (subject === undefined) return null
  const { hidden } = sizes
  if (request.kind === 'mask') return maskCost(subject, request.settings, hidden, secondsPerWeight)
  if (request.kind === 'decode') return decodeRunCost(request.settings, subject, sizes, secondsPerWeight)
  if (request.kind !== 'experiment') return null
  if (request.experiment === 'stability')
    return repeated(maskCost(subject, request.mask, hidden, secondsPerWeight), request.seeds.length)
  const rows = rowsCost(planOf(request), subject, sizes, secondsPerWeight)
  return repeated(rows, request.seeds.length * foldsOf(subject))
}

function planOf(request: Extract<RunRequest, { kind: 'experiment' }>): ExperimentPlan {
  if (request.experiment === 'stability') throw new Error('repeats of a mask are no conditions')
  return { ...{ experiment: request.experiment, seeds: request.seeds, mask: request.mask, decoder: request.decoder } }
}

/** How the work of an experiment or demo is made up; null for runs of one stage. A queue works on one run at a time. */
export function workOf(request: RunRequest, { subjects, pretrained }: RunSizes): NonNullable<Estimate['work']> | null {
  if (request.kind === 'demo') {
    const conditions = demoConditions(request.size, request.seeds[0] ?? 0).length
    return { conditions, seeds: request.seeds.length, folds: 1, atOnce: 1 }
  }
  const subject = subjects[0]
  if (request.kind !== 'experiment' || subject === undefined) return null
  if (request.experiment === 'stability') return { conditions: 1, seeds: request.seeds.length, folds: 1, atOnce: 1 }
  const conditions = rowsOf(planOf(request), subject, pretrained).length
  return { conditions, seeds: request.seeds.length, folds: foldsOf(subject), atOnce: 1 }
}

/** Trials of a test run; the voxels stay. */
function fewTrials(subject: SubjectSize): SubjectSize {
  const { trainTrials, testTrials: held } = subject
  return {
    ...subject,
    trainTrials: Math.min(trainTrials, testTrials.train),
    testTrials: Math.min(held, testTrials.test),
  }
}

/** What some rows of an experiment cost for one seed, made by themselves; null without a subject. */
export function partCost(plan: ExperimentPlan, sizes: RunSizes, secondsPerWeight: number): StageCost | null {
  const subject = sizes.subjects[0]
  return subject === undefined ? null : repeated(rowsCost(plan, subject, sizes, secondsPerWeight), foldsOf(subject))
}

/** Without held-out trials every run is held out once. */
function foldsOf({ testTrials }: SubjectSize): number {
  return testTrials === 0 ? assumedFolds : 1
}

/** With held-out runs the mask is made anew as well. */
function decodeRunCost(
  settings: Extract<RunRequest, { kind: 'decode' }>['settings'],
  subject: SubjectSize,
  { hidden, maskVoxels, maskSettings, labels, pretrained }: RunSizes,
  secondsPerWeight: number,
): StageCost {
  const method = settings.method === 'auto' ? (labels && !pretrained ? 'ridge' : 'network') : settings.method
  const trained = decodeCost(subject, maskVoxels, { ...settings, method }, hidden, secondsPerWeight)
  const judged = labels ? 0 : evaluationSeconds(subject.testTrials, secondsPerWeight)
  const decoder = {
    ...{ ...trained, seconds: trained.seconds + judged },
    memoryBytes: trained.memoryBytes + (labels ? 0 : judgeBytes),
  }
  const folds = foldsOf(subject)
  if (folds === 1 || maskSettings === null) return decoder
  return repeated(inTurn([maskCost(subject, maskSettings, hidden, secondsPerWeight), decoder]), folds)
}

/** Up to seven tenths of what is free fits; more than all of it does not. */
export function roomVerdict(neededBytes: number, freeBytes: number): RoomVerdict {
  if (neededBytes > freeBytes) return 'will not fit'
  return neededBytes > 0.7 * freeBytes ? 'tight' : 'fits'
}

const order: readonly RoomVerdict[] = ['fits', 'tight', 'will not fit']
const worse = (a: RoomVerdict, b: RoomVerdict) => (order.indexOf(a) > order.indexOf(b) ? a : b)
/** Starting a process and reading the data: about a second on the shipped example. */
const startSeconds = 1
/** A run longer than this has a smaller choice offered even where it fits. */
const longSeconds = 3600

export interface SmallerRequest {
  readonly words: string
  readonly request: RunRequest
}

/** The estimate as the card shows it, or null where nothing can be counted. `candidates` are tried in order. */
export function estimateRun(
  request: RunRequest,
  sizes: RunSizes,
  free: Room,
  secondsPerWeight: number,
  candidates: readonly SmallerRequest[],
): Estimate | null {
  const cost = runCost(request, sizes, secondsPerWeight)
  if (cost === null) return null
  const judge = ({ memoryBytes, diskBytes }: StageCost) =>
    worse(roomVerdict(memoryBytes, free.memoryBytes), roomVerdict(diskBytes, free.diskBytes))
  const verdict = judge(cost)
  const offered = candidates.flatMap((candidate) => {
    const own = runCost(candidate.request, sizes, secondsPerWeight)
    if (own === null) return []
    const better = order.indexOf(judge(own)) < order.indexOf(verdict)
    const quicker = verdict === 'fits' && cost.seconds > longSeconds && own.seconds < 0.7 * cost.seconds
    return better || quicker ? [{ ...candidate, own }] : []
  })[0]
  const work = workOf(request, sizes)
  const usesFolds = (request.kind === 'decode' || request.kind === 'experiment') && sizes.subjects[0]?.testTrials === 0
  return {
    verdict,
    memory: {
      ...{ neededBytes: cost.memoryBytes, freeBytes: free.memoryBytes },
      verdict: roomVerdict(cost.memoryBytes, free.memoryBytes),
    },
    disk: {
      ...{ neededBytes: cost.diskBytes, freeBytes: free.diskBytes },
      verdict: roomVerdict(cost.diskBytes, free.diskBytes),
    },
    seconds: startSeconds + cost.seconds,
    secondsPerWeight,
    ...(work === null ? {} : { work }),
    notes: usesFolds ? [`Counted for ${assumedFolds} held-out runs; each is one more mask and decoder.`] : [],
    smaller:
      offered === undefined
        ? null
        : {
            ...{ words: offered.words, request: offered.request, verdict: judge(offered.own) },
            neededBytes: { memory: offered.own.memoryBytes, disk: offered.own.diskBytes },
            seconds: startSeconds + offered.own.seconds,
          },
  }
}
