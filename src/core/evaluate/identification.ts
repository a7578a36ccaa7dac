/** Two-way identification and correlation distance between predicted and true vectors, as MindEye2's evaluation defines them. */
import { correlationMatrix } from './similarity.ts'

/**
 * For each prediction j, the share of other items i whose true vector correlates with it less than its own does
 * (MindEye2 ranks per reconstruction). Chance .5.
 */
export function twoWayIdentification(predicted: Float32Array, truth: Float32Array, count: number): Float64Array {
  const r = correlationMatrix(truth, predicted, count, count)
  return Float64Array.from({ length: count }, (_, j) => {
    let less = 0
    for (let i = 0; i < count; i++) if (i !== j && r[i * count + j]! < r[j * count + j]!) less++
    return count > 1 ? less / (count - 1) : 0
  })
}

/** 1 − Pearson correlation of each prediction with its own true vector; lower is better. */
export function correlationDistance(predicted: Float32Array, truth: Float32Array, count: number): Float64Array {
  const columns = predicted.length / count
  return Float64Array.from({ length: count }, (_, i) => {
    const a = predicted.subarray(i * columns, (i + 1) * columns)
    const b = truth.subarray(i * columns, (i + 1) * columns)
    return 1 - correlationMatrix(a, b, 1, 1)[0]!
  })
}
