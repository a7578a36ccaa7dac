/** Helpers of the tests of the stages: what to compute with, small settings, a run stopped at the end of an epoch. */
import { type RunContext, type StageState, silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { Compute } from '../tensor/compute.ts'
import { referenceDenseKernels } from '../tensor/reference-dense-kernels.ts'
import { referenceSubjectLayer } from '../tensor/reference-subject-layer.ts'
import type { Saved } from './saved.ts'
import {
  type DecoderSettings,
  defaultDecoderSettings,
  defaultModelSettings,
  defaultPretrainSettings,
  type MaskSettings,
  maskPresets,
  type PresetName,
  type PretrainSettings,
} from './settings.ts'

/** A copy that shares no memory, as reading a file would give. */
export function copyState<T extends Saved>(saved: T): T {
  const arrays = Object.fromEntries(Object.entries(saved.arrays).map(([name, array]) => [name, array.slice()]))
  return { ...saved, values: JSON.parse(JSON.stringify(saved.values)), arrays }
}

/** Runs a stage until `epoch` has ended, then cancels it as a user would; the state is what was saved there. */
export async function stopAfter(
  epoch: number,
  run: (context: RunContext) => Promise<unknown>,
  resume: StageState | null = null,
): Promise<{ state: StageState | null; stopped: boolean }> {
  let state: StageState | null = null
  const context: RunContext = {
    ...silentContext(resume),
    async epochEnd(ended, save) {
      if (ended !== epoch) return
      state = copyState(await save())
      throw new ProblemError({ code: 'CANCELLED', message: 'Cancelled.' })
    },
  }
  try {
    await run(context)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code !== 'CANCELLED') throw error
    return { state, stopped: true }
  }
  return { state, stopped: false }
}

/** The slow, plain implementation of everything that is engine-dependent. */
export function openReference(): Compute {
  return { subjectLayer: referenceSubjectLayer, kernels: referenceDenseKernels() }
}

/** Small versions of the defaults, for the tiny world. */
export const tinyPretrainSettings: PretrainSettings = {
  ...defaultPretrainSettings,
  epochs: 4,
  learningRate: 0.01,
  model: { ...defaultModelSettings, hidden: 16, blocks: 1 },
}

export function tinyMaskSettings(preset: PresetName, budget: number): MaskSettings {
  const own = maskPresets[preset]
  // Ten steps per epoch keep the tests short; the mask must be allowed to move further in each.
  const algorithm1 = {
    ...own.algorithm1,
    epochTrials: 240,
    maskLearningRate: 0.04,
    learningRate: 0.01,
    voxelDropout: 0.2,
    warmUpEpochs: 1,
  }
  return { ...own, budget, algorithm1 }
}

export const tinyDecoderSettings: DecoderSettings = { ...defaultDecoderSettings, epochs: 4, learningRate: 0.01 }
