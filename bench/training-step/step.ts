/**
 * The measured training step, made of the product's own parts:
 *
 *   mask ∘ x → Linear (voxels → hidden) → blocks × [x + GELU(Linear(LN x))] → Linear (hidden → embedding) → L2 norm →
 *   symmetric InfoNCE; AdamW on every weight, Adam with an L1 penalty on the mask
 *
 * `torch_step.py` is the same in PyTorch.
 */
import { contrastiveLoss, contrastiveTargets } from '../../src/core/model/loss/contrastive.ts'
import { gelu } from '../../src/core/model/operations/gelu.ts'
import '../../src/core/model/operations/gradients.ts'
import { layerNorm } from '../../src/core/model/operations/layer-norm.ts'
import { linear } from '../../src/core/model/operations/linear.ts'
import { AdamW, decayMatrices } from '../../src/core/model/optim/adam-w.ts'
import { Parameters } from '../../src/core/model/parameters.ts'
import {
  disposeWeights,
  initialWeights,
  linearSpecs,
  normSpecs,
  type ParameterSpec,
  toTensors,
  uniformByFanIn,
  type WeightArrays,
  type Weights,
} from '../../src/core/model/weights.ts'
import { Random } from '../../src/core/random/random.ts'
import type { Compute } from '../../src/core/tensor/compute.ts'
import {
  freshSubjectLayerState,
  type SubjectLayer,
  type SubjectLayerState,
} from '../../src/core/tensor/subject-layer.ts'
import { type Scalar, type Tensor2D, tf } from '../../src/core/tensor/tf.ts'

export interface StepShape {
  readonly voxels: number
  readonly hidden: number
}

/** What is the same at every size, for both sides. */
export const fixed = {
  batch: 24,
  embedding: 256,
  blocks: 2,
  inputs: 4,
  temperature: 0.1,
  learningRate: 1e-3,
  maskLearningRate: 0.01,
  weightDecay: 0.01,
  l1: 1e-4,
  seed: 1,
} as const

/** Everything a step starts from. */
export interface StepValues {
  readonly subject: SubjectLayerState
  readonly network: WeightArrays
  /** Batches that the steps take in turn, batch × voxels each. */
  readonly inputs: readonly Float32Array[]
  /** Picture embeddings of unit length, batch × embedding. */
  readonly targets: Float32Array
}

function networkSpecs(hidden: number): ParameterSpec[] {
  const blocks = Array.from({ length: fixed.blocks }, (_, i) => [
    ...normSpecs(`block.${i}.norm`, hidden),
    ...linearSpecs(`block.${i}.linear`, hidden, hidden),
  ])
  return [...blocks.flat(), ...linearSpecs('out', hidden, fixed.embedding)]
}

export function drawValues({ voxels, hidden }: StepShape): StepValues {
  const random = Random.of(fixed.seed, 'training step', voxels, hidden)
  const normals = (count: number) => {
    const out = new Float32Array(count)
    random.fillNormal(out)
    return out
  }
  const targets = normals(fixed.batch * fixed.embedding)
  for (let r = 0; r < fixed.batch; r++) {
    const row = targets.subarray(r * fixed.embedding, (r + 1) * fixed.embedding)
    const norm = Math.hypot(...row)
    for (let j = 0; j < row.length; j++) row[j]! /= norm
  }
  return {
    subject: freshSubjectLayerState(
      uniformByFanIn(voxels * hidden, voxels, random),
      uniformByFanIn(hidden, voxels, random),
    ),
    network: initialWeights(networkSpecs(hidden), fixed.seed),
    inputs: Array.from({ length: fixed.inputs }, () => normals(fixed.batch * voxels)),
    targets,
  }
}

export class OurStep {
  readonly #layer: SubjectLayer
  readonly #weights: Weights
  readonly #optimiser: AdamW
  readonly #values: StepValues
  #taken = 0

  private constructor(layer: SubjectLayer, weights: Weights, optimiser: AdamW, values: StepValues) {
    this.#layer = layer
    this.#weights = weights
    this.#optimiser = optimiser
    this.#values = values
  }

  static async open(compute: Compute, values: StepValues): Promise<OurStep> {
    const weights = toTensors(values.network)
    const optimiser = await AdamW.of(weights, decayMatrices(weights, Object.keys(weights), fixed.weightDecay))
    return new OurStep(compute.subjectLayer(values.subject), weights, optimiser, values)
  }

  /** One whole step; returns its loss, without the penalty. */
  async once(): Promise<number> {
    const number = this.#taken++
    const x = this.#values.inputs[number % this.#values.inputs.length]!
    const h = this.#layer.forward(x, fixed.batch)
    const { value, dh, gradients } = this.#network(h)
    const loss = (await value.data<'float32'>())[0]!
    await this.#optimiser.step(gradients, { learningRate: fixed.learningRate, beta1: 0.9 })
    const common = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: number + 1 }
    this.#layer.backward(dh, {
      weights: { ...common, learningRate: fixed.learningRate, weightDecay: fixed.weightDecay },
      mask: { ...common, learningRate: fixed.maskLearningRate, weightDecay: 0, l1: fixed.l1, nonNegative: false },
    })
    tf.dispose([h, value, dh])
    tf.dispose(gradients)
    return loss
  }

  #network(h: Tensor2D) {
    const names = this.#optimiser.names
    const parameters = new Parameters(this.#weights, names)
    return tf.tidy(() => {
      const pictures = tf.tensor2d(this.#values.targets, [fixed.batch, fixed.embedding])
      const targets = contrastiveTargets({ kind: 'clip', temperature: fixed.temperature }, pictures, null)
      const forward = () => {
        let y = h
        for (let i = 0; i < fixed.blocks; i++) {
          const normal = layerNorm(y, parameters.norm(`block.${i}.norm`))
          y = tf.add(y, gelu(linear(normal, parameters.linear(`block.${i}.linear`))))
        }
        return contrastiveLoss(linear(y, parameters.linear('out')), targets)
      }
      const trained = names.map((name) => parameters.tensor(name))
      const { value, grads } = tf.valueAndGrads(forward)([h, ...trained])
      const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i + 1]!]))
      return { value: value as Scalar, dh: grads[0] as Tensor2D, gradients }
    })
  }

  close(): void {
    this.#layer.dispose()
    disposeWeights(this.#weights)
  }
}
