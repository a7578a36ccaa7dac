/** How fast this computer trains: a few steps of an input layer large enough not to fit the processor's caches. */
import { Random } from '../../core/random/random.ts'
import type { Compute } from '../../core/tensor/compute.ts'
import { freshSubjectLayerState } from '../../core/tensor/subject-layer.ts'
import { tf } from '../../core/tensor/tf.ts'

const [voxels, hidden, rows] = [12_000, 128, 24]
const [warmUp, measured] = [2, 7]

/**
 * Seconds per number of the layer and step of 24 trials: the median of a few steps. Every h is waited for, so that a step also holds
 * what the one before has left to a graphics device.
 */
export async function measureStep(compute: Compute): Promise<number> {
  const random = Random.of(1, 'speed')
  const layer = compute.subjectLayer(freshSubjectLayerState(random.normals(voxels * hidden), new Float32Array(hidden)))
  const x = random.normals(rows * voxels)
  const gradient = tf.tensor2d(random.normals(rows * hidden), [rows, hidden])
  const seconds: number[] = []
  try {
    for (let step = 1; step <= warmUp + measured; step++) {
      const start = performance.now()
      const h = layer.forward(x, rows)
      await h.data()
      h.dispose()
      const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step }
      layer.backward(gradient, { weights: adam, mask: { ...adam, l1: 0, nonNegative: false } })
      seconds.push((performance.now() - start) / 1000)
    }
  } finally {
    gradient.dispose()
    layer.dispose()
  }
  const steady = seconds.slice(warmUp).sort((a, b) => a - b)
  return steady[Math.floor(steady.length / 2)]! / (voxels * hidden)
}
