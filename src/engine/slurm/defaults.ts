/**
 * What jobs ask for where the person said nothing, from the estimate that the card of a run shows: the longest task's time on this
 * computer with room for a slower one, and twice its memory. Too much only waits longer; too little is killed.
 */
import { availableParallelism } from 'node:os'
import type { RunRequest } from '../../core/contract/run.ts'
import type { SlurmSettings } from '../../core/contract/slurm.ts'
import { partCost, type RunSizes } from '../../core/estimate/estimate-run.ts'
import { tasksOf } from '../../core/experiment/cells.ts'
import type { ExperimentPlan } from '../../core/experiment/conditions.ts'
import type { FullSettings } from './script.ts'

const usualCpus = 2
const slower = 4
const leastMinutes = 10
const leastMegabytes = 2000

type Experiment = Extract<RunRequest, { kind: 'experiment' }>

/** `secondsPerWeight`: the speed of this computer with all its cores. */
export function fullSettings(
  settings: SlurmSettings,
  request: Experiment,
  sizes: RunSizes,
  secondsPerWeight: number,
): FullSettings {
  const cpus = settings.cpus ?? usualCpus
  const { minutes, megabytes } = largestTask(
    request,
    sizes,
    secondsPerWeight * Math.max(1, availableParallelism() / cpus),
  )
  return { ...settings, cpus, time: settings.time ?? String(minutes), memory: settings.memory ?? `${megabytes}M` }
}

function largestTask(request: Experiment, sizes: RunSizes, secondsPerWeight: number) {
  const { experiment, seeds, mask, decoder } = request
  if (experiment === 'stability') throw new Error('repeats of a mask have no cells')
  // Seeds cost the same.
  const plan: ExperimentPlan = { experiment, seeds: seeds.slice(0, 1), mask, decoder }
  const facts = { voxels: sizes.subjects[0]?.voxels ?? 0, annotatedVoxels: 1, trueVoxels: 1 }
  const costs = tasksOf(plan, facts, sizes.pretrained).map(({ conditions }) =>
    partCost({ ...plan, only: conditions }, sizes, secondsPerWeight),
  )
  const seconds = Math.max(0, ...costs.map((cost) => cost?.seconds ?? 0))
  const bytes = Math.max(0, ...costs.map((cost) => cost?.memoryBytes ?? 0))
  const tens = Math.ceil((slower * seconds) / 600)
  return {
    minutes: Math.max(leastMinutes, 10 * tens),
    megabytes: Math.max(leastMegabytes, 500 * Math.ceil((1e9 + 2 * bytes) / 5e8)),
  }
}
