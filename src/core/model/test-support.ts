/** Helpers shared by the tests of this folder: error measures, nested arrays, reference functions in double precision. */
import type { Random } from '../random/random.ts'
import type { WeightArrays } from './weights.ts'

export const testBackends = ['cpu', 'wasm'] as const

export type Nested = number | readonly Nested[]

export function flatten(values: Nested): number[] {
  return typeof values === 'number' ? [values] : values.flatMap(flatten)
}

export function shapeOf(values: Nested): number[] {
  return typeof values === 'number' ? [] : [values.length, ...shapeOf(values[0] ?? 0)]
}

export function toWeightArray(values: Nested): WeightArrays[string] {
  return { shape: shapeOf(values), data: Float32Array.from(flatten(values)) }
}

/** Largest absolute difference, relative to the largest expected magnitude. NaN counts as infinitely wrong. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} values for ${expected.length}`)
  let worst = 0
  let scale = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference)
    scale = Math.max(scale, Math.abs(expected[i]!))
  }
  return scale > 0 ? worst / scale : worst
}

/** erf in double precision: the Maclaurin series, in the form whose terms are all positive. */
export function erfReference(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let sum = x
  for (let n = 1; n < 300; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** Every weight moved a little, so that no gain is 1, no bias 0 and no unit dead. */
export function perturbed(arrays: WeightArrays, random: Random, scale = 0.2): WeightArrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + scale * random.normal()) },
    ]),
  )
}
