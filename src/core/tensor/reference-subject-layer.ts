/**
 * The subject layer as plain tensor operations, on whatever backend is chosen: the reference for the others, and the layer of
 * backends that bring their own fast products.
 */
import type { AdamStep, SubjectLayer, SubjectLayerState, SubjectLayerUpdate } from './subject-layer.ts'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from './tf.ts'

/** A type and not an interface, so that the tensor library takes it for a container of tensors. */
type Adam<T extends Tensor> = { value: T; first: T; second: T }

/** Calls as functions: the core does not register the chained form on tensors. */
function adam<T extends Tensor>({ value, first, second }: Adam<T>, gradient: T, step: AdamStep): Adam<T> {
  const m = tf.add(tf.mul(first, step.beta1), tf.mul(gradient, 1 - step.beta1)) as T
  const v = tf.add(tf.mul(second, step.beta2), tf.mul(tf.square(gradient), 1 - step.beta2)) as T
  const size = step.learningRate / (1 - step.beta1 ** step.step)
  const scale = 1 / Math.sqrt(1 - step.beta2 ** step.step)
  const move = tf.div(tf.mul(m, size), tf.add(tf.mul(tf.sqrt(v), scale), step.epsilon))
  return { value: tf.sub(tf.mul(value, 1 - step.learningRate * step.weightDecay), move) as T, first: m, second: v }
}

/** `fresh` where the mask of ones and zeros is 1, else `kept`. */
function choose<T extends Tensor>(mask: Tensor, fresh: T, kept: T): T {
  return tf.add(tf.mul(fresh, mask), tf.mul(kept, tf.sub(1, mask))) as T
}

function chooseAll<T extends Tensor>(mask: Tensor, fresh: Adam<T>, kept: Adam<T>): Adam<T> {
  return {
    value: choose(mask, fresh.value, kept.value),
    first: choose(mask, fresh.first, kept.first),
    second: choose(mask, fresh.second, kept.second),
  }
}

/** Copies, so that the old tensors can be let go whether they changed or not. */
function copyOf<T extends Tensor>(part: Adam<T>): Adam<T> {
  return { value: tf.clone(part.value) as T, first: tf.clone(part.first) as T, second: tf.clone(part.second) as T }
}

class ReferenceSubjectLayer implements SubjectLayer {
  readonly engine = 'reference'
  readonly voxels: number
  readonly hidden: number
  #weights!: Adam<Tensor2D>
  #bias!: Adam<Tensor1D>
  #mask!: Adam<Tensor1D>
  #alive!: Tensor1D
  #x: Tensor2D | null = null
  #squares = 0
  #counted = 0

  constructor(state: SubjectLayerState) {
    this.voxels = state.voxels
    this.hidden = state.hidden
    this.writeState(state)
  }

