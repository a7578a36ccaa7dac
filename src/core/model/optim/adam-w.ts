/**
 * AdamW (Adam where the decay is 0) for the weights of the shared network: some hundred thousand numbers, small beside
 * the subject layer, which updates itself. The parameters are tensors for the forward pass; their master copy and the
 * moments are plain arrays, updated by one pass of `adamWInPlace` and uploaded again. Numbers as in PyTorch's AdamW:
 * decoupled decay multiplied by the learning rate, bias correction by the step count.
 */
import { adamWInPlace } from '../../tensor/adam.ts'
import type { Rank, Tensor } from '../../tensor/tf.ts'
import { tf } from '../../tensor/tf.ts'
import type { Weights } from '../weights.ts'
import type { ScheduledStep } from './schedule.ts'

export interface ParameterGroup {
  readonly names: readonly string[]
  readonly weightDecay: number
}

/** Everything needed to continue bit-exactly, beside the weights themselves. */
export interface AdamWState {
  /** Steps taken. */
  readonly step: number
  readonly firstMoments: Record<string, Float32Array>
  readonly secondMoments: Record<string, Float32Array>
}

interface Slot {
  readonly name: string
  readonly shape: number[]
  readonly weightDecay: number
  readonly values: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
}

const beta2 = 0.999
const epsilon = 1e-8

/** Matrices decay, gains, biases and other vectors do not: the usual choice. */
export function decayMatrices(weights: Weights, names: readonly string[], weightDecay: number): ParameterGroup[] {
  return split(names, weightDecay, (name) => (weights[name]?.rank ?? 0) >= 2)
}

/** Everything but biases decays, layer norm gains included: what MindEye2's name filter really does. */
export function decayAllButBiases(names: readonly string[], weightDecay: number): ParameterGroup[] {
  return split(names, weightDecay, (name) => !name.includes('bias'))
}

function split(names: readonly string[], weightDecay: number, decays: (name: string) => boolean): ParameterGroup[] {
  return [
    { names: names.filter(decays), weightDecay },
    { names: names.filter((name) => !decays(name)), weightDecay: 0 },
  ]
}

export class AdamW {
  readonly #weights: Weights
  readonly #slots: readonly Slot[]
  #step = 0

  private constructor(weights: Weights, slots: readonly Slot[]) {
    this.#weights = weights
    this.#slots = slots
  }

  /**
   * Optimises the named entries of `weights`, which from now on belong to the optimiser: `step` puts new tensors into
   * the record and disposes the old ones. Throws where a name is unknown or in two groups.
   */
  static async of(weights: Weights, groups: readonly ParameterGroup[]): Promise<AdamW> {
    const slots: Slot[] = []
    const seen = new Set<string>()
    for (const { names, weightDecay } of groups) {
      for (const name of names) {
        const tensor = weights[name]
        if (tensor === undefined) throw new RangeError(`no weights named ${name}`)
        if (seen.has(name)) throw new RangeError(`${name} is in two parameter groups`)
        seen.add(name)
        const values = (await tensor.data<'float32'>()).slice()
        const firstMoment = new Float32Array(values.length)
        const secondMoment = new Float32Array(values.length)
        slots.push({ name, shape: [...tensor.shape], weightDecay, values, firstMoment, secondMoment })
      }
    }
    return new AdamW(weights, slots)
  }

  /** Names this optimiser updates, for `trainable`. */
  get names(): string[] {
    return this.#slots.map((slot) => slot.name)
  }

  /** One update. `gradients` must hold every name; they stay the caller's to dispose. */
  async step(gradients: Readonly<Record<string, Tensor>>, scheduled: ScheduledStep): Promise<void> {
    const read = await Promise.all(
      this.#slots.map(({ name, shape }) => {
        const gradient = gradients[name]
        if (gradient === undefined) throw new RangeError(`no gradient for ${name}`)
        if (!tf.util.arraysEqual(gradient.shape, shape))
          throw new RangeError(`gradient of ${name} has shape ${gradient.shape}`)
        return gradient.data<'float32'>()
      }),
    )
    this.#step++
    this.#slots.forEach((slot, i) => {
      adamWInPlace(slot.values, read[i]!, slot.firstMoment, slot.secondMoment, {
        learningRate: scheduled.learningRate,
        beta1: scheduled.beta1,
        beta2,
        epsilon,
        weightDecay: slot.weightDecay,
        step: this.#step,
      })
      this.#upload(slot)
    })
  }

  #upload(slot: Slot): void {
    this.#weights[slot.name]?.dispose()
    // A copy: some backends keep the array they are given, and the master copy changes in place.
    this.#weights[slot.name] = tf.keep(tf.tensor<Rank>(slot.values.slice(), slot.shape, 'float32'))
  }

  /** A copy of the moments and the step count. */
  state(): AdamWState {
    const copy = (pick: (slot: Slot) => Float32Array) =>
      Object.fromEntries(this.#slots.map((slot) => [slot.name, pick(slot).slice()]))
    return {
      step: this.#step,
      firstMoments: copy((slot) => slot.firstMoment),
      secondMoments: copy((slot) => slot.secondMoment),
    }
  }

  /** Continues from a state of an optimiser of the same parameters. The weights are those given to `of`. */
  restore(state: AdamWState): void {
    for (const slot of this.#slots) {
      const first = state.firstMoments[slot.name]
      const second = state.secondMoments[slot.name]
      if (first?.length !== slot.values.length || second?.length !== slot.values.length) {
        throw new RangeError(`the optimiser state does not fit ${slot.name} (${slot.values.length} numbers)`)
      }
      slot.firstMoment.set(first)
      slot.secondMoment.set(second)
    }
    this.#step = state.step
  }
}
