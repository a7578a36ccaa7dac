/**
 * What stages keep, as flat named arrays and values: the form of a checkpoint (`StageState`) and of a saved result.
 * Every pack function has the unpack function beside it; names are `prefix/part`.
 */
import type { AdamWState } from '../model/optim/adam-w.ts'
import type { WeightArrays } from '../model/weights.ts'
import type { StageState } from '../pipeline/run-context.ts'
import { ProblemError } from '../problem.ts'
import type { SubjectLayerState } from '../tensor/subject-layer.ts'

export type Saved = Pick<StageState, 'values' | 'arrays'>

export function mergeSaved(...parts: readonly Saved[]): Saved {
  return {
    values: Object.assign({}, ...parts.map((part) => part.values)),
    arrays: Object.assign({}, ...parts.map((part) => part.arrays)),
  }
}

function damaged(name: string, expected: string): ProblemError {
  return new ProblemError({
    code: 'BAD_FILE',
    message: `The saved state lacks ${name}.`,
    where: name,
    expected,
    fix: 'Use an earlier checkpoint, or start the run again.',
  })
}

export function savedFloats(saved: Saved, name: string): Float32Array {
  const array = saved.arrays[name]
  if (!(array instanceof Float32Array)) throw damaged(name, '32-bit floating-point numbers')
  return array
}

export function savedDoubles(saved: Saved, name: string): Float64Array {
  const array = saved.arrays[name]
  if (!(array instanceof Float64Array)) throw damaged(name, '64-bit floating-point numbers')
  return array
}

export function savedIntegers(saved: Saved, name: string): Int32Array {
  const array = saved.arrays[name]
  if (!(array instanceof Int32Array)) throw damaged(name, '32-bit integers')
  return array
}

export function savedBytes(saved: Saved, name: string): Uint8Array {
  const array = saved.arrays[name]
  if (!(array instanceof Uint8Array)) throw damaged(name, 'bytes')
  return array
}

export function savedNumber(saved: Saved, name: string): number {
  const value = saved.values[name]
  if (typeof value !== 'number') throw damaged(name, 'a number')
  return value
}

export function savedText(saved: Saved, name: string): string {
  const value = saved.values[name]
  if (typeof value !== 'string') throw damaged(name, 'a text')
  return value
}

export function savedNumbers(saved: Saved, name: string): number[] {
  const value = saved.values[name]
  if (!Array.isArray(value)) throw damaged(name, 'a list of numbers')
  return value.map(Number)
}

export function packWeights(prefix: string, weights: WeightArrays): Saved {
  const names = Object.keys(weights)
  return {
    values: {
      [`${prefix}/names`]: JSON.stringify(names),
      ...Object.fromEntries(names.map((name) => [`${prefix}/${name}/shape`, weights[name]!.shape])),
    },
    arrays: Object.fromEntries(names.map((name) => [`${prefix}/${name}`, weights[name]!.data])),
  }
}

export function unpackWeights(prefix: string, saved: Saved): WeightArrays {
  const names: unknown = JSON.parse(savedText(saved, `${prefix}/names`))
  if (!Array.isArray(names)) throw damaged(`${prefix}/names`, 'a list of names')
  return Object.fromEntries(
    names
      .map(String)
      .map((name) => [
        name,
        { shape: savedNumbers(saved, `${prefix}/${name}/shape`), data: savedFloats(saved, `${prefix}/${name}`) },
      ]),
  )
}

const layerArrays = [
  'weights',
  'weightsFirstMoment',
  'weightsSecondMoment',
  'bias',
  'biasFirstMoment',
  'biasSecondMoment',
  'mask',
  'maskFirstMoment',
  'maskSecondMoment',
] as const

export function packLayer(prefix: string, state: SubjectLayerState): Saved {
  return {
    values: { [`${prefix}/voxels`]: state.voxels, [`${prefix}/hidden`]: state.hidden },
    arrays: {
      ...Object.fromEntries(layerArrays.map((name) => [`${prefix}/${name}`, state[name]])),
      [`${prefix}/alive`]: state.alive,
    },
  }
}

export function unpackLayer(prefix: string, saved: Saved): SubjectLayerState {
  const floats = (name: (typeof layerArrays)[number]) => savedFloats(saved, `${prefix}/${name}`)
  return {
    voxels: savedNumber(saved, `${prefix}/voxels`),
    hidden: savedNumber(saved, `${prefix}/hidden`),
    weights: floats('weights'),
    weightsFirstMoment: floats('weightsFirstMoment'),
    weightsSecondMoment: floats('weightsSecondMoment'),
    bias: floats('bias'),
    biasFirstMoment: floats('biasFirstMoment'),
    biasSecondMoment: floats('biasSecondMoment'),
    mask: floats('mask'),
    maskFirstMoment: floats('maskFirstMoment'),
    maskSecondMoment: floats('maskSecondMoment'),
    alive: savedBytes(saved, `${prefix}/alive`),
  }
}

export function packOptimiser(prefix: string, state: AdamWState): Saved {
  const names = Object.keys(state.firstMoments)
  return {
    values: { [`${prefix}/step`]: state.step, [`${prefix}/names`]: JSON.stringify(names) },
    arrays: Object.fromEntries(
      names.flatMap((name) => [
        [`${prefix}/${name}/m`, state.firstMoments[name]!],
        [`${prefix}/${name}/v`, state.secondMoments[name]!],
      ]),
    ),
  }
}

export function unpackOptimiser(prefix: string, saved: Saved): AdamWState {
  const names: string[] = JSON.parse(savedText(saved, `${prefix}/names`))
  const moments = (part: string) =>
    Object.fromEntries(names.map((name) => [name, savedFloats(saved, `${prefix}/${name}/${part}`)]))
  return { step: savedNumber(saved, `${prefix}/step`), firstMoments: moments('m'), secondMoments: moments('v') }
}

/** The state a stage resumes from: null to begin, or where what was saved belongs to another stage. */
export function resumeOf(resume: StageState | null, stage: string): StageState | null {
  return resume?.stage === stage ? resume : null
}
