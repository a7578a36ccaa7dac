/**
 * Weights by name. A `Weights` record holds tensors for the forward pass; `WeightArrays` is the same as plain numbers,
 * for files, transfer between processes and optimisers. Names and layouts follow PyTorch (`bb.out.weight`, Linear
 * weights [out][in]), so released checkpoints can be read without renaming rules for the layout.
 *
 * Each module lists its parameters as `ParameterSpec`s: the one description from which weights are initialised, checked
 * and counted.
 */
import type { Problem, Result } from '../problem.ts'
import { failure, success } from '../problem.ts'
import { Random } from '../random/random.ts'
import type { Rank, Tensor } from '../tensor/tf.ts'
import { tf } from '../tensor/tf.ts'

export type Weights = Record<string, Tensor>

export interface WeightArray {
  readonly shape: readonly number[]
  /** Row-major. */
  readonly data: Float32Array
}
export type WeightArrays = Record<string, WeightArray>

export type InitialValues =
  /** Uniform in ±bound; PyTorch's Linear uses 1/√fan_in for weight and bias. */
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly scale: number }
  | { readonly kind: 'constant'; readonly value: number }

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: InitialValues
}

/** Weight [outputs][inputs] and, unless told otherwise, bias of a linear layer. */
export function linearSpecs(name: string, inputs: number, outputs: number, bias = true): ParameterSpec[] {
  const initial: InitialValues = { kind: 'uniform', bound: 1 / Math.sqrt(inputs) }
  const weight: ParameterSpec = { name: `${name}.weight`, shape: [outputs, inputs], initial }
  return bias ? [weight, { name: `${name}.bias`, shape: [outputs], initial }] : [weight]
}

/** Gain and, unless told otherwise, bias of a layer norm. */
export function normSpecs(name: string, size: number, bias = true): ParameterSpec[] {
  const gain: ParameterSpec = { name: `${name}.weight`, shape: [size], initial: { kind: 'constant', value: 1 } }
  return bias ? [gain, { name: `${name}.bias`, shape: [size], initial: { kind: 'constant', value: 0 } }] : [gain]
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** How many numbers these parameters hold. Nothing is allocated. */
export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0)
}

/** Uniform in ±1/√fanIn, PyTorch's default for a linear layer; also for a subject layer's weights and bias. */
export function uniformByFanIn(count: number, fanIn: number, random: Random): Float32Array {
  return uniform(count, 1 / Math.sqrt(fanIn), random)
}

function uniform(count: number, bound: number, random: Random): Float32Array {
  const out = new Float32Array(count)
  for (let i = 0; i < count; i++) out[i] = (2 * random.uniform() - 1) * bound
  return out
}

function initialValues(spec: ParameterSpec, seed: number): Float32Array {
  const count = sizeOf(spec.shape)
  const { initial } = spec
  // A stream per name: adding or leaving out one module changes no other.
  const random = Random.of(seed, 'initial weights', spec.name)
  switch (initial.kind) {
    case 'uniform':
      return uniform(count, initial.bound, random)
    case 'normal':
      return random.normals(count).map((value) => value * initial.scale)
    case 'constant':
      return new Float32Array(count).fill(initial.value)
    default:
      throw new TypeError(`unknown initial values ${String(initial satisfies never)}`)
  }
}

/** Fresh weights, a function of the seed and of each name alone. */
export function initialWeights(specs: readonly ParameterSpec[], seed: number): WeightArrays {
  return Object.fromEntries(specs.map((spec) => [spec.name, { shape: spec.shape, data: initialValues(spec, seed) }]))
}

/** Copies onto the current backend. The caller disposes with `disposeWeights`. */
export function toTensors(arrays: WeightArrays): Weights {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => [
      name,
      tf.tensor<Rank>(data.slice(), [...shape], 'float32'),
    ]),
  )
}

/** Copies from the backend. */
export async function toArrays(weights: Weights): Promise<WeightArrays> {
  const entries = await Promise.all(
    Object.entries(weights).map(async ([name, tensor]): Promise<[string, WeightArray]> => {
      const values = await tensor.data<'float32'>()
      return [name, { shape: [...tensor.shape], data: values.slice() }]
    }),
  )
  return Object.fromEntries(entries)
}

export function disposeWeights(weights: Weights): void {
  for (const tensor of Object.values(weights)) tensor.dispose()
}

function mismatch(spec: ParameterSpec, found: WeightArray | undefined): Problem | null {
  const expected = `[${spec.shape.join(', ')}], ${sizeOf(spec.shape)} finite numbers`
  const fix = 'Load weights that were saved with the same model settings, or choose the settings they were saved with.'
  if (found === undefined) {
    return { code: 'BAD_FILE', message: `The weights lack ${spec.name}.`, where: spec.name, expected, fix }
  }
  const sameShape = found.shape.length === spec.shape.length && found.shape.every((n, i) => n === spec.shape[i])
  if (!sameShape || found.data.length !== sizeOf(spec.shape)) {
    const got = `[${found.shape.join(', ')}], ${found.data.length} numbers`
    return { code: 'BAD_FILE', message: `Weights of ${spec.name} are ${got}.`, where: spec.name, expected, fix }
  }
  if (!found.data.every(Number.isFinite)) {
    const message = `Weights of ${spec.name} hold values that are not finite.`
    return { code: 'NOT_FINITE', message, where: spec.name, expected, fix: 'Use an earlier checkpoint.' }
  }
  return null
}

/** The arrays these parameters need, checked for name, shape and finite values. Further names are left out. */
export function checkWeights(arrays: WeightArrays, specs: readonly ParameterSpec[]): Result<WeightArrays> {
  const kept: WeightArrays = {}
  for (const spec of specs) {
    const found = arrays[spec.name]
    const problem = mismatch(spec, found)
    if (problem !== null) return failure(problem)
    if (found !== undefined) kept[spec.name] = found
  }
  return success(kept)
}
