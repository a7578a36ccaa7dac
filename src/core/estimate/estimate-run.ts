/**
 * What a whole run costs: one stage, or the rows of an experiment one after the other. Times add up; memory and disk are those of the
 * largest row, because a finished row leaves only its numbers.
 */
import type { Estimate, RoomVerdict } from '../contract/estimate.ts'
import type { RunRequest } from '../contract/run.ts'
import { type Condition, conditionsOf, type ExperimentPlan } from '../experiment/conditions.ts'
import type { MaskSettings } from '../troi/settings.ts'
import { decodeCost, maskCost, pretrainCost, type StageCost, type SubjectSize } from './stage-cost.ts'

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
const nothing: StageCost = { seconds: 0, memoryBytes: 0, diskBytes: 0 }

/** One after the other in one process. */
function inTurn(parts: readonly StageCost[]): StageCost {
  return parts.reduce(
    (all, part) => ({
      seconds: all.seconds + part.seconds,
      memoryBytes: Math.max(all.memoryBytes, part.memoryBytes),
      diskBytes: Math.max(all.diskBytes, part.diskBytes),
    }),
    nothing,
  )
}

const repeated = (cost: StageCost, times: number): StageCost => ({ ...cost, seconds: cost.seconds * times })

/** Simulated, imported and evaluated data have no training whose cost could be counted: null. */
export function runCost(request: RunRequest, sizes: RunSizes, secondsPerWeight: number): StageCost | null {
  const subject = sizes.subjects[0]
  if (request.kind === 'pretrain') return pretrainCost(sizes.subjects, request.settings, secondsPerWeight)
  if (subject === undefined) return null
  const { hidden } = sizes
  if (request.kind === 'mask') return maskCost(subject, request.settings, hidden, secondsPerWeight)
  if (request.kind === 'decode') return decodeRunCost(request.settings, subject, sizes, secondsPerWeight)
  if (request.kind !== 'experiment') return null
  if (request.experiment === 'stability')
    return repeated(maskCost(subject, request.mask, hidden, secondsPerWeight), request.seeds.length)
  const plan: ExperimentPlan = {
    ...{ experiment: request.experiment, seeds: request.seeds, mask: request.mask, decoder: request.decoder },
  }
  return repeated(rowsCost(plan, subject, sizes, secondsPerWeight), request.seeds.length * foldsOf(subject))
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
  const decoder = decodeCost(subject, maskVoxels, { ...settings, method }, hidden, secondsPerWeight)
  const folds = foldsOf(subject)
  if (folds === 1 || maskSettings === null) return decoder
  return repeated(inTurn([maskCost(subject, maskSettings, hidden, secondsPerWeight), decoder]), folds)
}

function rowsCost(plan: ExperimentPlan, subject: SubjectSize, sizes: RunSizes, secondsPerWeight: number): StageCost {
  // Which rows there are depends on how many voxels there are and whether there is an ROI; with one there are the most.
  const every = new Uint8Array(0)
  const space = {
    index: new Int32Array(subject.voxels),
    grid: { shape: [1, 1, 1] as const, affine: [] },
  }
  const conditions = conditionsOf(plan, plan.mask.seed, { annotated: every, truth: null, space }, sizes.pretrained)
  const made = new Set<string>()
  return inTurn(
    conditions.flatMap((condition) => {
      const seen: SubjectSize = {
        ...subject,
        trainTrials: Math.max(1, Math.round(condition.share * subject.trainTrials)),
      }
      return [
        maskPart(condition, seen, sizes.hidden, secondsPerWeight, made),
        decoderPart(condition, seen, sizes.hidden, secondsPerWeight, plan),
      ]
    }),
  )
}

/** A mask that another row made first is not made again. */
function maskPart(
  { mask, share }: Condition,
  subject: SubjectSize,
  hidden: number,
  secondsPerWeight: number,
  made: Set<string>,
): StageCost {
  const key = JSON.stringify([mask, share])
  if (mask.kind !== 'selected' || made.has(key)) return nothing
  made.add(key)
  return maskCost(subject, mask.settings, hidden, secondsPerWeight)
}

function decoderPart(
  { mask, stage2 }: Condition,
  subject: SubjectSize,
  hidden: number,
  secondsPerWeight: number,
  plan: ExperimentPlan,
): StageCost {
  const budget = mask.kind === 'selected' ? mask.settings.budget : mask.budget
  const voxels = mask.kind === 'fixed' && mask.control === 'whole' ? subject.voxels : Math.min(budget, subject.voxels)
  const settings = stage2.kind === 'ridge' ? plan.decoder : stage2.settings
  const method = stage2.kind === 'ridge' ? 'ridge' : 'network'
  const cost = decodeCost(subject, voxels, { ...settings, method }, hidden, secondsPerWeight)
  return stage2.kind === 'untrained' ? { ...cost, seconds: 0 } : cost
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
