/**
 * One AdamW step on plain arrays, the numbers of PyTorch's AdamW: decoupled decay multiplied by the learning rate, bias
 * correction by the step count. With weight decay 0 it is Adam.
 */
import type { AdamStep } from './subject-layer.ts'

/** Updates `parameter`, `m` and `v` in place; all four have the same length. */
export function adamWInPlace(
  parameter: Float32Array,
  gradient: Float32Array,
  m: Float32Array,
  v: Float32Array,
  step: AdamStep,
): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = step
  const keep = 1 - learningRate * weightDecay
  const size = learningRate / (1 - beta1 ** step.step)
  const secondScale = 1 / Math.sqrt(1 - beta2 ** step.step)
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i]!
    const first = beta1 * m[i]! + (1 - beta1) * g
    const second = beta2 * v[i]! + (1 - beta2) * g * g
    m[i] = first
    v[i] = second
    parameter[i] = parameter[i]! * keep - (size * first) / (Math.sqrt(second) * secondScale + epsilon)
  }
}
