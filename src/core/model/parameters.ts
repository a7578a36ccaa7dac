/**
 * Access to weights during one forward pass: which tensor has which name, and whether its gradient is wanted. A module
 * none of whose parameters are trained runs in evaluation mode (no dropout) and no gradient of its weights is computed.
 */
import type { Tensor, Tensor1D, Tensor2D } from '../tensor/tf.ts'
import type { NormLayer } from './operations/layer-norm.ts'
import type { LinearLayer } from './operations/linear.ts'
import type { Weights } from './weights.ts'

export class Parameters {
  readonly #weights: Weights
  readonly #trained: ReadonlySet<string>

  constructor(weights: Weights, trained: Iterable<string> = []) {
    this.#weights = weights
    this.#trained = new Set(trained)
    for (const name of this.#trained) this.tensor(name)
  }

  /** Throws where the name is unknown: the weights do not belong to these settings. */
  tensor(name: string): Tensor {
    const found = this.#weights[name]
    if (found === undefined) throw new RangeError(`no weights named ${name}`)
    return found
  }

  matrix(name: string): Tensor2D {
    return this.tensor(name) as Tensor2D
  }

  vector(name: string): Tensor1D {
    return this.tensor(name) as Tensor1D
  }

  #optionalVector(name: string): Tensor1D | null {
    return name in this.#weights ? this.vector(name) : null
  }

  #isTrained(name: string): boolean {
    return this.#trained.has(`${name}.weight`) || this.#trained.has(`${name}.bias`)
  }

  linear(name: string): LinearLayer {
    return {
      weight: this.matrix(`${name}.weight`),
      bias: this.#optionalVector(`${name}.bias`),
      trained: this.#isTrained(name),
    }
  }

  norm(name: string): NormLayer {
    return {
      gain: this.vector(`${name}.weight`),
      bias: this.#optionalVector(`${name}.bias`),
      trained: this.#isTrained(name),
    }
  }

  /** Whether any parameter whose name starts with one of these prefixes is trained. */
  trains(...prefixes: readonly string[]): boolean {
    for (const name of this.#trained) if (prefixes.some((prefix) => name.startsWith(prefix))) return true
    return false
  }
}
