/**
 * A step of the method itself at the size of the small demo: input layer, the whole shared network with its losses, and the
 * updates. The input layer is quick there, so this measures what every call of the tensor library costs.
 */
import { allModules, type ModuleName, networkSpecs } from '../../src/core/model/network.ts'
import { networkSettings } from '../../src/core/model/settings.ts'
import { initialWeights, uniformByFanIn } from '../../src/core/model/weights.ts'
import { Random } from '../../src/core/random/random.ts'
import type { Compute } from '../../src/core/tensor/compute.ts'
import { freshSubjectLayerState } from '../../src/core/tensor/subject-layer.ts'
import { tf } from '../../src/core/tensor/tf.ts'
import { defaultModelSettings } from '../../src/core/troi/settings.ts'
import { adamStep, TrainedNetwork } from '../../src/core/troi/training.ts'

export interface MethodStep {
  readonly name: string
  readonly voxels: number
  readonly rows: number
  readonly modules: readonly ModuleName[]
}

export const methodSteps: readonly MethodStep[] = [
  { name: 'mask, prior trained', voxels: 1000, rows: 24, modules: ['prior'] },
  { name: 'pretraining, three subjects in one batch', voxels: 1000, rows: 72, modules: allModules },
]

const embedding = 192

/** Milliseconds of each of `count` steps after as many for warming up. */
export async function timeMethodStep(compute: Compute, what: MethodStep, count: number): Promise<number[]> {
  const { voxels, rows, modules } = what
  const settings = networkSettings(defaultModelSettings, { tokens: 1, width: embedding })
  const random = Random.of('method step', voxels, rows)
  const network = await TrainedNetwork.of(settings, initialWeights(networkSpecs(settings), 1), modules, 0.01)
  const weights = uniformByFanIn(voxels * settings.hidden, voxels, random)
  const layer = compute.subjectLayer(freshSubjectLayerState(weights, new Float32Array(settings.hidden)))
  const x = random.normals(rows * voxels)
  const batch = {
    rows,
    targets: random.normals(rows * embedding),
    contrastive: { kind: 'softclip', temperature: 0.1 },
    mixing: null,
    mixPriorTarget: false,
    priorWeight: 3,
  } as const
  const scheduled = { learningRate: 1e-3, beta1: 0.9 }
  const milliseconds: number[] = []
  for (let step = 1; step <= 2 * count; step++) {
    const start = performance.now()
    const h = layer.forward(x, rows)
    const { dh } = await network.step(h, batch, scheduled, { seed: 1, stage: 'bench', epoch: 0, step })
    const update = adamStep(scheduled, 0.01, step)
    layer.backward(dh, { weights: update, mask: { ...update, l1: 1e-3, nonNegative: false } })
    tf.dispose([h, dh])
    if (step > count) milliseconds.push(performance.now() - start)
  }
  layer.dispose()
  network.dispose()
  return milliseconds
}
