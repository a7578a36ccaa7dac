/** Helpers of this folder's tests: kernels to compute with, and a run that is stopped at the end of an epoch. */
import { type RunContext, type StageState, silentContext } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { DenseKernels, MatmulOptions } from '../tensor/dense-kernels.ts'
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

function matmul(
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  o: MatmulOptions = {},
): Float32Array {
  const out = new Float32Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let l = 0; l < k; l++)
        sum += a[o.transposeA ? l * m + i : i * k + l]! * b[o.transposeB ? j * k + l : l * n + j]!
      out[i * n + j] = sum
    }
  }
  return out
}

export const referenceKernels: DenseKernels = {
  engine: 'reference',
  matmul,
  resident: (matrix, rows, columns) => ({
    ...{ rows, columns },
    times: (x, count) => matmul(x, matrix, count, rows, columns),
    timesTransposed: (y, count) => matmul(y, matrix, count, columns, rows, { transposeB: true }),
    dispose() {},
  }),
  dispose() {},
}

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

import { naiveLayer } from './zz-naive-layer.ts'
export const computes = [{ name: 'naive', open: async () => ({ subjectLayer: naiveLayer, kernels: referenceKernels }) }]

export const openReference = computes[0]!.open

/** Small versions of the defaults, for the tiny world. */
export const tinyPretrainSettings: PretrainSettings = {
  ...defaultPretrainSettings,
  epochs: 20,
  learningRate: 0.01,
  model: { ...defaultModelSettings, hidden: 16, blocks: 1 },
}

export function tinyMaskSettings(preset: PresetName, budget: number): MaskSettings {
  const own = maskPresets[preset]
  // Few steps per epoch: the mask must be allowed to move further in each.
  const algorithm1 = {
    ...own.algorithm1,
    maskLearningRate: 0.04,
    learningRate: 0.01,
    voxelDropout: 0.2,
    warmUpEpochs: 1,
  }
  return { ...own, budget, algorithm1 }
}

export const tinyDecoderSettings: DecoderSettings = { ...defaultDecoderSettings, epochs: 20, learningRate: 0.01 }
