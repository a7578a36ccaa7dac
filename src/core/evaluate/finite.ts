/** Predictions that diverged must not be scored: a NaN is neither more nor less similar than anything, so ranks of it mean nothing. */
import { failure, type Result, success } from '../problem.ts'

/** NOT_FINITE, naming the first such number, unless all of `rows × columns` values are finite. `name` says what they are. */
export function checkFinite(values: Float32Array, columns: number, name: string): Result<Float32Array> {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!)) continue
    return failure({
      code: 'NOT_FINITE',
      message: `The ${name} of trial ${Math.floor(i / columns) + 1} holds ${values[i]} in dimension ${(i % columns) + 1}.`,
      where: name,
      expected: 'finite numbers',
      fix: 'Train again with a lower learning rate, and check the scans of this trial.',
    })
  }
  return success(values)
}