  #tensors(): Tensor[] {
    return [this.#weights, this.#bias, this.#mask]
      .flatMap((part) => (part ? [part.value, part.first, part.second] : []))
      .concat(this.#alive ?? [])
  }

  forward(x: Float32Array, rows: number): Tensor2D {
    this.#x?.dispose()
    this.#x = tf.tensor2d(x.slice(0, rows * this.voxels), [rows, this.voxels])
    return tf.tidy(() =>
      tf.add(tf.matMul(tf.mul(this.#x!, this.#mask.value), this.#weights.value), this.#bias.value),
    ) as Tensor2D
  }

  backward(dh: Tensor2D, update: SubjectLayerUpdate): void {
    const x = this.#x
    if (x === null) throw new Error('backward needs a forward before it')
    const old = this.#tensors()
    const { squares, ...next } = tf.tidy(() => {
      // What was pruned must not move, so every new value is chosen by `alive`.
      const alive = this.#alive
      const column = tf.expandDims(alive, 1)
      const outer = tf.matMul(x, dh, true)
      const maskGradient = tf.mul(tf.sum(tf.mul(outer, this.#weights.value), 1), alive) as Tensor1D
      let weights = this.#weights
      let bias = this.#bias
      let mask = this.#mask
      if (update.weights !== null) {
        const gradient = tf.mul(outer, tf.expandDims(this.#mask.value, 1)) as Tensor2D
        weights = chooseAll(column, adam(this.#weights, gradient, update.weights), this.#weights)
        bias = adam(this.#bias, tf.sum(dh, 0) as Tensor1D, { ...update.weights, weightDecay: 0 })
      }
      if (update.mask !== null) {
        const { l1, nonNegative } = update.mask
        const gradient = tf.add(maskGradient, tf.mul(tf.sign(this.#mask.value), l1)) as Tensor1D
        mask = chooseAll(alive, adam(this.#mask, gradient, update.mask), this.#mask)
        if (nonNegative) mask = { ...mask, value: tf.relu(mask.value) as Tensor1D }
      }
      return {
        weights: copyOf(weights),
        bias: copyOf(bias),
        mask: copyOf(mask),
        alive: tf.clone(alive) as Tensor1D,
        squares: tf.sum(tf.square(maskGradient)),
      }
    })
    this.#weights = next.weights
    this.#bias = next.bias
    this.#mask = next.mask
    this.#alive = next.alive
    tf.dispose(old)
    if (update.mask !== null) {
      this.#squares += (squares.dataSync() as Float32Array)[0]!
      this.#counted += this.#alive.dataSync<'float32'>().reduce((sum, one) => sum + one, 0)
    }
    squares.dispose()
  }

  async readMaskGradientRms(): Promise<number> {
    const value = this.#counted > 0 ? Math.sqrt(this.#squares / this.#counted) : 0
    this.#squares = 0
    this.#counted = 0
    return value
  }

  async prune(threshold: number): Promise<number> {
    const mask = new Float32Array(await this.#mask.value.data())
    const alive = new Float32Array(await this.#alive.data())
    for (let v = 0; v < this.voxels; v++) {
      if (alive[v] === 1 && mask[v]! <= threshold) {
        mask[v] = 0
        alive[v] = 0
      }
    }
    this.#mask.value.dispose()
    this.#alive.dispose()
    this.#mask = { ...this.#mask, value: tf.tensor1d(mask) }
    this.#alive = tf.tensor1d(alive)
    return alive.reduce((sum, one) => sum + one, 0)
  }

  async readMask(): Promise<Float32Array> {
    return new Float32Array(await this.#mask.value.data())
  }

  async readState(): Promise<SubjectLayerState> {
    const read = async (tensor: Tensor) => new Float32Array(await tensor.data())
    return {
      voxels: this.voxels,
      hidden: this.hidden,
      weights: await read(this.#weights.value),
      weightsFirstMoment: await read(this.#weights.first),
      weightsSecondMoment: await read(this.#weights.second),
      bias: await read(this.#bias.value),
      biasFirstMoment: await read(this.#bias.first),
      biasSecondMoment: await read(this.#bias.second),
      mask: await read(this.#mask.value),
      maskFirstMoment: await read(this.#mask.first),
      maskSecondMoment: await read(this.#mask.second),
      alive: Uint8Array.from(await this.#alive.data()),
    }
  }

  writeState(state: SubjectLayerState): void {
    tf.dispose(this.#tensors())
    const wide = (values: Float32Array) => tf.tensor2d(values.slice(), [this.voxels, this.hidden])
    const narrow = (values: Float32Array) => tf.tensor1d(values.slice())
    this.#weights = {
      value: wide(state.weights),
      first: wide(state.weightsFirstMoment),
      second: wide(state.weightsSecondMoment),
    }
    this.#bias = {
      value: narrow(state.bias),
      first: narrow(state.biasFirstMoment),
      second: narrow(state.biasSecondMoment),
    }
    this.#mask = {
      value: narrow(state.mask),
      first: narrow(state.maskFirstMoment),
      second: narrow(state.maskSecondMoment),
    }
    this.#alive = tf.tensor1d(Float32Array.from(state.alive))
    this.#squares = 0
    this.#counted = 0
  }

  dispose(): void {
    tf.dispose(this.#tensors())
    this.#x?.dispose()
    this.#x = null
  }
}

export function referenceSubjectLayer(initial: SubjectLayerState): SubjectLayer {
  return new ReferenceSubjectLayer(initial)
}
