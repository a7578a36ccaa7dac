/**
 * Categories as vectors: the one-hot vectors of n labels less their mean, scaled to a mean variance of 1. All labels are then
 * equally long (√n) and equally far from each other (cosine −1 / (n − 1)): a regular simplex, which favours none.
 */
import type { Targets } from '../data/subject-data.ts'
import { failure, type Result, success } from '../problem.ts'

/** n × n vectors. BAD_PARAMETER for fewer than two labels, or two of the same name. */
export function labelEmbedding(labels: readonly string[]): Result<Targets> {
  const n = labels.length
  const repeated = labels.find((label, i) => labels.indexOf(label) !== i)
  if (n < 2 || repeated !== undefined) {
    const found = repeated === undefined ? `there ${n === 1 ? 'is 1 label' : 'are no labels'}` : `"${repeated}" twice`
    return failure({
      code: 'BAD_PARAMETER',
      message: `Labels cannot be told apart: ${found}.`,
      where: 'labels',
      expected: 'at least two different labels',
    })
  }
  const length = n / Math.sqrt(n - 1)
  const vectors = new Float32Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[i * n + j] = length * ((i === j ? 1 : 0) - 1 / n)
  return success({ kind: 'labels', dimensions: n, vectors, names: labels.slice(), semanticStart: 0 })
}
